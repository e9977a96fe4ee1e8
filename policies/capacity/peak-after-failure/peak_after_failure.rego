# METADATA
# title: What is left after a loss does not carry the peak
# description: >-
#   With nothing failed, and after the outage of any one failure domain that the service survives, every stage that its
#   traffic passes carries the peak of all services together.
# custom:
#   id: peak-after-failure
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Add members or larger ones to the stage that is too weak, so that those left after the loss carry the peak, or
#     declare which services give way.
#   controls: [CAF-B5.b.3, NIST-CP-2(2), NIST-SC-5(2), ISO27001-A.8.6, DORA-7.c]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       peak_required: {type: array, items: {type: integer, minimum: 1}, default: [1], description: Services of which tier must declare a peak}
#   reads: [capacity]
package resilience.capacity.peak_after_failure

import data.resilience.lib.result

violations := {found |
	some cause in input.capacity.causes
	evidence := {"stage": cause.stage, "carries": cause.carries, "asked": cause.asked, "dimension": cause.dimension, "losses": [lost.loss | some lost in cause.losses]}
	more := {"cause": [cause.dimension, cause.stage], "at": cause.at, "evidence": evidence}
	found := result.about("violation", cause.stage, cause.services, message(cause), more)
}

message(cause) := sprintf("%s, %s carries at most %s %s%s, and %s are asked of it at the peak", [after(cause), cause.stage, cause.carries, cause.dimension, with_what(cause), cause.asked])

with_what(cause) := "" if cause.left == ""

with_what(cause) := sprintf(" with %s", [cause.left]) if cause.left != ""

after(cause) := "With nothing failed" if cause.loss == ""

after(cause) := sprintf("After the loss of %s%s", [cause.loss, others_too(count(cause.losses))]) if cause.loss != ""

others_too(losses) := "" if losses == 1

others_too(losses) := " (or 1 other)" if losses == 2

others_too(losses) := sprintf(" (or %d others)", [losses - 1]) if losses > 2

short := {service | some cause in input.capacity.causes; some service in cause.services}

others := {found |
	some service, known in input.capacity.services
	outcome := outcome_of(service, known)
	outcome != "violation"
	found := result.about(outcome, service, [service], text(outcome, service, known), {"hangs_on": hangs_on(outcome, service, known)})
}

outcome_of(service, known) := "violation" if {
	service in short
} else := "unknown" if {
	count(known.unknown) > 0
} else := "unknown" if {
	known.peak == "declared"
	input.capacity.complete == "no"
} else := "pass" if {
	known.peak == "declared"
} else := "unknown" if {
	input.services[service].tier in required
} else := "not_applicable"

required := input.settings["peak-after-failure"].peak_required

text("pass", service, _) := sprintf("what is left after any one loss that %s survives carries its peak", [service])

text("not_applicable", service, _) := sprintf("no peak of %s is declared", [service])

text("unknown", service, known) := sprintf("whether the peak of %s is carried after the loss of %s is not known", [service, known.unknown[0].loss]) if {
	count(known.unknown) > 0
	known.unknown[0].loss != ""
} else := sprintf("whether the peak of %s is carried is not known", [service])

hangs_on("unknown", service, known) := [reason | some item in known.unknown; some reason in item.hangs_on] if {
	count(known.unknown) > 0
} else := ["the time for looking at capacities was up; to make it known: check fewer stacks at once"] if {
	known.peak == "declared"
} else := [sprintf("the peak of %s is not declared; to make it known: declare `peak: {rps: ...}` of %s", [service, service])]

hangs_on("pass", _, _) := []

hangs_on("not_applicable", _, _) := []

report := violations | others
