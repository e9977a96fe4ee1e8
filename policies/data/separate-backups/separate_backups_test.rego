package resilience.data.separate_backups_test

import data.resilience.data.separate_backups

site := {"id": "site:north", "kind": "site", "name": "north", "fault": "loss", "holds": "yes", "inside": []}

store := {
	"label": "results",
	"role": "database",
	"may_be": ["database"],
	"services": ["record"],
	"backups": [{"id": "backup nightly", "at": "backup:nightly"}],
	"shared": [],
	"hangs_on": [],
}

report(change) := found if {
	found := separate_backups.report with input as {
		"settings": {"separate-backups": {"roles": ["database"], "kinds": ["room", "site", "account"]}},
		"services": {"record": {}},
		"stores": {"results": object.union(object.remove(store, object.keys(change)), change)},
	}
}

outcomes(change) := {found.outcome | some found in report(change)}

test_a_site_with_the_store_and_every_backup_is_a_violation if {
	report({"shared": [site]}) == {{
		"outcome": "violation",
		"target": "site:north",
		"cause": ["results", "site:north"],
		"services": ["record"],
		"question": "",
		"message": "One loss of site north takes results and every backup of it (backup nightly)",
		"at": ["backup:nightly", "results"],
	}}
}

test_the_smallest_place_alone_is_told if {
	room := {"id": "room:1", "kind": "room", "name": "1", "fault": "loss", "holds": "yes", "inside": []}
	found := report({"shared": [object.union(site, {"inside": ["device", "room"]}), room]})
	{one.target | some one in found} == {"room:1"}
}

test_a_smaller_domain_of_a_kind_not_asked_about_hides_nothing if {
	{one.target | some one in report({"shared": [object.union(site, {"inside": ["rack"]})]})} == {"site:north"}
}

test_separate_backups_pass if {
	outcomes({}) == {"pass"}
	outcomes({"shared": [object.union(site, {"kind": "deployment"})]}) == {"pass"}
}

test_what_perhaps_takes_both_is_unknown_and_says_why if {
	perhaps := {"shared": [object.union(site, {"holds": "unknown"})]}
	some found in report(perhaps)
	found.outcome == "unknown"
	found.hangs_on == ["whether site north takes both is not known; to make it known: declare where they stand"]
	some other in report(object.union(perhaps, {"hangs_on": ["no place is declared"]}))
	other.hangs_on == ["no place is declared"]
}

test_a_store_whose_role_is_disputed_is_unknown if {
	outcomes({"role": "unknown", "may_be": ["cache", "database"], "shared": [site]}) == {"unknown"}
}

test_a_store_without_backups_is_left_to_another_policy if {
	outcomes({"backups": []}) == {"not_applicable"}
}

test_a_service_without_a_store_is_not_applicable if {
	some found in report({"role": "cache", "may_be": ["cache"]})
	found.message == "record needs no data store, as far as is known"
}

region := object.union(site, {"id": "region:eu", "kind": "region", "name": "eu"})

in_region(service) := found if {
	found := separate_backups.report with input as {
		"settings": {"separate-backups": {"roles": ["database"], "kinds": ["site", "region"]}},
		"services": {"record": service},
		"stores": {"results": object.union(object.remove(store, ["shared"]), {"shared": [region]})},
	}
}

test_a_region_counts_for_a_service_of_a_declared_scope_or_tier if {
	{one.outcome | some one in in_region({"scope": "local", "tier": "unknown"})} == {"violation"}
	{one.outcome | some one in in_region({"scope": "unknown", "tier": 3})} == {"violation"}
}

test_a_region_is_unknown_for_a_service_of_which_nobody_said_how_far_it_reaches if {
	some found in in_region({"scope": "unknown", "tier": "unknown"})
	found.outcome == "unknown"
	found.hangs_on == ["neither the scope nor the tier of record is declared, so whether a copy must outlive region eu is not known; to make it known: declare `scope` and `tier` of record"]
}
