package resilience.network.independent_firewalls_test

import data.resilience.network.independent_firewalls

rack := {"domain": "rack:north/k7", "kind": "rack", "name": "k7", "sure": "yes", "declared": "yes", "at": ["rack:north/k7", "fw-a", "fw-b"]}

border(shared) := {"firewalls": ["firewall fw-a", "firewall fw-b"], "services": ["record"], "shared": shared}

report_of(borders) := found if {
	found := independent_firewalls.report with input as {"settings": {"independent-firewalls": {"kinds": ["rack", "power"], "must_be_known": ["rack"]}}, "borders": borders}
}

outcomes(report) := {found.outcome | some found in report}

test_one_rack_is_a_violation if {
	report_of({"north": border([rack])}) == {{
		"outcome": "violation",
		"target": "rack:north/k7",
		"cause": ["rack:north/k7", "north"],
		"services": ["record"],
		"question": "",
		"message": "Rack k7 takes every firewall of site north: firewall fw-a and firewall fw-b",
		"at": ["rack:north/k7", "fw-a", "fw-b"],
	}}
}

test_firewalls_that_share_nothing_pass if {
	outcomes(report_of({"north": border([])})) == {"pass"}
}

test_kinds_that_are_not_asked_about_pass if {
	outcomes(report_of({"north": border([object.union(rack, {"kind": "management-plane"})])})) == {"pass"}
}

test_a_rack_that_may_be_shared_is_unknown if {
	some found in report_of({"north": border([object.union(rack, {"sure": "unknown"})])})
	found.outcome == "unknown"
	found.hangs_on == ["whether rack k7 takes all of them is not known; to make it known: declare under `placement` or `domains` where each stands"]
}

test_racks_that_nobody_declared_are_unknown if {
	some found in report_of({"north": border([object.union(rack, {"sure": "unknown", "declared": "no"})])})
	found.outcome == "unknown"
	found.hangs_on == ["nobody says in which rack each of them stands; to make it known: declare `rack` under `placement`, or of the `units`"]
}

test_places_that_need_not_be_known_pass if {
	outcomes(report_of({"north": border([object.union(rack, {"kind": "host", "sure": "unknown", "declared": "no"})])})) == {"pass"}
}

test_without_a_pair_nothing_is_asked if {
	outcomes(report_of({})) == {"not_applicable"}
}
