# METADATA
# title: One link or carrier cuts consumers off from a service
# description: >-
#   Each consumer reaches a service over links that share no carrier and no other failure domain: the outage of any one
#   of them leaves every consumer another way.
# custom:
#   id: diverse-access-paths
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Give the consumers a second link of another carrier that shares no duct, exchange or building with the first, and
#     let it end at another site.
#   controls: [CAF-B5.b.4, NIST-CP-8(2), NIST-CP-8(3), ISO27001-A.7.11, NIS2-13.1.2]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional], description: Services of which scope must be reachable}
#       horizon: {enum: [instant, rto], default: rto, description: How long an outage may interrupt}
#       left_out: {type: array, items: {type: string}, default: [site, room, rack, host, building, campus, region, zone, hazard, control-plane], description: Kinds of failure domain that other policies ask about}
#   questions:
#     access-outage: {faults: [outage], roles: [link], members: needed, except_kinds: {parameter: left_out}, any_consumer: true, horizon: {parameter: horizon}}
package resilience.network.diverse_access_paths

import data.resilience.lib.survival

questions := ["diverse-access-paths.access-outage"]

applies := survival.scoped(input.settings["diverse-access-paths"].scopes)

report := survival.violations(questions, applies) | survival.others(questions, applies)
