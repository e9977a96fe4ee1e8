package resilience.shared_fate.no_common_cause_test

import data.resilience.lib.fixtures
import data.resilience.shared_fate.no_common_cause

question := "no-common-cause.shared-change"

report(fact, scope, causes) := found if {
	found := no_common_cause.report with input as fixtures.document(question, fact, scope, causes)
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

site_lost(fact, site) := found if {
	given := fixtures.document(question, fact, "national", fixtures.cause(question))
	facts := object.union(given.facts, {"no-common-cause.site-outage": {"record": object.union(fixtures.unasked, site)}})
	found := no_common_cause.report with input as object.union(given, {"facts": facts})
}

test_what_one_site_loses_anyway_is_for_another_policy if {
	fixtures.outcomes(site_lost(fixtures.lost, fixtures.lost)) == {"not_applicable"}
}

test_whether_a_site_is_survived_may_be_unknown if {
	some found in site_lost(fixtures.lost, fixtures.undecided)
	found.outcome == "unknown"
	found.question == "no-common-cause.site-outage"
	found.message == "whether record survives is not known; it would be lost by one outage of site north"
}

test_what_survives_every_site_must_survive_what_they_share if {
	fixtures.outcomes(site_lost(fixtures.lost, fixtures.survived)) == {"violation"}
}

outage := "no-common-cause.shared-outage"

# of_tier gives the outcomes of a service of a tier, from the answers to some of the questions.
of_tier(tier, facts) := found if {
	given := fixtures.document(outage, {}, "national", {})
	answers := {name: {"record": object.union(fixtures.unasked, object.get(facts, name, {}))} | some name in fixtures.questions}
	caused := {name: fixtures.cause(name) | some name, fact in facts; fact.holds == "no"}
	services := {"record": object.union(given.services.record, {"tier": tier})}
	found := no_common_cause.report with input as object.union(given, {"facts": answers, "causes": object.union(given.causes, caused), "services": services})
}

test_a_shared_outage_is_a_violation_of_a_lower_tier if {
	some found in of_tier(2, {outage: fixtures.lost, "no-common-cause.site-outage": fixtures.survived})
	found.outcome == "violation"
	found.question == outage
}

test_a_tier_that_nobody_declared_is_asked_too if {
	fixtures.outcomes(of_tier("unknown", {outage: fixtures.lost, "no-common-cause.site-outage": fixtures.survived})) == {"violation"}
}

test_outages_of_tier_1_are_for_another_policy if {
	fixtures.outcomes(of_tier(1, {outage: fixtures.lost, "no-common-cause.site-outage": fixtures.survived})) == {"not_applicable"}
	fixtures.outcomes(of_tier(1, {outage: fixtures.lost, question: fixtures.survived, "no-common-cause.site-outage": fixtures.survived})) == {"pass"}
}

test_without_a_second_place_no_outage_is_asked if {
	fixtures.outcomes(of_tier(2, {outage: fixtures.lost})) == {"not_applicable"}
	fixtures.outcomes(of_tier(2, {outage: fixtures.lost, question: fixtures.survived})) == {"pass"}
}

test_regions_count_where_nothing_stands_at_a_site if {
	fixtures.outcomes(of_tier(2, {outage: fixtures.lost, "no-common-cause.region-outage": fixtures.survived})) == {"violation"}
	some found in of_tier(2, {outage: fixtures.lost, "no-common-cause.region-outage": fixtures.undecided})
	found.outcome == "unknown"
	found.question == "no-common-cause.region-outage"
}

test_outages_and_changes_that_are_survived_pass if {
	fixtures.outcomes(of_tier(2, {outage: fixtures.survived, question: fixtures.survived, "no-common-cause.site-outage": fixtures.survived})) == {"pass"}
	fixtures.outcomes(of_tier(2, {outage: fixtures.survived, question: fixtures.survived, "no-common-cause.region-outage": fixtures.undecided})) == {"pass"}
}

test_an_outage_that_may_be_shared_is_unknown if {
	fixtures.outcomes(of_tier(2, {outage: fixtures.undecided, question: fixtures.survived, "no-common-cause.site-outage": fixtures.survived})) == {"unknown"}
}

test_what_steering_alone_loses_is_told_by_its_own_policy if {
	steering := "redundant-traffic-steering.steering-change"
	given := fixtures.document(question, fixtures.lost, "national", fixtures.cause(question))
	causes := object.union(given.causes, {steering: fixtures.cause(steering)})
	fixtures.outcomes(no_common_cause.report) == {"not_applicable"} with input as object.union(given, {"causes": causes})
}
