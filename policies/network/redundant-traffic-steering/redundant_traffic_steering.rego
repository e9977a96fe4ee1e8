# METADATA
# title: What steers traffic can lose a service alone
# description: >-
#   No outage of one unit of what steers traffic (DNS, global server load balancing, global load balancer) interrupts a
#   service.
# custom:
#   id: redundant-traffic-steering
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Run what steers traffic on two units at different sites, or use a service that the provider runs in many places.
#   controls: [CAF-B5.b.3, NIST-SC-22, ISO27001-A.8.14, NIS2-4.2.4]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       order: {type: integer, minimum: 1, maximum: 3, default: 1, description: How many units at once must be survived}
#       horizon: {enum: [instant, rto], default: instant, description: How long a unit's outage may interrupt}
#   questions:
#     steering-outage: {faults: [outage], kinds: [device, cluster], roles: [global-traffic, dns], order: {parameter: order}, horizon: {parameter: horizon}}
package resilience.network.redundant_traffic_steering

import data.resilience.lib.survival

questions := ["redundant-traffic-steering.steering-outage"]

report := survival.violations(questions, survival.everything) | survival.others(questions, survival.everything)
