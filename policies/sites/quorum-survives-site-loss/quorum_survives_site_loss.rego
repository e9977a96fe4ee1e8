# METADATA
# title: One place holds so many votes that its loss takes a quorum away
# description: >-
#   A quorum whose voters are spread over sites or zones holds when any one of these is lost: whatever is left has more
#   than half of all votes.
# custom:
#   id: quorum-survives-site-loss
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Put a voter or a witness at a third place, reached over links of its own, and give no place half of the votes or
#     more.
#   controls: [CAF-B5.b.4, NIST-CP-7, ISO27001-A.8.14]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       kinds: {type: array, items: {enum: [site, zone]}, default: [site, zone], description: The loss of which kinds of place every quorum must survive}
#       region_scopes: {type: array, items: {enum: [national, regional, local]}, default: [national], description: Services of which scope hang on no quorum that one region takes away}
#   reads: [quorums]
package resilience.sites.quorum_survives_site_loss

import data.resilience.lib.quorums
import data.resilience.lib.result
import data.resilience.lib.survival
import data.resilience.lib.words

parameters := input.settings["quorum-survives-site-loss"]

regional := survival.scoped(parameters.region_scopes)

report := taken | others

# taken has one violation for each quorum, with all places that take it and all services that are lost with it.
taken := {found |
	some id, quorum in input.quorums.all
	places := {place: held |
		some place, held in quorum.places
		held.taken == "yes"
		held.all == "no"
		count(losing(held)) > 0
	}
	count(places) > 0
	services := sort({service | some held in places; some service in losing(held)})
	votes := concat(" or of ", [told(held, quorum) | some held in places])
	message := sprintf("The loss of %s takes the quorum of %s away, which needs %d: it loses %s", [votes, quorum.label, quorum.needed, words.listed(services)])
	found := result.about("violation", id, services, message, {
		"cause": [concat("", [place, "/outage"]) | some place, _ in places],
		"at": array.concat([id], [place | some place, _ in places]),
		"evidence": {
			"votes": quorum.votes,
			"needed": quorum.needed,
			"votes_by_place": {place: held.votes | some place, held in places},
		},
	})
}

losing(held) := [service | some service in held.lost; quorums.counts(held.kind, service, parameters.kinds, regional) == "yes"]

told(held, quorum) := sprintf("%s %s (%d of %d votes)", [held.kind, held.name, held.votes, quorum.votes]) if held.votes > 0

told(held, _) := sprintf("%s %s (which keeps its voters from each other)", [held.kind, held.name]) if held.votes == 0

violated := {service: "yes" | some found in taken; some service in found.services}

others := {found |
	some service, ids in input.quorums.of
	object.get(violated, service, "no") == "no"
	found := other(service, ids)
}

other(service, []) := result.of_service("not_applicable", service, "", sprintf("%s hangs on no quorum", [service]))

other(service, ids) := result.of_service("error", service, "", errors[0]) if {
	errors := [quorum.error | some id in ids; quorum := input.quorums.all[id]; quorum.error != ""]
	count(errors) > 0
} else := object.union(result.of_service("unknown", service, "", message), {"hangs_on": sort(union({quorums.doubts(service, id, parameters.kinds, regional) | some id in undecided}))}) if {
	undecided := [id | some id in ids; quorums.doubtful(service, input.quorums.all[id], parameters.kinds, regional) == "yes"]
	count(undecided) > 0
	labels := [input.quorums.all[id].label | some id in undecided]
	message := sprintf("whether any one place takes the quorum of %s away, on which %s hangs, is not known", [concat(" or of ", labels), service])
} else := result.of_service("not_applicable", service, "", sprintf("every quorum on which %s hangs stands in one place", [service])) if {
	count(ids) > 0
	count([id | some id in ids; quorums.one_place(input.quorums.all[id], parameters.kinds) == "no"]) == 0
} else := result.of_service("pass", service, "", sprintf("every quorum on which %s hangs survives the loss of any one place", [service])) if {
	count(ids) > 0
}
