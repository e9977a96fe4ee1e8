# METADATA
# title: What redundant parts share loses a service
# description: >-
#   A service that survives the loss of any site also survives one bad change of any management plane, HA
#   configuration, firmware line, network or supplier, and one outage of any supply, cluster or network over several sites: what makes its
#   parts redundant does not fail as one.
# custom:
#   id: no-common-cause
#   severity: high
#   waivable: true
#   on_unknown: {default: warn, tier1: fail}
#   remediation: >-
#     Divide what the redundant parts share, so that one fault reaches the parts of one site only: a fabric, a
#     template, a manager, a cluster or a feed for each site.
#   controls: [CAF-B5.b.5, ISO27001-A.8.14, NIS2-4.2.4]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional], description: Services of which scope must survive}
#       order: {type: integer, minimum: 1, maximum: 3, default: 1, description: How many faults at once must be survived}
#       change_kinds: {type: array, items: {type: string}, default: [management-plane, ha-cluster, firmware, network, cluster, storage, power, cooling, carrier, certificate, supplier], description: Kinds of failure domain whose bad changes count}
#       outage_kinds: {type: array, items: {type: string}, default: [power, cooling, rack, host, chassis, switch, storage, cluster, network, carrier, metro, certificate, supplier], description: Kinds of failure domain whose outages count}
#       tiers_left_out: {type: array, items: {type: integer, minimum: 1}, default: [1], description: Tiers of which no-single-point-of-failure asks about outages}
#   questions:
#     shared-change: {faults: [bad-change], kinds: {parameter: change_kinds}, except_roles: [firewall], members: needed, order: {parameter: order}, horizon: rto}
#     shared-outage: {faults: [outage], kinds: {parameter: outage_kinds}, except_roles: [link], members: alone, declared_only: true, order: {parameter: order}, horizon: rto}
#     site-outage: {faults: [outage], kinds: [site], horizon: rto, within_rpo: true}
#     region-outage: {faults: [outage], kinds: [region], horizon: rto, within_rpo: true}
package resilience.shared_fate.no_common_cause

import data.resilience.lib.facts
import data.resilience.lib.survival

parameters := input.settings["no-common-cause"]

change := "no-common-cause.shared-change"

outage := "no-common-cause.shared-outage"

sites := "no-common-cause.site-outage"

regions := "no-common-cause.region-outage"

scoped := survival.scoped(parameters.scopes)

# applies says of which services bad changes are asked: where no site is lost there may be a second one.
applies := {service: both(scope, survives(service)) | some service, scope in scoped}

survives(service) := "yes" if {
	over_sites[service].asked == "no"
} else := over_sites[service].holds

over_sites := input.facts[sites]

# outages says of which services outages are asked: those that are known to be redundant over sites, else over regions.
outages := {service: both(scope, over_places(service)) |
	some service, scope in scoped
	not_left_out(input.services[service].tier)
}

not_left_out(tier) if count({left | some left in parameters.tiers_left_out; left == tier}) == 0

over_places(service) := fact.holds if {
	fact := facts.of(place_question(service), service)
	fact.asked != "no"
} else := "no"

place_question(service) := sites if {
	over_sites[service].asked != "no"
} else := regions

# What what steers traffic would lose by itself is another policy's.
changed := survival.violations_beside([change], applies, {"redundant-traffic-steering.steering-change": survival.everything})

out := survival.violations_beside([outage], outages, {"redundant-traffic-steering.steering-outage": survival.everything})

report := (changed | out) | others

others := survival.told_elsewhere([change], applies, changed | out) | {hanging_on(found) | some found in (survival.others([change], changes_only) | survival.others([change, outage], together))}

changes_only := {service: applicable |
	some service, applicable in applies
	object.get(outages, service, "no") == "no"
}

# together has the others: where an outage would be told only if there is a second place, that is what it hangs on.
together := {service: answer |
	some service, applicable in outages
	applicable != "no"
	fact := facts.of(outage, service)
	answer := strictest(applies[service], applicable, fact.holds)
}

strictest(for_changes, for_outages, holds) := for_outages if {
	holds != "yes"
} else := for_changes

# hanging_on points to the question on which it hangs: what they share is sure to lose it, a second place is not known.
hanging_on(found) := object.union(found, {"question": place_question(found.target)}) if {
	found.outcome == "unknown"
	fact := facts.of(found.question, found.target)
	fact.holds == "no"
} else := found

both(one, other) := "no" if {
	"no" in {one, other}
} else := "unknown" if {
	"unknown" in {one, other}
} else := "yes"
