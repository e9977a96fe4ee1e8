# METADATA
# title: One fault loses a service that must survive it
# description: >-
#   A service of tier 1 survives the outage of any one thing: device, cluster, link, carrier, power feed or whatever
#   else is known to fail as one, in less time than its RTO (N-1).
# custom:
#   id: no-single-point-of-failure
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Give the service a second way that does not pass what failed: another unit, another link of another carrier,
#     another feed, or a standby that something moves in time.
#   controls: [CAF-B5.b.3, NIST-SI-13(4), NIST-CP-2(8), ISO27001-A.8.14, NIS2-4.2.4]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       tiers: {type: array, items: {type: integer, minimum: 1}, default: [1], description: Services of which tier must survive}
#       order: {type: integer, minimum: 1, maximum: 3, default: 1, description: "How many outages at once must be survived (1: N-1, 2: N-2)"}
#       horizon: {enum: [instant, rto], default: rto, description: How long an outage may interrupt}
#       left_out: {type: array, items: {type: string}, default: [site, building, campus, region, zone, hazard, control-plane], description: Kinds of failure domain that other policies ask about}
#   questions:
#     outage: {faults: [outage], except_kinds: {parameter: left_out}, order: {parameter: order}, horizon: {parameter: horizon}}
package resilience.sites.no_single_point_of_failure

import data.resilience.lib.survival

questions := ["no-single-point-of-failure.outage"]

applies := survival.tiered(input.settings["no-single-point-of-failure"].tiers)

# elsewhere has the questions of policies whose own business one kind of component is.
elsewhere := {
	"redundant-firewalls.firewall-outage": survival.everything,
	"redundant-traffic-steering.steering-outage": survival.everything,
	"diverse-access-paths.access-outage": survival.scoped(scopes_of("diverse-access-paths")),
	"control-plane-independence.control-plane": survival.scoped(scopes_of("control-plane-independence")),
}

scopes_of(policy) := object.get(object.get(input.settings, policy, {}), "scopes", [])

violations := survival.violations_beside(questions, applies, elsewhere)

report := (violations | survival.told_elsewhere(questions, applies, violations)) | survival.others(questions, applies)
