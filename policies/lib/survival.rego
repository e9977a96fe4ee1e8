# METADATA
# title: Survival
# description: From the answers about fault sets to outcomes, one rule for every policy that asks whether services survive
package resilience.lib.survival

import data.resilience.lib.result
import data.resilience.lib.words

# violations gives one result for each cause, with the services that it loses and that the policy is about.
# applies says yes, no or unknown of each service.
violations(questions, applies) := {found |
	some question in questions
	some cause in input.causes[question]
	services := [service | some service in cause.services; applies[service] == "yes"]
	count(services) > 0
	found := result.violation(cause, services, words.loss(cause, services))
}

# others gives one result for each service that no cause surely loses.
others(questions, applies) := {found |
	some service, applicable in applies
	outcome := outcome_of(questions, service, applicable)
	outcome != "violation"
	question := deciding(questions, service, outcome)
	found := result.of_service(outcome, service, question, words.of_service(outcome, service, question))
}

# scoped says for each service whether its scope is one of the wanted ones.
scoped(scopes) := {service: answer | some service, known in input.services; answer := in_scope(known.scope, scopes)}

# tiered says for each service whether its tier is one of the wanted ones.
tiered(tiers) := {service: answer | some service, known in input.services; answer := in_scope(known.tier, tiers)}

# everything is about every service.
everything := {service: "yes" | some service, _ in input.services}

in_scope(scope, scopes) := "yes" if scope in scopes

in_scope("unknown", _) := "unknown"

in_scope(scope, scopes) := "no" if {
	scope != "unknown"
	count({wanted | some wanted in scopes; wanted == scope}) == 0
}

outcome_of(questions, service, applicable) := "not_applicable" if {
	applicable == "no"
} else := "error" if {
	some question in questions
	input.facts[question][service].error != ""
} else := "not_applicable" if {
	every question in questions { input.facts[question][service].asked == "no" }
} else := "violation" if {
	applicable == "yes"
	some question in questions
	input.facts[question][service].holds == "no"
} else := "unknown" if {
	some question in questions
	input.facts[question][service].holds in {"no", "unknown"}
} else := "pass"

# deciding is the question that the outcome of a service rests on: the first with that answer.
deciding(questions, service, outcome) := [question |
	some question in questions
	decides(input.facts[question][service], outcome)
][0] if {
	outcome in {"unknown", "error"}
} else := questions[0]

decides(fact, "unknown") if fact.holds in {"no", "unknown"}

decides(fact, "error") if fact.error != ""
