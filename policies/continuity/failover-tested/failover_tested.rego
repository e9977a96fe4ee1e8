# METADATA
# title: A failover or restore was not tried for too long
# description: >-
#   Every failover and every restore that a service relies on was tried, no longer ago than the service's tier allows;
#   the day is declared.
# custom:
#   id: failover-tested
#   severity: medium
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Try it as it would happen, and declare the day: `tested` of the mover or of the backup.
#   controls: [CAF-B5.a.1, NIST-CP-4, NIST-SI-13(5), ISO22301-8.5]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       tier1_days: {type: integer, minimum: 1, default: 180, description: How many days ago at most where a service of tier 1 relies on it}
#       tier2_days: {type: integer, minimum: 1, default: 365, description: The same for tier 2}
#       tier3_days: {type: integer, minimum: 1, default: 365, description: The same for tier 3}
#       tier4_days: {type: integer, minimum: 1, default: 730, description: The same for tier 4}
#       undeclared_days: {type: integer, minimum: 1, default: 365, description: The same where the tier is not declared}
#   reads: [trials]
package resilience.continuity.failover_tested

import data.resilience.lib.result

settings := input.settings["failover-tested"]

report := {found | some key, item in input.trials.items; count(item.services) > 0; found := told(key, item)} | {result.about("not_applicable", service, [service], sprintf("%s relies on no declared failover or restore", [service]), {}) | some service in input.trials.without}

days(1) := settings.tier1_days

days(2) := settings.tier2_days

days(3) := settings.tier3_days

days(4) := settings.tier4_days

days("unknown") := settings.undeclared_days

allowed(item) := min({days(input.services[service].tier) | some service in item.services})

told(key, item) := violation(key, item, sprintf("The %s was never tried, and %s", [words(item), rely(item)])) if {
	item.tested == "never"
} else := result.about("unknown", key, item.services, sprintf("whether the %s works is not known", [words(item)]), {"at": [key], "hangs_on": [sprintf("when the %s was last tried is not declared; to make it known: declare `tested` (a day, or never)", [words(item)])]}) if {
	item.tested == "unknown"
} else := violation(key, item, sprintf("The %s is declared as tried on %s, which is still to come", [words(item), item.tested])) if {
	item.age < 0
} else := violation(key, item, sprintf("The %s was last tried %d days ago, on %s, and %d are allowed", [words(item), item.age, item.tested, allowed(item)])) if {
	item.age > allowed(item)
} else := result.about("pass", key, item.services, sprintf("the %s was tried on %s", [words(item), item.tested]), {"at": [key]})

violation(key, item, message) := result.about("violation", key, item.services, message, {"cause": [key], "at": [key], "evidence": {"tested": item.tested}})

rely(item) := "1 service relies on it" if count(item.services) == 1

rely(item) := sprintf("%d services rely on it", [count(item.services)]) if count(item.services) > 1

words(item) := sprintf("failover of %s", [item.name]) if item.kind == "failover"

words(item) := sprintf("restore from %s", [item.name]) if item.kind == "restore"
