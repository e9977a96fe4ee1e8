package resilience.network.independent_firewalls_test

import data.resilience.network.independent_firewalls

rack := {"domain": "rack:north/k7", "kind": "rack", "name": "k7", "sure": "yes", "declared": "yes", "at": ["rack:north/k7", "fw-a", "fw-b"]}

border(shared) := {"target": "site:north", "whose": "of site north", "at": ["north"], "firewalls": ["firewall fw-a", "firewall fw-b"], "services": ["record"], "shared": shared}

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

test_firewalls_of_no_border_are_told_by_their_names if {
	group := object.union(border([rack]), {"target": "fw-a + fw-b", "whose": "that stand in for each other", "at": ["fw-a", "fw-b"]})
	some found in report_of({"fw-a + fw-b": group})
	found.outcome == "violation"
	found.cause == ["rack:north/k7", "fw-a + fw-b"]
	found.message == "Rack k7 takes every firewall of a group whose members stand in for each other: firewall fw-a and firewall fw-b"
	some other in report_of({"fw-a + fw-b": object.union(group, {"shared": []})})
	other.outcome == "pass"
	other.target == "fw-a + fw-b"
	other.message == "the firewalls that stand in for each other share no failure domain below the site that is known"
}

test_what_loses_a_service_is_told_with_the_loss_by_another_policy if {
	given := {
		"settings": {
			"independent-firewalls": {"kinds": ["rack"], "must_be_known": ["rack"]},
			"no-single-point-of-failure": {"tiers": [1]},
		},
		"services": {"record": {"tier": 1}},
		"causes": {"no-single-point-of-failure.outage": {"c": {"target": "rack:north/k7", "services": ["record"], "on": ["record"]}}},
		"borders": {"north": border([rack])},
	}
	outcomes(independent_firewalls.report) == {"not_applicable"} with input as given
	other := object.union(given, {"services": {"record": {"tier": 2}}})
	outcomes(independent_firewalls.report) == {"violation"} with input as other
}
