# METADATA
# title: Communications are lost with the clinical services that they help to restore
# description: >-
#   No one fault takes away a clinical service and the email, intranet or telephony that staff need to work without it
#   and to restore it.
# custom:
#   id: independent-communications
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Run what staff reach each other by where no clinical service runs: behind its own borders, managed by its own
#     manager, at another provider.
#   controls: [CAF-B5.b.5, NIST-CP-8(2), NIST-SC-47]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       keep: {enum: [all, any], default: all, description: "Whether all communications must outlive a clinical service, or any one"}
#       horizon: {enum: [instant, rto], default: rto, description: How long both may be away together}
#       left_out: {type: array, items: {type: string}, default: [deployment, provider-instance], description: Kinds of failure domain that do not count}
#   questions:
#     together: {faults: [outage, bad-change], except_kinds: {parameter: left_out}, horizon: {parameter: horizon}, beside: communications, enough: {parameter: keep}}
#     alone: {faults: [outage, bad-change], except_kinds: {parameter: left_out}, horizon: {parameter: horizon}}
#   reads: [aids]
package resilience.continuity.independent_communications

import data.resilience.lib.beside
import data.resilience.lib.result
import data.resilience.lib.words

question := "independent-communications.together"

clinical := {service: "yes" | some service, purpose in input.aids.purposes; purpose == "clinical"}

lost_together := input.facts[question]

report := (beside.violations(question, "independent-communications.alone", "communications", clinical, "communications") | beside.circular("communications", clinical, "it helps to restore")) | (unsaid | others)

others := {found |
	some service, _ in input.services
	[outcome, found] := decided(service)
	outcome != "told"
}

decided(service) := ["not_applicable", result.of_service("not_applicable", service, question, sprintf("nobody declares %s to be clinical", [service]))] if {
	input.aids.purposes[service] != "clinical"
} else := ["told", {}] if {
	count(input.aids.of.communications[service]) == 0
} else := ["error", result.of_service("error", service, question, lost_together[service].error)] if {
	lost_together[service].error != ""
} else := ["told", {}] if {
	lost_together[service].holds == "no"
} else := ["unknown", result.of_service("unknown", service, question, sprintf("whether communications outlive %s is not known", [service]))] if {
	lost_together[service].holds == "unknown"
} else := ["told", {}] if {
	count(input.aids.circular.communications[service]) > 0
} else := ["pass", result.of_service("pass", service, question, sprintf("no one fault loses %s and communications", [service]))]

undeclared := [service | some service, _ in clinical; count(input.aids.of.communications[service]) == 0]

unsaid := {found |
	count(undeclared) > 0
	why := sprintf("nothing is declared that helps to restore %s; to make it known: declare `purpose: communications` of the services by which staff reach each other", [words.listed(undeclared)])
	message := sprintf("how staff reach each other is not declared while this is away: %s", [words.listed(undeclared)])
	found := result.about("unknown", "communications", undeclared, message, {"hangs_on": [why]})
}
