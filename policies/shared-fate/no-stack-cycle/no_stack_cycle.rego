# METADATA
# title: Stacks read each other's outputs
# description: >-
#   No stack reads an output of a stack that reads, directly or through others, an output of it: after both are lost,
#   one of them can be deployed first.
# custom:
#   id: no-stack-cycle
#   severity: high
#   waivable: true
#   remediation: >-
#     Move what both need into a third stack that reads neither, or hand the value in as configuration.
#   controls: [NIST-CP-10, ISO22301-8.3]
#   reads: [stack_circles]
package resilience.shared_fate.no_stack_cycle

import data.resilience.lib.result

report := circles if count(circles) > 0

report := {otherwise} if count(circles) == 0

otherwise := result.about("pass", "stacks", [], "no two stacks read each other's outputs", {}) if {
	input.stack_circles.linked == "yes"
} else := result.about("not_applicable", "stacks", [], "no stack reads another's outputs", {})

circles := {found |
	some id, circle in input.stack_circles.circles
	message := sprintf("%s read each other's outputs: none can be restored first", [concat(" and ", circle.stacks)])
	found := result.about("violation", id, [], message, {"cause": circle.stacks, "at": circle.at})
}
