package resilience.network.redundant_firewalls_test

import data.resilience.lib.fixtures
import data.resilience.network.redundant_firewalls

question := "redundant-firewalls.firewall-outage"

report(fact, scope, causes) := found if {
	found := redundant_firewalls.report with input as fixtures.document(question, fact, scope, causes)
}

test_a_cause_that_surely_loses_a_service_is_a_violation if {
	report(fixtures.lost, "national", fixtures.cause(question)) == {{
		"outcome": "violation",
		"target": "site:north",
		"cause": ["site:north/outage"],
		"services": ["record"],
		"question": question,
		"message": "One outage of site north loses record",
	}}
}

test_a_service_that_survives_passes if {
	fixtures.outcomes(report(fixtures.survived, "national", {})) == {"pass"}
}

test_what_is_not_known_is_unknown_and_names_the_fault if {
	some found in report(fixtures.undecided, "national", {})
	found.outcome == "unknown"
	found.message == "whether record survives is not known; it would be lost by one outage of site north"
}

test_nothing_asked_about_is_not_applicable if {
	fixtures.outcomes(report({}, "national", {})) == {"not_applicable"}
}

test_a_service_that_is_lost_at_rest_is_an_error if {
	some found in report(fixtures.broken, "national", {})
	found.outcome == "error"
	found.message == "record is lost with nothing failed"
}

test_two_services_lost_by_one_cause_are_one_violation if {
	cause := object.union(fixtures.cause(question)["site:north/outage"], {"services": ["record", "results"]})
	services := {"record": {"scope": "national"}, "results": {"scope": "national"}}
	facts := {name: {"record": fixtures.lost, "results": fixtures.lost} | some name in fixtures.questions}
	document := object.union(fixtures.document(question, fixtures.lost, "national", {"c": cause}), {"services": services, "facts": facts})
	found := redundant_firewalls.report with input as document
	{violation.message | some violation in found} == {"One outage of site north loses 2 services: record, results"}
}
