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

# violations_beside leaves out what another policy that is on tells of the same cause, or of one that takes the very same:
# of `elsewhere`, for each of its questions, the services that it is about. So one cause of a loss is one violation.
violations_beside(questions, applies, elsewhere) := {found |
	some question in questions
	some cause in input.causes[question]
	told := {service |
		some other, about in elsewhere
		some id in object.get(cause, "same", [cause.id])
		some service in input.causes[other][id].services
		about[service] == "yes"
	}
	services := [service | some service in cause.services; applies[service] == "yes"; count({service} - told) > 0]
	count(services) > 0
	found := result.violation(cause, services, words.loss(cause, services))
}

# told_elsewhere says of each service that some cause surely loses, and none in `violations`, that others tell of it.
told_elsewhere(questions, applies, violations) := {found |
	some question in questions
	named := {service | some violation in violations; some service in violation.services}
	lost := {service |
		some service, applicable in applies
		applicable == "yes"
		input.facts[question][service].holds == "no"
	}
	some service in (lost - named)
	message := sprintf("what loses %s is told by the policy whose business it is", [service])
	found := result.of_service("not_applicable", service, question, message)
}

# others gives one result for each service that no cause surely loses.
others(questions, applies) := {found |
	facts := [input.facts[question] | some question in questions]
	some service, applicable in applies
	of_service := [fact[service] | some fact in facts]
	outcome := outcome_of(of_service, applicable)
	outcome != "violation"
	question := deciding(questions, of_service, outcome)
	said := result.of_service(outcome, service, question, words.of_service(outcome, service, question))
	found := undeclared(said, outcome, applicable)
}

# undeclared adds why it is not known whether the policy is about the service at all.
undeclared(said, outcome, _) := said if outcome != "unknown"

undeclared(said, "unknown", applicable) := said if applicable == "yes"

undeclared(said, "unknown", "unknown") := object.union(said, {"hangs_on": [sprintf("the %s of %s is not declared, so whether it must survive is not known; to make it known: declare `%s` of %s", [key, said.target, key, said.target]) |
	some key in ["scope", "tier"]
	input.services[said.target][key] == "unknown"
]})

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

# outcome_of is the outcome of one service from its facts, one for each question.
outcome_of(_, "no") := "not_applicable"

outcome_of(facts, applicable) := outcome_where_asked(facts, {fact.holds | some fact in facts}, applicable) if applicable != "no"

outcome_where_asked(facts, holds, applicable) := "error" if {
	some fact in facts
	fact.error != ""
} else := "not_applicable" if {
	every fact in facts { fact.asked == "no" }
} else := "violation" if {
	applicable == "yes"
	"no" in holds
} else := "unknown" if {
	count(holds & {"no", "unknown"}) > 0
} else := "pass"

# deciding is the question that the outcome of a service rests on: the first with that answer.
deciding(questions, _, outcome) := questions[0] if not_hanging[outcome]

deciding(questions, facts, "unknown") := [questions[i] | some i, fact in facts; fact.holds in {"no", "unknown"}][0]

deciding(questions, facts, "error") := [questions[i] | some i, fact in facts; fact.error != ""][0]

not_hanging := {"pass": true, "violation": true, "not_applicable": true}
