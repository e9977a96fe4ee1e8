package resilience.network.independent_firewalls_test

import data.resilience.network.independent_firewalls

rack := {"domain": "rack:north/k7", "kind": "rack", "name": "k7", "sure": "yes", "at": ["rack:north/k7", "fw-a", "fw-b"]}

border(shared) := {"firewalls": ["firewall fw-a", "firewall fw-b"], "services": ["record"], "shared": shared}

report_of(borders) := found if {
	found := independent_firewalls.report with input as {"settings": {"independent-firewalls": {"kinds": ["rack", "power"]}}, "borders": borders}
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

test_without_a_pair_nothing_is_asked if {
	outcomes(report_of({})) == {"not_applicable"}
}
