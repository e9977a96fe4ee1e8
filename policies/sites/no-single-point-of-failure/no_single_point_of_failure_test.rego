package resilience.sites.no_single_point_of_failure_test

import data.resilience.lib.fixtures
import data.resilience.sites.no_single_point_of_failure

question := "no-single-point-of-failure.outage"

report(fact, scope, causes) := found if {
	given := fixtures.document(question, fact, scope, causes)
	found := no_single_point_of_failure.report with input as object.union(given, {"settings": {"no-single-point-of-failure": {"tiers": [1]}}})
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

tier(tier, fact) := found if {
	given := fixtures.document(question, fact, "national", fixtures.cause(question))
	services := {"record": {"scope": "national", "tier": tier}}
	found := no_single_point_of_failure.report with input as object.union(given, {"services": services, "settings": {"no-single-point-of-failure": {"tiers": [1]}}})
}

test_a_service_of_another_tier_is_not_applicable if {
	fixtures.outcomes(tier(2, fixtures.lost)) == {"not_applicable"}
}

test_an_unknown_tier_makes_a_loss_unknown_and_a_survival_a_pass if {
	fixtures.outcomes(tier("unknown", fixtures.lost)) == {"unknown"}
	fixtures.outcomes(tier("unknown", fixtures.survived)) == {"pass"}
}

# beside gives the report where another policy tells of the same cause, and which scope the services of access have.
beside(other, scopes) := found if {
	given := fixtures.document(question, fixtures.lost, "national", fixtures.cause(question))
	causes := object.union(given.causes, {other: fixtures.cause(other)})
	settings := {"no-single-point-of-failure": {"tiers": [1]}, "diverse-access-paths": {"scopes": scopes}}
	found := no_single_point_of_failure.report with input as object.union(given, {"causes": causes, "settings": settings})
}

test_what_a_policy_of_its_own_tells_is_not_told_again if {
	some other in ["redundant-firewalls.firewall-outage", "redundant-traffic-steering.steering-outage", "diverse-access-paths.access-outage"]
	some found in beside(other, ["national"])
	found.outcome == "not_applicable"
	found.message == "what loses record is told by the policy whose business it is"
}

test_what_that_policy_is_not_about_is_told if {
	fixtures.outcomes(beside("diverse-access-paths.access-outage", ["regional"])) == {"violation"}
	fixtures.outcomes(beside("cross-site-failover.site-outage", ["national"])) == {"violation"}
}
