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

# violations_beside leaves out what another policy that is on tells of the same cause: of `elsewhere`, for each of its
# questions, the services that it is about. So one cause of a loss is one violation.
violations_beside(questions, applies, elsewhere) := {found |
	some question in questions
	some cause in input.causes[question]
	told := {service |
		some other, about in elsewhere
		theirs := input.causes[other]
		some service in theirs[cause.id].on
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
	answers := input.facts[question]
	lost := {service |
		some service, applicable in applies
		applicable == "yes"
		answers[service].holds == "no"
	}
	some service in (lost - named)
	message := sprintf("what loses %s is told by the policy whose business it is", [service])
	found := result.of_service("not_applicable", service, question, message)
}

# others gives one result for each service that no cause surely loses.
others(questions, applies) := {found |
	facts := [input.facts[question] | some question in questions]
	some service, applicable in applies
	[outcome, question] := decided(questions, [fact[service] | some fact in facts], applicable)
	outcome != "violation"
	found := told(outcome, service, question, applicable)
}

told(outcome, service, question, applicable) := object.union(said, {"hangs_on": undeclared(service)}) if {
	outcome == "unknown"
	applicable == "unknown"
	said := result.of_service(outcome, service, question, words.of_service(outcome, service, question))
} else := result.of_service(outcome, service, question, words.of_service(outcome, service, question))

# undeclared has why it is not known whether the policy is about the service at all.
undeclared(service) := [text |
	known := input.services[service]
	some key in ["scope", "tier"]
	known[key] == "unknown"
	text := sprintf("the %s of %s is not declared, so whether it must survive is not known; to make it known: declare `%s` of %s", [key, service, key, service])
]

# scoped says for each service whether its scope is one of the wanted ones.
scoped(scopes) := {service: answer | some service, known in input.services; answer := in_scope(known.scope, scopes)}

# tiered says for each service whether its tier is one of the wanted ones.
tiered(tiers) := {service: answer | some service, known in input.services; answer := in_scope(known.tier, tiers)}

# tiered_or_scoped says for each service whether its tier or its scope is one of the wanted ones.
tiered_or_scoped(tiers, scopes) := {service: answer |
	some service, known in input.services
	answer := either(in_scope(known.tier, tiers), in_scope(known.scope, scopes))
}

either(one, other) := "yes" if {
	"yes" in {one, other}
} else := "unknown" if {
	"unknown" in {one, other}
} else := "no"

# everything is about every service.
everything := {service: "yes" | some service, _ in input.services}

in_scope(scope, scopes) := "yes" if {
	scope in scopes
} else := "unknown" if {
	scope == "unknown"
} else := "no"

# decided is the outcome of one service from its facts, one for each question, and the question that it rests on: the first
# with that answer.
decided(questions, facts, applicable) := ["not_applicable", questions[0]] if {
	applicable == "no"
} else := ["error", broken[0]] if {
	broken := [questions[i] | some i, fact in facts; fact.error != ""]
	count(broken) > 0
} else := ["not_applicable", questions[0]] if {
	every fact in facts { fact.asked == "no" }
} else := ["violation", questions[0]] if {
	applicable == "yes"
	some fact in facts
	fact.holds == "no"
} else := ["unknown", doubtful[0]] if {
	doubtful := [questions[i] | some i, fact in facts; fact.holds in {"no", "unknown"}]
	count(doubtful) > 0
} else := ["pass", questions[0]]
