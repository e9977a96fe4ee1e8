# METADATA
# title: Beside
# description: Of services and the aids that must outlive them, from the answers about both together
package resilience.lib.beside

import data.resilience.lib.result
import data.resilience.lib.words

# violations gives one result for each cause that surely loses services together with their aids of a sort; `alone` is the
# question about services without aids where the aids are services, else "".
violations(question, alone, sort, applies, noun) := {found |
	some cause in input.causes[question]
	services := [service | some service in cause.services; applies[service] == "yes"]
	count(services) > 0
	aids := input.aids.of[sort]
	names := lost(alone, cause.id, listed({key | some service in services; some key in aids[service]}))
	message := sprintf("%s, together with %s: %s", [words.loss(cause, services), noun, concat(", ", names)])
	found := object.union(result.violation(cause, services, message), {"evidence": {"beside": names}})
}

# of_sorts gives one result for each cause that surely loses services together with their aids of one or more sorts;
# `questions` has the question about each sort.
of_sorts(questions, sorts, applies, noun) := {found |
	some id in told_of(questions)
	causes := {kind: cause | some kind in sorts; cause := input.causes[questions[kind]][id]; count(about(cause, applies)) > 0}
	taking := [kind | some kind in sorts; causes[kind].id == id]
	count(taking) > 0
	services := sort({service | some cause in causes; some service in about(cause, applies)})
	names := listed({key | some kind, cause in causes; some service in about(cause, applies); some key in input.aids.of[kind][service]})
	first := causes[taking[0]]
	message := sprintf("%s, together with %s %s: %s", [words.loss(first, services), noun, concat(", ", taking), concat(", ", names)])
	found := object.union(result.violation(first, services, message), {"evidence": {"beside": names}})
}

told_of(questions) := {id | some question in questions; some id, _ in input.causes[question]}

about(cause, applies) := [service | some service in cause.services; applies[service] == "yes"]

# circular gives one result for each aid that surely needs the very services that it helps.
circular(sort, applies, help) := {found |
	some key, item in input.aids.items
	item.sort == sort
	services := [service | some service in item.needs; applies[service] == "yes"]
	count(services) > 0
	message := sprintf("%s is up only while %s is, which %s", [item.id, words.listed(services), help])
	found := result.about("violation", key, services, message, {"cause": [key], "at": [key]})
}

# lost limits aids that are services to those that the cause loses alone, where that was asked.
lost(alone, id, names) := [name | some name in names; name in input.causes[alone][id].services] if {
	count({name | some name in names; name in input.causes[alone][id].services}) > 0
} else := names

listed(keys) := sort({input.aids.items[key].id | some key in keys})

# needing_themselves are the services that all aids of a sort that they have need.
needing_themselves(sort) := {service |
	some service, needing in input.aids.circular[sort]
	count(needing) > 0
	aids := input.aids.of[sort]
	count(needing) == count(aids[service])
}
