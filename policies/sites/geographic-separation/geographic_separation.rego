# METADATA
# title: Redundant sites are not separated from each other
# description: >-
#   The sites over which a service is redundant stand apart: no declared hazard, campus or building takes them
#   together, and they are at least a stated distance from each other.
# custom:
#   id: geographic-separation
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Move one of them out of reach of what takes both: another campus, flood plain, grid and cooling supply, and far
#     enough away that one event in the neighbourhood cannot stop both.
#   controls: [CAF-B5.b.4, CAF-B5.b.5, "NIST-CP-6(1)", "NIST-CP-7(1)", NIST-SC-36, ISO27001-A.7.8]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional], description: Services of which scope must be separated}
#       minimum_km: {type: number, minimum: 0, default: 5, description: How far apart in km two sites must be at least}
#   questions:
#     shared-place: {faults: [outage], kinds: [site, building, campus, hazard], horizon: rto, within_rpo: true, declared_only: true}
#   reads: [site_sets]
package resilience.sites.geographic_separation

import data.resilience.lib.result
import data.resilience.lib.site_sets
import data.resilience.lib.survival
import data.resilience.lib.words

question := "geographic-separation.shared-place"

parameters := input.settings["geographic-separation"]

applies := survival.scoped(parameters.scopes)

answers := input.facts[question]

report := (shared | near) | others

# shared has what takes redundant sites together; a site that loses a service alone is no matter of distance.
shared := {found |
	some cause in input.causes[question]
	input.events[cause.events[0]].kind != "site"
	services := about(cause.services)
	count(services) > 0
	found := result.violation(cause, services, words.loss(cause, services))
}

distances := {id: site_sets.distance(sites, parameters.minimum_km) | some id, sites in input.site_sets.sets}

near := {found |
	some id, sites in input.site_sets.sets
	distances[id] == "near"
	count({place | some place in sites.within; takes[place] == "yes"}) == 0
	services := about(sites.lost)
	count(services) > 0
	message := sprintf("Sites %s are %v km apart, less than %v km: what takes them together loses %s", [site_sets.listed(sites.names), sites.km, parameters.minimum_km, words.listed(services)])
	more := {"cause": sites.sites, "at": sites.sites, "evidence": {"km": sites.km, "minimum_km": parameters.minimum_km}}
	found := result.about("violation", id, services, message, more)
}

# takes has the hazards, campuses and buildings that are violations themselves.
takes := {cause.target: "yes" |
	some cause in input.causes[question]
	count(about(cause.services)) > 0
}

alone := site_sets.alone(question)

about(services) := [service | some service in services; applies[service] == "yes"]

violated := {service: "yes" | some found in (shared | near); some service in found.services}

others := {found |
	some service, applicable in applies
	object.get(violated, service, "no") == "no"
	found := other(service, applicable, answers[service])
}

other(service, "no", _) := none(service, sprintf("the separation of sites is not asked of %s", [service]))

other(service, applicable, fact) := result.of_service("error", service, question, fact.error) if {
	applicable != "no"
	fact.error != ""
} else := none(service, sprintf("no site concerns %s", [service])) if {
	applicable != "no"
	fact.asked == "no"
} else := none(service, sprintf("%s is lost with one site alone: it is redundant over no others", [service])) if {
	applicable != "no"
	alone[service] == "yes"
} else := doubtful(service, question, sprintf("whether the sites of %s are separated is not known: it may be lost by %s", [service, words.candidates(fact.cuts)]), site_sets.scope(service, applicable)) if {
	applicable != "no"
	fact.holds != "yes"
} else := doubtful(service, "", sprintf("how far apart the sites of %s are is not known: %s", [service, site_sets.named(ids)]), site_sets.doubts(service, ids, distances) | site_sets.scope(service, applicable)) if {
	applicable != "no"
	ids := site_sets.undecided(service, distances)
	count(ids) > 0
} else := doubtful(service, "", sprintf("not all sites over which %s is redundant could be looked at", [service]), limit) if {
	applicable != "no"
	input.site_sets.unfinished[service] == "yes"
} else := result.of_service("pass", service, question, sprintf("no two or three sites together lose %s", [service])) if {
	applicable != "no"
	count(input.site_sets.of[service]) == 0
} else := result.of_service("pass", service, question, sprintf("the sites over which %s is redundant are separated", [service])) if {
	applicable != "no"
}

none(service, message) := result.of_service("not_applicable", service, question, message)

doubtful(service, asked, message, hangs_on) := object.union(
	result.of_service("unknown", service, asked, message),
	{"hangs_on": sort(hangs_on)},
)

limit := {"a limit of time or size stopped the analysis; to make it known: check fewer stacks together"}
