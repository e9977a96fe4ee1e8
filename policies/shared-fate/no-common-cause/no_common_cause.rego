# METADATA
# title: What redundant parts share loses a service
# description: >-
#   A service that survives the loss of any site also survives one bad change of any management plane, HA
#   configuration or firmware line: what makes its parts redundant does not fail as one.
# custom:
#   id: no-common-cause
#   severity: high
#   waivable: true
#   on_unknown: {default: warn, tier1: fail}
#   remediation: >-
#     Divide what the redundant parts share, so that one change reaches the parts of one site only: a fabric, a
#     template, a manager or a cluster for each site.
#   controls: [CAF-B5.b.5, ISO27001-A.8.14, NIS2-4.2.4]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional], description: Services of which scope must survive}
#       order: {type: integer, minimum: 1, maximum: 3, default: 1, description: How many bad changes at once must be survived}
#   questions:
#     shared-change: {faults: [bad-change], kinds: [management-plane, ha-cluster, firmware], except_roles: [firewall], members: needed, order: {parameter: order}, horizon: rto}
#     site-outage: {faults: [outage], kinds: [site], horizon: rto, within_rpo: true}
package resilience.shared_fate.no_common_cause

import data.resilience.lib.survival

questions := ["no-common-cause.shared-change"]

second_site := "no-common-cause.site-outage"

applies := {service: both(scope, redundant(input.facts[second_site][service])) |
	some service, scope in survival.scoped(input.settings["no-common-cause"].scopes)
}

report := survival.violations(questions, applies) | {hanging_on(found) | some found in survival.others(questions, applies)}

# hanging_on points to the question on which it hangs: what they share is sure to lose it, a second site is not known.
hanging_on(found) := object.union(found, {"question": second_site}) if {
	found.outcome == "unknown"
	input.facts[found.question][found.target].holds == "no"
} else := found

# redundant says whether there is a second site whose fate could be shared; where no site is lost there may be.
redundant(fact) := "yes" if fact.asked == "no"

redundant(fact) := fact.holds if fact.asked != "no"

both(one, other) := "no" if {
	"no" in {one, other}
} else := "unknown" if {
	"unknown" in {one, other}
} else := "yes"
