package resilience.network.redundant_traffic_steering_test

import data.resilience.lib.fixtures
import data.resilience.network.redundant_traffic_steering

question := "redundant-traffic-steering.steering-outage"

change := "redundant-traffic-steering.steering-change"

report(fact, scope, causes) := found if {
	given := fixtures.document(question, fact, scope, causes)
	silent := {change: {"record": fixtures.unasked}}
	more := {"settings": {"redundant-traffic-steering": {"order": 1}}, "facts": object.union(silent, given.facts), "causes": object.union({change: {}}, given.causes)}
	found := redundant_traffic_steering.report with input as object.union(given, more)
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

test_every_service_is_asked_about if {
	fixtures.outcomes(report(fixtures.lost, "unknown", fixtures.cause(question))) == {"violation"}
}

test_a_bad_change_counts_too if {
	given := fixtures.document(change, fixtures.lost, "national", fixtures.cause(change))
	facts := object.union(given.facts, {question: {"record": fixtures.unasked}})
	some found in redundant_traffic_steering.report with input as object.union(given, {"facts": facts})
	found.outcome == "violation"
	found.question == change
}
