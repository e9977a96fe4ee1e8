package resilience.data.replicated_within_rpo_test

import data.resilience.data.replicated_within_rpo

replica := {"label": "the replica on sql-b", "low": 30, "high": 30, "behind": "30s", "shares": [], "hangs_on": []}

late := {"label": "backup nightly", "low": 86400, "high": 86400, "behind": "1d", "shares": [], "hangs_on": []}

store := {
	"label": "results",
	"role": "database",
	"may_be": ["database"],
	"services": ["record"],
	"rpo": {"record": {"seconds": 900, "text": "15m"}},
	"backups": [{"id": "backup nightly", "at": "backup:nightly"}],
	"ways": [],
}

report(change) := found if {
	found := replicated_within_rpo.report with input as {
		"settings": {"replicated-within-rpo": {"roles": ["database"], "apart": ["site", "zone"]}},
		"services": {"record": {}},
		"stores": {"results": object.union(object.remove(store, object.keys(change)), change)},
	}
}

outcomes(change) := {found.outcome | some found in report(change)}

test_copies_elsewhere_that_are_all_too_old_are_a_violation if {
	report({"ways": [late]}) == {{
		"outcome": "violation",
		"target": "results",
		"cause": ["results", "backup nightly"],
		"services": ["record"],
		"question": "",
		"message": "the freshest copy of results elsewhere is backup nightly, 1d behind; record may lose no more than 15m",
		"at": ["results", "backup:nightly"],
	}}
}

test_a_fresh_replica_elsewhere_passes if {
	outcomes({"ways": [replica, late]}) == {"pass"}
}

test_a_fresh_replica_at_the_same_site_does_not_count if {
	here := object.union(replica, {"shares": [{"kind": "site", "holds": "yes"}]})
	outcomes({"ways": [here, late]}) == {"violation"}
	outcomes({"ways": [here]}) == {"unknown"}
}

test_a_domain_of_a_kind_not_asked_about_is_no_matter if {
	outcomes({"ways": [object.union(replica, {"shares": [{"kind": "region", "holds": "yes"}]})]}) == {"pass"}
}

test_a_lag_that_is_not_known_is_unknown_and_says_what_to_declare if {
	some found in report({"ways": [object.union(replica, {"low": 0, "high": 1000000000000, "hangs_on": ["the lag is not declared"]}), late]})
	found.outcome == "unknown"
	found.hangs_on == ["the lag is not declared"]
	found.message == "whether a copy of results elsewhere is fresh enough is not known; record may lose no more than 15m"
}

test_a_copy_whose_place_is_not_known_is_unknown if {
	some found in report({"ways": [object.union(replica, {"shares": [{"kind": "", "holds": "unknown"}]})]})
	found.outcome == "unknown"
	found.hangs_on == ["whether the replica on sql-b stands elsewhere is not known; to make it known: declare its `site` or `region`"]
}

test_a_store_of_which_no_copy_is_known_is_unknown if {
	some found in report({})
	found.outcome == "unknown"
	found.hangs_on == ["no replica or backup of results is known to stand elsewhere; to make it known: declare `failover` with `replication`, or a backup with `every` and a place"]
}

test_each_service_is_held_to_its_own_objective if {
	two := {"record": {"seconds": 900, "text": "15m"}, "archive": {"seconds": 172800, "text": "2d"}}
	found := report({"ways": [late], "services": ["record", "archive"], "rpo": two})
	{[one.outcome, one.services] | some one in found} == {["violation", ["record"]], ["pass", ["archive"]]}
}

test_a_disputed_role_is_no_violation if {
	outcomes({"ways": [late], "role": "unknown", "may_be": ["cache", "database"]}) == {"unknown"}
}

test_without_an_objective_it_does_not_apply if {
	some found in report({"rpo": {}})
	[found.outcome, found.message] == ["not_applicable", "no service that needs results declares an RPO"]
}

test_a_service_without_a_store_is_not_applicable if {
	outcomes({"role": "cache", "may_be": ["cache"]}) == {"not_applicable"}
}

test_several_services_are_named_together if {
	rpo := {"seconds": 900, "text": "15m"}
	some found in report({"ways": [late], "services": ["a", "b"], "rpo": {"a": rpo, "b": rpo}})
	found.message == "the freshest copy of results elsewhere is backup nightly, 1d behind; a, b may lose no more than their RPO (15m and the like)"
}
