# METADATA
# title: Recovery takes longer, or loses more data, than was promised
# description: >-
#   After the loss of any one place a service is back within its RTO, with data no older than its RPO. Every summand is
#   declared, read from the program, or a documented default.
# custom:
#   id: recovery-within-objectives
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Shorten the longest summand: a lower TTL, a quicker health check, an automatic mover, a replica instead of a
#     restore, a shorter interval between copies. Or agree on an objective that can be kept.
#   controls: [CAF-B5.a.1, NIST-CP-2(3), NIST-CP-10, ISO27001-A.5.30, ISO22301-8.3]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       tiers: {type: array, items: {type: integer, minimum: 1}, default: [], description: "Services of which tier must keep their objectives; empty: all"}
#   reads: [recovery]
package resilience.sites.recovery_within_objectives

import data.resilience.lib.result
import data.resilience.lib.survival

tiers := input.settings["recovery-within-objectives"].tiers

applies := survival.everything if count(tiers) == 0

applies := survival.tiered(tiers) if count(tiers) > 0

report := violations | others

violations := {found |
	some cause in input.recovery.causes
	services := [service | some service in cause.services; applies[service] == "yes"]
	count(services) > 0
	evidence := {"takes": cause.takes, "objective": cause.limit, "terms": cause.terms, "places": cause.places}
	more := {"cause": [cause.id, cause.takes, cause.limit], "at": cause.at, "evidence": evidence}
	found := result.about("violation", cause.id, services, message(cause, services), more)
}

missing := {service | some cause in input.recovery.causes; some service in cause.services}

message(cause, services) := sprintf("After the loss of %s %s after %s%s, and the RTO is %s", [lost(cause), back(services), cause.takes, sum_of(cause), cause.limit]) if cause.objective == "RTO"

message(cause, services) := sprintf("After the loss of %s %s without the data of the last %s%s, and the RPO is %s", [lost(cause), back(services), cause.takes, sum_of(cause), cause.limit]) if cause.objective == "RPO"

sum_of(cause) := "" if cause.terms == ""

sum_of(cause) := sprintf(" (%s)", [cause.terms]) if cause.terms != ""

lost(cause) := concat(" or ", cause.places)

back(services) := sprintf("%s is back", [services[0]]) if count(services) == 1

back(services) := sprintf("%d services (%s) are back", [count(services), concat(", ", services)]) if count(services) > 1

others := {found |
	some service, known in input.recovery.services
	outcome := outcome_of(service, known)
	outcome != "violation"
	found := result.about(outcome, service, [service], text(outcome, service, known), {"hangs_on": hangs_on(outcome, service, known)})
}

outcome_of(service, _) := "not_applicable" if {
	applies[service] == "no"
} else := "not_applicable" if {
	input.recovery.services[service].asked == "no"
} else := "not_applicable" if {
	input.recovery.services[service].rto == "unknown"
	input.recovery.services[service].rpo == "unknown"
} else := "violation" if {
	service in missing
	applies[service] == "yes"
} else := "unknown" if {
	service in missing
} else := "unknown" if {
	count(input.recovery.services[service].unknown) > 0
} else := "not_applicable" if {
	input.recovery.services[service].returns == "no"
} else := "pass"

text("pass", service, known) := sprintf("%s keeps its objectives after the loss of any one place", [service]) if count(known.gone) == 0

text("pass", service, known) := sprintf("%s keeps its objectives after the loss of every place from which it returns; nothing brings it back after that of %s, about which other policies ask", [service, concat(" or ", known.gone)]) if count(known.gone) > 0

text("unknown", service, known) := sprintf("whether %s keeps its objectives is not known", [service]) if count(known.unknown) == 0

text("unknown", service, known) := sprintf("whether %s keeps its %s after the loss of %s is not known", [service, known.unknown[0].objective, known.unknown[0].place]) if count(known.unknown) > 0

text("not_applicable", service, known) := sprintf("nothing is known to bring %s back after the loss of %s: other policies ask whether it must survive that", [service, known.gone[0]]) if {
	count(known.gone) > 0
}

text("not_applicable", service, known) := sprintf("no objective of %s is declared, or no place is known that could be lost", [service]) if count(known.gone) == 0

hangs_on("unknown", service, known) := [reason | some item in known.unknown; some reason in item.hangs_on] if {
	count(known.unknown) > 0
} else := [sprintf("the tier of %s is not declared; to make it known: declare `tier` of %s", [service, service])]

hangs_on("pass", _, _) := []

hangs_on("not_applicable", _, _) := []
