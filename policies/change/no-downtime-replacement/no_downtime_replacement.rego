# METADATA
# title: A replacement takes a service down
# description: >-
#   No resource that a service cannot do without is deleted before its replacement stands.
# custom:
#   id: no-downtime-replacement
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Let the new one stand before the old one goes (no `deleteBeforeReplace`, no fixed name), change what can be
#     updated in place, or add the new one, move to it, and remove the old one in a later deployment.
#   controls: [NIST-CM-4, ISO27001-A.8.32]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       tiers: {type: array, items: {type: integer, minimum: 1}, default: [1, 2], description: "Services of which tier must not be interrupted; empty: all"}
#   reads: [change]
package resilience.change.no_downtime_replacement

import data.resilience.lib.deployment
import data.resilience.lib.result
import data.resilience.lib.survival
import data.resilience.lib.words

tiers := input.settings["no-downtime-replacement"].tiers

applies := survival.everything if count(tiers) == 0

applies := survival.tiered(tiers) if count(tiers) > 0

replacements := input.change.replacements

violations := {found |
	some one in replacements
	one.certain == "yes"
	one.downtime == "yes"
	services := [service | some service in one.lost; applies[service] == "yes"]
	count(services) > 0
	message := sprintf("%s is deleted before its replacement stands; meanwhile %s lost", [one.name, are(services)])
	found := result.about("violation", one.urn, services, message, {"cause": [one.part], "at": one.at})
}

are(services) := sprintf("%s is", [services[0]]) if count(services) == 1

are(services) := sprintf("%s are", [words.enclosed(services)]) if count(services) > 1

violated := {service | some found in violations; some service in found.services}

# doubtful is what may be taken down: not surely replaced, not surely missing meanwhile, not surely lost with it.
doubtful := {service: one.name |
	some one in unsure
	some service in array.concat(one.lost, one.perhaps)
}

unsure := [one | some one in replacements; possible(one)]

possible(one) if one.downtime != "no"

touched := {service | some one in replacements; some service in array.concat(array.concat(one.lost, one.perhaps), one.exposed)}

others := {found |
	some service in touched
	found := of_service(service, outcome_of(service))
}

outcome_of(service) := "not_applicable" if {
	applies[service] == "no"
} else := "violation" if {
	service in violated
} else := "unknown" if {
	count({name | some other, name in doubtful; other == service}) > 0
} else := "pass"

of_service(service, "pass") := result.about("pass", service, [service], sprintf("no replacement takes %s down", [service]), {})

of_service(service, "not_applicable") := result.about("not_applicable", service, [service], sprintf("%s has another tier", [service]), {})

of_service(service, "unknown") := result.about("unknown", service, [service], sprintf("whether a replacement takes %s down is not known", [service]), {"hangs_on": ["whether something is replaced, or what carries on meanwhile, is not known, or its tier is not declared; to make it known: preview with --show-replacement-steps, and see `resilience-checks change`"]})

report contains found if some found in deployment.without

report contains found if some found in violations

report contains found if some found in others

report contains result.about("pass", "change", [], "nothing that a service stands on is replaced", {}) if {
	input.change.known == "yes"
	count(touched) == 0
}
