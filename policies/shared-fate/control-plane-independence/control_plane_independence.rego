# METADATA
# title: A service hangs on a control plane or sign-in that it shares
# description: >-
#   A service survives the outage of any one control plane, identity provider, credential or store of secrets, and a bad
#   change of it: what it uses all day needs nothing that is only there to change things.
# custom:
#   id: control-plane-independence
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Let what serves and what moves it work without writing to the control plane: health checks that steer by
#     themselves, capacity that stands before it is needed, secrets and identities that are kept at hand.
#   controls: [CAF-B5.b.5, NIST-RA-9, NIST-CP-2(8), ISO27001-A.5.30]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional], description: Services of which scope must survive}
#       kinds: {type: array, items: {type: string}, default: [control-plane, identity-provider, credential, secret-store], description: Kinds of failure domain that count}
#       horizon: {enum: [instant, rto], default: rto, description: How long a fault may interrupt}
#   questions:
#     control-plane: {faults: [outage, bad-change], kinds: {parameter: kinds}, horizon: {parameter: horizon}}
package resilience.shared_fate.control_plane_independence

import data.resilience.lib.survival

questions := ["control-plane-independence.control-plane"]

applies := survival.scoped(input.settings["control-plane-independence"].scopes)

report := survival.violations(questions, applies) | survival.others(questions, applies)
