# METADATA
# title: The change takes redundancy away
# description: >-
#   No service that survived a fault, or two at once, before the change is lost by it afterwards.
# custom:
#   id: no-redundancy-lost
#   severity: medium
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Put back what stood in for the part, or put something else in its place before it goes.
#   controls: [CAF-B5.b.3, NIST-CM-4, ISO27001-A.8.32]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       order: {type: integer, minimum: 1, maximum: 2, default: 2, description: "Up to how many faults at once are compared"}
#   reads: [change]
package resilience.change.no_redundancy_lost

import data.resilience.lib.deployment
import data.resilience.lib.result
import data.resilience.lib.words

order := input.settings["no-redundancy-lost"].order

cuts := [cut | some cut in input.change.lost; count(cut.events) <= order]

violations := {found |
	some cut in cuts
	message := sprintf("%s now loses %s%s", [words.capitalised(cut.faults), words.enclosed(cut.services), before(cut)])
	found := result.about("violation", concat(" + ", cut.events), cut.services, message, {"cause": cut.events, "at": cut.at, "evidence": {"why": cut.why, "enclosed_by": cut.enclosed_by}})
}

before(cut) := ", which survived it before" if cut.new == "no"

before(cut) := ", and could not happen before" if cut.new == "yes"

violated := {service | some cut in cuts; some service in cut.services}

others := {found |
	some service, compared in input.change.redundancy
	found := of_service(service, outcome_of(service, compared), compared.hangs_on)
}

outcome_of(service, compared) := "violation" if {
	service in violated
} else := "unknown" if {
	compared.perhaps == "yes"
} else := "pass"

of_service(service, "pass", _) := result.about("pass", service, [service], sprintf("%s survives all that it survived before", [service]), {})

of_service(service, "unknown", facts) := result.about("unknown", service, [service], sprintf("whether %s survives all that it survived before is not known", [service]), {"hangs_on": facts})

report contains found if some found in deployment.without

report contains found if some found in violations

report contains found if some found in others

report contains result.about("not_applicable", "change", [], "there is nothing before the change to compare with", {}) if {
	input.change.known == "yes"
	input.change.compared == "no"
}

report contains result.about("pass", "change", [], "no service stood on both sides of the change", {}) if {
	input.change.compared == "yes"
	count(input.change.redundancy) == 0
}
