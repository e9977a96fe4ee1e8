# METADATA
# title: A national service stands in one region
# description: >-
#   No region is a single point of failure of a service of national scope: what one flood, grid or metropolitan
#   fibre event can take, or one region of a cloud provider.
# custom:
#   id: no-single-region-national-service
#   severity: high
#   waivable: true
#   on_unknown: {default: warn, tier1: fail}
#   remediation: >-
#     Serve it from a second region as well, with its data replicated there and traffic moved by something that
#     does not stand in the lost region.
#   controls: [CAF-B5.b.4, CAF-B5.b.5, "NIST-CP-6(1)", "NIST-CP-7(1)", NIST-SC-36, ISO27001-A.7.8]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national], description: Services of which scope must survive}
#   questions:
#     region-outage: {faults: [outage], kinds: [region], horizon: rto}
package resilience.sites.no_single_region_national_service

import data.resilience.lib.survival

questions := ["no-single-region-national-service.region-outage"]

applies := survival.scoped(input.settings["no-single-region-national-service"].scopes)

report := survival.violations(questions, applies) | survival.others(questions, applies)
