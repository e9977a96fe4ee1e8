# METADATA
# title: Tools are lost with what they must repair
# description: >-
#   What services are repaired with (deployment, sign-in, monitoring, out-of-band access) does not need them, and no one
#   fault takes away a service and all tools of a kind.
# custom:
#   id: independent-recovery-tooling
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Give each kind of tool a second way that shares nothing with what it repairs: a local account, a console on a
#     network of its own, a runner at another site.
#   controls: [CAF-B5.b.5, NIST-SC-37, NIST-CP-10]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       tiers: {type: array, items: {type: integer, minimum: 1}, default: [1], description: Services of which tier must be repairable}
#       scopes: {type: array, items: {enum: [national, regional, local]}, default: [national], description: "Services of which scope must be repairable, of whatever tier"}
#       kinds: {type: array, items: {enum: [deployment, sign-in, monitoring, out-of-band]}, default: [deployment, sign-in, monitoring, out-of-band], description: Kinds of tool that must be there}
#       horizon: {enum: [instant, rto], default: rto, description: How long both may be away together}
#       left_out: {type: array, items: {type: string}, default: [deployment, provider-instance], description: Kinds of failure domain that do not count}
#   questions:
#     deployment: {faults: [outage, bad-change], except_kinds: {parameter: left_out}, horizon: {parameter: horizon}, beside: deployment}
#     sign-in: {faults: [outage, bad-change], except_kinds: {parameter: left_out}, horizon: {parameter: horizon}, beside: sign-in}
#     monitoring: {faults: [outage, bad-change], except_kinds: {parameter: left_out}, horizon: {parameter: horizon}, beside: monitoring}
#     out-of-band: {faults: [outage, bad-change], except_kinds: {parameter: left_out}, horizon: {parameter: horizon}, beside: out-of-band}
#   reads: [aids]
package resilience.continuity.independent_recovery_tooling

import data.resilience.lib.beside
import data.resilience.lib.facts
import data.resilience.lib.result
import data.resilience.lib.survival
import data.resilience.lib.words

settings := input.settings["independent-recovery-tooling"]

questions := {kind: sprintf("independent-recovery-tooling.%s", [kind]) | some kind in settings.kinds}

wanted := survival.tiered_or_scoped(settings.tiers, settings.scopes)

report := (lost | needed) | (unsaid | others)

lost := beside.of_sorts(questions, settings.kinds, wanted, "tools for")

# needed are tools that need what they repair where no other tool of the kind does without it.
needed := {found |
	some kind, services in circled
	alone := {service: "yes" | some service in services; wanted[service] == "yes"}
	some found in beside.circular(kind, alone, "it must repair")
}

others := {found |
	some service, answer in wanted
	[outcome, found] := decided(service, answer)
	outcome != "told"
}

decided(service, answer) := ["not_applicable", result.of_service("not_applicable", service, "", sprintf("%s is of no tier and scope that must be repairable", [service]))] if {
	answer == "no"
} else := ["not_applicable", result.of_service("not_applicable", service, "", sprintf("neither tier nor scope of %s is declared, and no tool that repairs it", [service]))] if {
	answer == "unknown"
	count(settings.kinds) == count(missing[service])
} else := ["error", result.of_service("error", service, broken[service][0], input.facts[broken[service][0]][service].error)] if {
	count(broken[service]) > 0
} else := ["told", {}] if {
	answer == "yes"
	service in bad
} else := ["told", {}] if {
	count(missing[service]) > 0
} else := ["unknown", result.of_service("unknown", service, doubtful[service][0], sprintf("whether %s can be repaired while it is away is not known", [service]))] if {
	count(doubtful[service]) > 0
} else := ["pass", result.of_service("pass", service, "", sprintf("tools of every kind outlive %s", [service]))]

# What follows is found once for all services, by service.

missing := {service: kinds |
	some service, answer in wanted
	answer != "no"
	kinds := [kind | some kind in settings.kinds; tools := input.aids.of[kind]; count(tools[service]) == 0]
}

broken := facts.broken([questions[kind] | some kind in settings.kinds])

doubtful := facts.doubtful([questions[kind] | some kind in settings.kinds])

bad := {service | some question in questions; some service, fact in input.facts[question]; fact.holds == "no"} | {service | some services in circled; some service in services}

circled := {kind: services | some kind in settings.kinds; services := beside.needing_themselves(kind)}

# gaps are the kinds of tool that are not declared, of services that must be repairable and of those of which nobody
# says so where some tool repairs them.
gaps := {service: concat(", ", kinds) |
	some service, kinds in missing
	count(kinds) > 0
	concerned(wanted[service], kinds) == "yes"
}

concerned("yes", _) := "yes"

concerned("unknown", kinds) := "yes" if count(kinds) < count(settings.kinds)

# undeclared are the services whose tools of the same kinds are not declared, by these kinds.
undeclared := {kinds: services |
	some kinds in {lacking | some lacking in gaps}
	services := [service | some service, lacking in gaps; lacking == kinds]
}

unsaid := {found |
	some kinds, services in undeclared
	why := sprintf("nobody says what is used for %s; to make it known: declare it under `tools`", [kinds])
	message := sprintf("no tool for %s is declared that repairs %s", [kinds, words.listed(services)])
	found := result.about("unknown", sprintf("tools for %s", [kinds]), services, message, {"hangs_on": [why]})
}
