# METADATA
# title: One deployment changes every member of a redundant set
# description: >-
#   No deployment touches, at once, parts that stand in for each other and that together lose a service: every firewall
#   in front of a national service, both name servers, both load balancers.
# custom:
#   id: no-simultaneous-change
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Deploy what stands in for each other in stages: a stack for each site, one after the other, with a look at the
#     services in between.
#   controls: [CAF-B5.b.5, NIST-CM-4, ISO27001-A.8.32]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional], description: Services of which scope must survive a deployment that goes wrong}
#       roles: {type: array, items: {type: string}, default: [firewall, load-balancer, global-traffic, dns, network, gateway, link, identity], description: "What must be changed in stages; empty: everything"}
#   reads: [change]
package resilience.change.no_simultaneous_change

import data.resilience.lib.deployment
import data.resilience.lib.result
import data.resilience.lib.survival
import data.resilience.lib.words

settings := input.settings["no-simultaneous-change"]

applies := survival.scoped(settings.scopes)

wanted(_) if count(settings.roles) == 0

wanted(set) if {
	some role in set.roles
	role in settings.roles
}

sets := [set | some set in input.change.sets; wanted(set)]

violations := {found |
	some set in sets
	set.sure == "yes"
	services := [service | some service in set.services; applies[service] == "yes"]
	count(services) > 0
	message := sprintf("One deployment of %s changes %s at once; if it went wrong, it would lose %s", [set.stack, changed(set), words.listed(services)])
	more := {"cause": set.parts, "at": set.at, "evidence": {"changes": set.labels, "why": set.why}}
	found := result.about("violation", sprintf("%s: %s", [set.stack, concat(" + ", set.parts)]), services, message, more)
}

# changed tells two members by name and counts more of them, whose names are evidence.
changed(set) := concat(" and ", set.labels) if count(set.labels) < 3

changed(set) := sprintf("%d %s", [count(set.labels), kind_of(set.roles)]) if count(set.labels) > 2

plurals := {"firewall": "firewalls", "load-balancer": "load balancers", "gateway": "gateways", "link": "links"}

kind_of(roles) := plurals[roles[0]] if count(roles) == 1

else := sprintf("members of a redundant set (%s)", [concat(", ", roles)])

violated := {service | some found in violations; some service in found.services}

# doubtful is what a touched set may lose, or what would be lost by a set that was not found.
doubtful := {service | some set in array.concat(sets, input.change.undecided); some service in set.services}

others := {found |
	some service, _ in input.change.services
	found := of_service(service, outcome_of(service))
}

outcome_of(service) := "not_applicable" if {
	applies[service] == "no"
} else := "violation" if {
	service in violated
} else := "unknown" if {
	service in doubtful
} else := "pass"

of_service(service, "pass") := result.about("pass", service, [service], sprintf("no deployment of the change touches every member of a redundant set of %s", [service]), {})

of_service(service, "not_applicable") := result.about("not_applicable", service, [service], sprintf("%s has another scope", [service]), {})

of_service(service, "unknown") := result.about("unknown", service, [service], sprintf("whether one deployment touches every member of a redundant set of %s is not known", [service]), {"hangs_on": ["its scope is not declared, or what the change reaches is not known; to make it known: declare `scope`, and see `resilience-checks change`"]})

report contains found if some found in deployment.without

report contains found if some found in violations

report contains found if some found in others

report contains result.about("pass", "change", [], "nothing that a service stands on is changed", {}) if {
	input.change.known == "yes"
	count(input.change.services) == 0
}
