# METADATA
# title: Words
# description: What results say to a reader
package resilience.lib.words

import data.resilience.lib.facts

faults := {"outage": "outage", "bad-change": "bad change"}

# loss tells what a cause takes down: "One bad change of management plane fmg.example loses 2 services: a, b".
loss(cause, services) := capitalised(sprintf("%s loses %s", [subject(cause), listed(services)])) if count(consumers(cause)) == 0

loss(cause, services) := capitalised(sprintf("%s cuts %s off from %s", [subject(cause), cut_off(consumers(cause)), listed(services)])) if count(consumers(cause)) > 0

# consumers are those that a cause cuts off, where each of them was asked about.
consumers(cause) := object.get(cause, "consumers", [])

cut_off(names) := names[0] if count(names) == 1

cut_off(names) := sprintf("%d consumers (%s)", [count(names), shortened(names)]) if count(names) > 1

subject(cause) := event(cause.events[0]) if count(cause.events) == 1

subject(cause) := sprintf("However the unknowns turn out, one of %d faults (%s)", [count(cause.events), concat("; ", [event(id) | some id in cause.events])]) if {
	count(cause.events) > 1
	cause.together == "no"
}

subject(cause) := concat(" together with ", [event(id) | some id in cause.events]) if {
	count(cause.events) > 1
	cause.together == "yes"
}

event(id) := sprintf("one %s of %s%s %s", [faults[known.fault], article(known.name), known.kind, known.name]) if known := input.events[id]

# article stands before what a clause describes instead of a name: the zone in which something stands.
article(name) := "the " if {
	startswith(name, "in which ")
} else := ""

listed(services) := services[0] if count(services) == 1

listed(services) := sprintf("%d services: %s", [count(services), shortened(services)]) if count(services) > 1

# enclosed names services where the sentence goes on.
enclosed(services) := services[0] if count(services) == 1

enclosed(services) := sprintf("%d services (%s)", [count(services), shortened(services)]) if count(services) > 1

most_named := 8

# shortened names what fits into a sentence and counts the others: a result has all of its services beside its message.
shortened(names) := concat(", ", names) if count(names) <= most_named

shortened(names) := sprintf("%s and %d more", [concat(", ", array.slice(names, 0, 6)), count(names) - 6]) if count(names) > most_named

of_service(outcome, service, question) := sprintf("nothing that was asked about concerns %s", [service]) if {
	outcome == "not_applicable"
} else := sprintf("%s survives every fault that was asked about", [service]) if {
	outcome == "pass"
} else := fact.error if {
	outcome == "error"
	fact := facts.of(question, service)
} else := sprintf("whether %s survives is not known; it would be lost by %s", [service, candidates(fact.cuts)]) if {
	fact := facts.of(question, service)
	count(fact.cuts) > 0
} else := sprintf("whether %s survives is not known", [service])

candidates(cuts) := concat(" or ", [concat(" together with ", [event(id) | some id in cut]) | some cut in array.slice(cuts, 0, 3)])

capitalised(text) := concat("", [upper(substring(text, 0, 1)), substring(text, 1, -1)])
