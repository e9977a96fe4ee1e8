# METADATA
# title: Facts
# description: The answers to questions about faults
package resilience.lib.facts

# of is the answer to one question about one service. Two lookups in one step (`input.facts[question][service]`) cost
# regorus ten times as much as one after the other.
of(question, service) := answers[service] if answers := input.facts[question]

# broken has the questions to which there is no answer as something is wrong, by service, in the order of the list.
broken(questions) := {service: asked |
	some service in {name | some question in questions; some name, fact in input.facts[question]; fact.error != ""}
	asked := [question | some question in questions; of(question, service).error != ""]
}

# doubtful has the questions that are not answered by yes, by service, in the order of the list.
doubtful(questions) := {service: asked |
	some service in {name | some question in questions; some name, fact in input.facts[question]; fact.holds in {"no", "unknown"}}
	asked := [question | some question in questions; of(question, service).holds in {"no", "unknown"}]
}
