# METADATA
# title: After a full stop, parts wait for each other to start
# description: >-
#   Whatever runs can also be started from nothing: no part needs, directly or through others, something that itself
#   needs it to start.
# custom:
#   id: restorable-order
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Give one of them what it needs to start alone (a local copy of the zone, a break-glass account, an address in
#     place of a name) and declare that edge with `start: false`, or move what both need to something that needs neither.
#   controls: [NIST-CP-10, NIST-CP-2(3), ISO22301-8.3]
#   reads: [start_cycles]
package resilience.data.restorable_order

import data.resilience.lib.result

report := of_cycles | of_services

of_cycles := {found |
	some id, cycle in input.start_cycles.cycles
	outcome := outcome_of(cycle)
	found := result.about(outcome, id, cycle.services, message(cycle), more(outcome, cycle))
}

# outcome_of is a pass where no service waits for the cycle: something else that does not is enough.
outcome_of(cycle) := "pass" if {
	count(cycle.services) == 0
} else := "violation" if {
	cycle.holds == "yes"
} else := "unknown"

more("pass", cycle) := {"at": cycle.at}

more("violation", cycle) := {"cause": cycle.parts, "at": cycle.at}

more("unknown", cycle) := {"at": cycle.at, "hangs_on": cycle.hangs_on}

message(cycle) := sprintf("%s after a full stop: %s", [parts(cycle, "wait", "waits"), hanging(cycle)]) if cycle.holds == "yes"

message(cycle) := sprintf("whether %s after a full stop is not known: %s", [parts(cycle, "wait", "waits"), hanging(cycle)]) if {
	cycle.holds == "unknown"
}

parts(cycle, many, _) := sprintf("%s %s for each other", [concat(" and ", cycle.labels), many]) if count(cycle.labels) > 1

parts(cycle, _, one) := sprintf("%s %s for itself", [cycle.labels[0], one]) if count(cycle.labels) == 1

hanging(cycle) := "every service can start without them" if count(cycle.services) == 0

hanging(cycle) := sprintf("%s cannot be started", [concat(", ", cycle.services)]) if {
	cycle.holds == "yes"
	count(cycle.services) > 0
}

hanging(cycle) := sprintf("%s could then not be started", [concat(", ", cycle.services)]) if {
	cycle.holds == "unknown"
	count(cycle.services) > 0
}

of_services := {found |
	some service, starts in input.start_cycles.starts
	some word in words[starts]
	found := result.of_service(word.outcome, service, "", sprintf(word.message, [service]))
}

words := {
	"yes": [{"outcome": "pass", "message": "%s can be started after a full stop"}],
	"lost": [{"outcome": "error", "message": "%s is lost with nothing failed"}],
	"no": [],
	"unknown": [],
}
