# METADATA
# title: What a service needs stands in one zone
# description: >-
#   A service that runs in a provider's zones survives the loss of any one of them: what it needs is spread over
#   zones, or has a standby in another one.
# custom:
#   id: survives-zone-loss
#   severity: medium
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Spread what stands in one zone over two or more: zone-redundant plans, multi-zone databases, node groups and
#     addresses in several zones.
#   controls: [CAF-B5.b.3, NIST-CP-2(8), NIST-SC-36, ISO27001-A.8.14]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional, local], description: Services of which scope must survive}
#       order: {type: integer, minimum: 1, maximum: 2, default: 1, description: How many zones at once must be survived}
#       horizon: {enum: [instant, rto], default: rto, description: How long the loss of a zone may interrupt}
#   questions:
#     zone-outage: {faults: [outage], kinds: [zone], order: {parameter: order}, horizon: {parameter: horizon}}
package resilience.zones.survives_zone_loss

import data.resilience.lib.survival

questions := ["survives-zone-loss.zone-outage"]

all_scopes := {"national", "regional", "local"}

scopes := input.settings["survives-zone-loss"].scopes

# A service whose scope nobody declared is asked about as well, where all scopes are.
applies := survival.everything if count({scope | some scope in scopes}) == count(all_scopes)

applies := survival.scoped(scopes) if count({scope | some scope in scopes}) < count(all_scopes)

report := survival.violations(questions, applies) | survival.others(questions, applies)
