# METADATA
# title: What steers traffic can lose a service alone
# description: >-
#   No outage of one unit or supplier of what steers traffic (DNS, global server load balancing, global load balancer)
#   interrupts a service, and no bad change of what manages it loses one for longer than its RTO.
# custom:
#   id: redundant-traffic-steering
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Run what steers traffic on two units at different sites, each with its own manager, or use a service that the
#     provider runs in many places.
#   controls: [CAF-B5.b.3, NIST-SC-22, ISO27001-A.8.14, NIS2-4.2.4]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       order: {type: integer, minimum: 1, maximum: 3, default: 1, description: How many faults at once must be survived}
#       horizon: {enum: [instant, rto], default: instant, description: How long a unit's outage may interrupt}
#       change_kinds: {type: array, items: {type: string}, default: [management-plane, ha-cluster, firmware], description: Kinds of failure domain whose bad changes count}
#       change_horizon: {enum: [instant, rto], default: rto, description: How long a bad change may interrupt}
#   questions:
#     steering-outage: {faults: [outage], kinds: [device, cluster, supplier], roles: [global-traffic, dns], members: alone, order: {parameter: order}, horizon: {parameter: horizon}}
#     steering-change: {faults: [bad-change], kinds: {parameter: change_kinds}, roles: [global-traffic, dns], members: alone, order: {parameter: order}, horizon: {parameter: change_horizon}}
package resilience.network.redundant_traffic_steering

import data.resilience.lib.survival

questions := ["redundant-traffic-steering.steering-outage", "redundant-traffic-steering.steering-change"]

report := survival.violations(questions, survival.everything) | survival.others(questions, survival.everything)
