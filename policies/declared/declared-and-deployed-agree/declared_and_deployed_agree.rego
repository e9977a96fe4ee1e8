# METADATA
# title: Declarations and program contradict each other
# description: >-
#   What resilience.yaml and tags say of a part agrees with what the program shows and with each other. A fact with two
#   answers counts as unknown, and whatever hangs on it cannot be decided.
# custom:
#   id: declared-and-deployed-agree
#   severity: medium
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Find out which of the lines is true, and correct the other one.
#   controls: [NIST-CM-8, ISO22301-8.2.2]
#   reads: [declarations]
package resilience.declared.declared_and_deployed_agree

import data.resilience.lib.result

contradictions := input.declarations.contradictions

declared := {service | some service, known in input.services; known.declared == "yes"}

report := {found |
	some one in contradictions
	found := result.about("violation", one.subject, [], one.text, {"cause": [one.subject], "at": one.at})
} if {
	count(contradictions) > 0
}

report := {result.about(outcome, "declarations", [], text, {})} if count(contradictions) == 0

outcome := "pass" if {
	count(declared) > 0
} else := "not_applicable"

text := "declarations and program agree" if {
	count(declared) > 0
} else := "no service is declared"
