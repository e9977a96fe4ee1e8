# METADATA
# title: A firewall, or what firewalls share, can lose a service alone
# description: >-
#   No outage of one firewall unit interrupts a service, and no bad change of what configures firewalls loses one
#   for longer than its RTO.
# custom:
#   id: redundant-firewalls
#   severity: critical
#   waivable: true
#   on_unknown: {default: warn, tier1: fail}
#   remediation: >-
#     Give each site its own manager and a second firewall unit, so that after one outage or one bad change
#     traffic still has another way.
#   controls: [CAF-B5.b.3, NIST-SC-5(2), NIST-SI-13(4), ISO27001-A.8.14, DORA-12.4, NIS2-4.2.4]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       order: {type: integer, minimum: 1, maximum: 3, default: 1, description: How many faults at once must be survived}
#       outage_horizon: {enum: [instant, rto], default: instant, description: How long a unit's outage may interrupt}
#       change_horizon: {enum: [instant, rto], default: rto, description: How long a bad change may interrupt}
#   questions:
#     firewall-outage: {faults: [outage], kinds: [device], roles: [firewall], members: alone, order: {parameter: order}, horizon: {parameter: outage_horizon}}
#     firewall-change: {faults: [bad-change], kinds: [management-plane, ha-cluster, firmware, provider-instance], roles: [firewall], members: alone, order: {parameter: order}, horizon: {parameter: change_horizon}}
package resilience.network.redundant_firewalls

import data.resilience.lib.survival

questions := ["redundant-firewalls.firewall-outage", "redundant-firewalls.firewall-change"]

report := survival.violations(questions, survival.everything) | survival.others(questions, survival.everything)
