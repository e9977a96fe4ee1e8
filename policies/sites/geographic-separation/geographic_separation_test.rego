package resilience.sites.geographic_separation_test

import data.resilience.sites.geographic_separation

question := "geographic-separation.shared-place"

survived := {"asked": "yes", "holds": "yes", "cuts": [], "error": ""}

lost := {"asked": "yes", "holds": "no", "cuts": [["hazard:flood/outage"]], "error": ""}

cause(domain) := {domain: {
	"id": domain,
	"question": question,
	"events": [concat("", [domain, "/outage"])],
	"target": domain,
	"together": "yes",
	"services": ["record"],
}}

pair(km, without, within, sure) := {
	"sites": ["site:north", "site:south"],
	"names": ["north", "south"],
	"km": km,
	"without": without,
	"within": within,
	"lost": [service | some service in ["record"]; sure],
	"possibly": [service | some service in ["record"]; sure == false],
}

document(scope, fact, causes, sets) := {
	"settings": {"geographic-separation": {"scopes": ["national", "regional"], "minimum_km": 5}},
	"services": {"record": {"scope": scope, "tier": 1}},
	"events": {
		"hazard:flood/outage": {"domain": "hazard:flood", "kind": "hazard", "name": "flood", "fault": "outage"},
		"site:north/outage": {"domain": "site:north", "kind": "site", "name": "north", "fault": "outage"},
	},
	"facts": {question: {"record": fact}},
	"causes": {question: causes},
	"site_sets": {"sets": sets, "of": {"record": [id | some id, _ in sets]}, "unfinished": {"record": "no"}},
}

report(scope, fact, causes, sets) := found if {
	found := geographic_separation.report with input as document(scope, fact, causes, sets)
}

told(found) := {[one.outcome, one.message] | some one in found}

test_a_shared_hazard_is_one_violation_however_near_the_sites_are if {
	sets := {"pair": pair(1, [], ["hazard:flood"], true)}
	report("national", lost, cause("hazard:flood"), sets) == {{
		"outcome": "violation",
		"target": "hazard:flood",
		"cause": ["hazard:flood/outage"],
		"services": ["record"],
		"question": question,
		"message": "One outage of hazard flood loses record",
	}}
}

test_sites_that_are_near_are_a_violation if {
	report("national", survived, {}, {"site:north + site:south": pair(1.4, [], [], true)}) == {{
		"outcome": "violation",
		"target": "site:north + site:south",
		"cause": ["site:north", "site:south"],
		"services": ["record"],
		"question": "",
		"message": "Sites north and south are 1.4 km apart, less than 5 km: what takes them together loses record",
		"at": ["site:north", "site:south"],
		"evidence": {"km": 1.4, "minimum_km": 5},
	}}
}

test_sites_that_are_far_apart_pass if {
	told(report("national", survived, {}, {"pair": pair(35, [], [], true)})) == {["pass", "the sites over which record is redundant are separated"]}
}

test_a_site_without_coordinates_passes_where_two_others_are_far_apart if {
	{outcome | some [outcome, _] in told(report("national", survived, {}, {"set": pair(35, ["third"], [], true)}))} == {"pass"}
}

test_undeclared_coordinates_are_unknown_and_name_the_remedy if {
	some found in report("national", survived, {}, {"pair": pair(0, ["south"], [], true)})
	found.outcome == "unknown"
	found.message == "how far apart the sites of record are is not known: north and south"
	found.hangs_on == ["the coordinates of site south are not declared; to make it known: declare `coordinates` of south"]
}

test_near_sites_that_only_possibly_lose_a_service_are_unknown if {
	some found in report("national", survived, {}, {"pair": pair(1, [], [], false)})
	found.outcome == "unknown"
	count(found.hangs_on) == 1
}

test_a_loss_that_hangs_on_what_is_not_known_is_unknown if {
	fact := object.union(lost, {"holds": "unknown"})
	told(report("national", fact, {}, {})) == {["unknown", "whether the sites of record are separated is not known: it may be lost by one outage of hazard flood"]}
}

test_an_unfinished_analysis_is_unknown if {
	given := object.union(document("national", survived, {}, {}), {"site_sets": {"unfinished": {"record": "yes"}}})
	found := geographic_separation.report with input as given
	told(found) == {["unknown", "not all sites over which record is redundant could be looked at"]}
}

test_an_unknown_scope_makes_a_violation_unknown if {
	some found in report("unknown", lost, cause("hazard:flood"), {})
	found.outcome == "unknown"
	found.hangs_on == ["the scope of record is not declared; to make it known: declare `scope` of record"]
}

test_a_service_that_one_site_loses_is_not_applicable if {
	told(report("national", lost, cause("site:north"), {})) == {["not_applicable", "record is lost with one site alone: it is redundant over no others"]}
}

test_a_service_of_another_scope_is_not_applicable if {
	told(report("local", survived, {}, {"pair": pair(1, [], [], true)})) == {["not_applicable", "the separation of sites is not asked of record"]}
}

test_a_service_that_stands_at_no_site_is_not_applicable if {
	told(report("national", object.union(survived, {"asked": "no"}), {}, {})) == {["not_applicable", "no site concerns record"]}
}

test_a_service_that_is_lost_at_rest_is_an_error if {
	fact := object.union(survived, {"error": "record is lost with nothing failed"})
	told(report("national", fact, {}, {})) == {["error", "record is lost with nothing failed"]}
}

test_a_service_that_no_few_sites_lose_passes if {
	told(report("national", survived, {}, {})) == {["pass", "no two or three sites together lose record"]}
}
