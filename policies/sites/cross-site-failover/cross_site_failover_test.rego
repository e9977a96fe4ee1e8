package resilience.sites.cross_site_failover_test

import data.resilience.lib.fixtures
import data.resilience.sites.cross_site_failover

question := "cross-site-failover.site-outage"

report(fact, scope, causes) := found if {
	found := cross_site_failover.report with input as fixtures.document(question, fact, scope, causes)
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

test_a_service_of_another_scope_is_not_applicable if {
	fixtures.outcomes(report(fixtures.lost, "local", fixtures.cause(question))) == {"not_applicable"}
}

test_an_unknown_scope_makes_a_loss_unknown_and_a_survival_a_pass if {
	fixtures.outcomes(report(fixtures.lost, "unknown", fixtures.cause(question))) == {"unknown"}
	fixtures.outcomes(report(fixtures.survived, "unknown", {})) == {"pass"}
}
