# METADATA
# title: No copy of a clinical record outlives the service
# description: >-
#   Every clinical service has a read-only copy, a downtime viewer or paper that no fault takes away together with it,
#   and that is fresh enough to give care by.
# custom:
#   id: offline-clinical-copy
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Keep a copy where nothing of the service reaches: its own site, power, network and sign-in, or paper, refreshed
#     as often as staff need it, and declare it under `copies`.
#   controls: [CAF-B5.b.5, NIST-CP-2(5), ISO27001-A.5.30, ISO22301-8.3]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       max_age_minutes: {type: number, exclusiveMinimum: 0, default: 1440, description: How old a copy may be when it is needed, where no lower limit is declared}
#       horizon: {enum: [instant, rto], default: rto, description: How long both may be away together}
#       left_out: {type: array, items: {type: string}, default: [deployment, provider-instance], description: Kinds of failure domain that do not count}
#   questions:
#     together: {faults: [outage, bad-change], except_kinds: {parameter: left_out}, horizon: {parameter: horizon}, beside: copy}
#   reads: [aids]
package resilience.continuity.offline_clinical_copy

import data.resilience.lib.beside
import data.resilience.lib.result
import data.resilience.lib.words

question := "offline-clinical-copy.together"

settings := input.settings["offline-clinical-copy"]

clinical := {service: "yes" | some service, purpose in input.aids.purposes; purpose == "clinical"}

lost_together := input.facts[question]

report := ((beside.violations(question, "", "copy", clinical, "copies") | beside.circular("copy", clinical, "it is a copy of")) | old) | ((ages_unknown | unsaid) | others)

# old gives one result for each copy that is older than it may be.
old := {found |
	some key, item in copies
	age(item) == "old"
	message := sprintf("%s is up to %v min old when it is needed, and may be %v min", [item.id, item.refreshed, allowed(item)])
	found := result.about("violation", sprintf("%s/age", [key]), helped(item), message, {"cause": [key, "age"], "at": [sprintf("%s/age", [key])]})
}

ages_unknown := {found |
	some key, item in copies
	age(item) == "unknown"
	hangs_on := [sprintf("how often %s is refreshed is not declared; to make it known: declare `refreshed` of it", [item.id])]
	message := sprintf("how old %s is when it is needed is not known", [item.id])
	found := result.about("unknown", sprintf("%s/age", [key]), helped(item), message, {"at": [key], "hangs_on": hangs_on})
}

copies := {key: item |
	some key, item in input.aids.items
	item.sort == "copy"
	count(helped(item)) > 0
}

helped(item) := [service | some service in item.of; input.aids.purposes[service] == "clinical"]

allowed(item) := settings.max_age_minutes if item.limit == "unknown"

allowed(item) := min([item.limit, settings.max_age_minutes]) if item.limit != "unknown"

age(item) := "unknown" if item.refreshed == "unknown"

age(item) := "old" if {
	item.refreshed != "unknown"
	item.refreshed > allowed(item)
}

age(item) := "fresh" if {
	item.refreshed != "unknown"
	item.refreshed <= allowed(item)
}

others := {found |
	some service, _ in input.services
	[outcome, found] := decided(service)
	outcome != "told"
}

decided(service) := ["not_applicable", result.of_service("not_applicable", service, question, sprintf("nobody declares %s to be clinical", [service]))] if {
	input.aids.purposes[service] != "clinical"
} else := ["violation", none(service)] if {
	count(input.aids.of.copy[service]) == 0
	input.aids.copied[service] == "no"
} else := ["told", {}] if {
	count(input.aids.of.copy[service]) == 0
} else := ["error", result.of_service("error", service, question, lost_together[service].error)] if {
	lost_together[service].error != ""
} else := ["told", {}] if {
	lost_together[service].holds == "no"
} else := ["unknown", result.of_service("unknown", service, question, sprintf("whether a copy of %s outlives it is not known", [service]))] if {
	lost_together[service].holds == "unknown"
} else := ["told", {}] if {
	some key in input.aids.of.copy[service]
	age(input.aids.items[key]) != "fresh"
} else := ["told", {}] if {
	count(input.aids.circular.copy[service]) > 0
} else := ["pass", result.of_service("pass", service, question, sprintf("a copy of %s outlives every fault that was asked about", [service]))]

none(service) := result.about("violation", service, [service], sprintf("%s has no copy: while it is away nothing can be read", [service]), {"cause": ["copy: none"], "at": [sprintf("service %s", [service])]})

undeclared := [service | some service, purpose in input.aids.purposes; purpose == "clinical"; input.aids.copied[service] == "yes"; count(input.aids.of.copy[service]) == 0]

unsaid := {found |
	count(undeclared) > 0
	why := sprintf("no copy of %s is declared; to make it known: declare it under `copies`, or `copy: none` of the service", [words.listed(undeclared)])
	message := sprintf("what can be read is not declared while this is away: %s", [words.listed(undeclared)])
	found := result.about("unknown", "copies", undeclared, message, {"hangs_on": [why]})
}
