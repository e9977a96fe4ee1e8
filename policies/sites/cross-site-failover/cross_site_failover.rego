# METADATA
# title: The loss of one site loses a service
# description: >-
#   A service survives the loss of any one site: something that survives too moves it, within its RTO and RPO.
# custom:
#   id: cross-site-failover
#   severity: high
#   waivable: true
#   on_unknown: {default: warn, tier1: fail}
#   remediation: >-
#     Serve it from a second site as well, moved by something that stands at neither or at both, in less time than
#     its RTO and with a replica no older than its RPO.
#   controls: [CAF-B5.b.4, NIST-CP-6, NIST-CP-7, ISO27001-A.5.30, ISO22301-8.3, NIS2-4.1.2.g]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national, regional], description: Services of which scope must survive}
#       order: {type: integer, minimum: 1, maximum: 3, default: 1, description: How many sites at once must be survived}
#   questions:
#     site-outage: {faults: [outage], kinds: [site], order: {parameter: order}, horizon: rto, within_rpo: true}
package resilience.sites.cross_site_failover

import data.resilience.lib.survival

questions := ["cross-site-failover.site-outage"]

applies := survival.scoped(input.settings["cross-site-failover"].scopes)

report := survival.violations(questions, applies) | survival.others(questions, applies)
