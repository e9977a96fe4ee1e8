# METADATA
# title: A national service is declared only in part
# description: >-
#   A service of national scope declares its tier, its RTO and its RPO: without them nobody can say whether it keeps
#   them, and policies that need them cannot decide.
# custom:
#   id: national-service-declared-whole
#   severity: medium
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Agree on what is missing with the owner of the service, and declare it in resilience.yaml.
#   controls: [CAF-B5.a.1, NIST-CP-2(3), ISO22301-8.2.2]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national], description: Services of which scope must be declared whole}
#       required: {type: array, items: {enum: [tier, rto, rpo]}, default: [tier, rto, rpo], description: What must be declared}
#   reads: [declarations]
package resilience.declared.national_service_declared_whole

import data.resilience.lib.result
import data.resilience.lib.survival

settings := input.settings["national-service-declared-whole"]

names := {"tier": "its tier", "rto": "its RTO", "rpo": "its RPO"}

report := {found |
	some service, applicable in survival.scoped(settings.scopes)
	known := input.services[service]
	found := of_service(service, applicable, [names[key] | some key in settings.required; known[key] == "unknown"])
}

of_service(service, "yes", missing) := result.about("violation", service, [service], message, {"cause": missing, "at": [service]}) if {
	count(missing) > 0
	message := sprintf("%s is a service of scope %s and does not declare %s", [service, input.services[service].scope, concat(", ", missing)])
}

of_service(service, "yes", []) := result.about("pass", service, [service], sprintf("%s is declared whole", [service]), {})

of_service(service, "no", _) := result.about("not_applicable", service, [service], sprintf("%s has another scope", [service]), {})

of_service(service, "unknown", _) := undecided(service, input.services[service].declared)

undecided(service, "yes") := result.about("unknown", service, [service], sprintf("whether %s must be declared whole is not known", [service]), {"hangs_on": [sprintf("the scope of %s is not declared; to make it known: declare `scope` of %s", [service, service])]})

undecided(service, "no") := result.about("not_applicable", service, [service], sprintf("%s is not declared at all: the check took it from the program", [service]), {})
