# METADATA
# title: A change loosens what it is checked by
# description: >-
#   A change sets no policy, service or stack less strictly than the base that it is compared with: whoever is checked
#   does not choose by what.
# custom:
#   id: settings-not-loosened
#   severity: medium
#   waivable: false
#   remediation: >-
#     Take the loosening out of this change, and let those who answer for the gate make it in one of its own.
#   controls: [NIST-CM-3]
#   reads: [loosened]
package resilience.declared.settings_not_loosened

import data.resilience.lib.result
import data.resilience.lib.words

report := {nothing(input.loosened.base, input.loosened.why)} if count(input.loosened.found) == 0

report := {told(key, one) | some key, one in input.loosened.found} if count(input.loosened.found) > 0

nothing("yes", _) := result.about("pass", "settings", [], "nothing is held less strictly than at the base", {})

nothing("no", _) := result.about("not_applicable", "settings", [], "no base is given to compare the settings with", {})

nothing("unknown", why) := result.about("unknown", "settings", [], "whether settings are loosened is not known", {"hangs_on": [sprintf("the settings of the base cannot be read: %s; to make it known: correct them there, or name another base", [why])]})

told(key, one) := result.about("violation", one.target, one.services, changed(one), {"cause": one.cause, "at": [key], "advisory": input.loosened.advisory}) if one.sure == "yes"

told(key, one) := result.about("unknown", one.target, one.services, sprintf("%s; whether that is looser is not known", [changed(one)]), {"at": [key], "advisory": input.loosened.advisory, "hangs_on": [sprintf("which value of %s of %s is the stricter one; to make it known: let who answers for the gate look at it", [one.setting, subject(one)])]}) if {
	one.sure == "unknown"
	one.judged == "yes"
}

# What is gone together with what it ran on may be gone, or may run on under another name.
told(key, one) := result.about("unknown", one.target, one.services, sprintf("%s, and it cannot be judged any more: %s", [changed(one), one.why]), {"at": [key], "must_be_known": one.must_be_known, "evidence": about(one), "hangs_on": [sprintf("whether what %s ran on is gone or has another name; to make it known: take its declaration out in a change of its own, before what it runs on", [subject(one)])]}) if one.judged == "no"

about(one) := {"stacks": one.stacks} if count(one.stacks) > 0

about(one) := {} if count(one.stacks) == 0

changed(one) := sprintf("%s of %s%s was %s and is %s", [one.setting, subject(one), whom(one), one.before, one.after])

plurals := {"policy": "policies", "service": "services", "stack": "stacks", "file": "files", "waiver": "waivers"}

subject(one) := sprintf("%s %s", [one.kind, one.names[0]]) if {
	one.kind != "file"
	count(one.names) == 1
}

subject(one) := one.names[0] if {
	one.kind == "file"
	count(one.names) == 1
}

subject(one) := sprintf("%d %s (%s)", [count(one.names), plurals[one.kind], words.shortened(one.names)]) if count(one.names) > 1

whom(one) := "" if one.kind != "policy"

whom(one) := "" if count(one.services) == 0

whom(one) := sprintf(" for %s", [one.services[0]]) if {
	one.kind == "policy"
	count(one.services) == 1
}

whom(one) := sprintf(" for %d services (%s)", [count(one.services), words.shortened(one.services)]) if {
	one.kind == "policy"
	count(one.services) > 1
}
