# METADATA
# title: A change loosens what it is checked by
# description: >-
#   A change sets no policy, service or stack less strictly than the base that it is compared with: whoever is checked
#   does not choose by what.
# custom:
#   id: settings-not-loosened
#   severity: medium
#   remediation: >-
#     Take the loosening out of this change, and let those who answer for the gate make it in one of its own.
#   controls: [NIST-CM-3]
#   reads: [loosened]
package resilience.declared.settings_not_loosened

import data.resilience.lib.result

report := {nothing(input.loosened.base, input.loosened.why)} if count(input.loosened.found) == 0

report := {told(key, one) | some key, one in input.loosened.found} if count(input.loosened.found) > 0

nothing("yes", _) := result.about("pass", "settings", [], "nothing is held less strictly than at the base", {})

nothing("no", _) := result.about("not_applicable", "settings", [], "no base is given to compare the settings with", {})

nothing("unknown", why) := result.about("unknown", "settings", [], "whether settings are loosened is not known", {"hangs_on": [sprintf("the settings of the base cannot be read: %s; to make it known: correct them there, or name another base", [why])]})

told(key, one) := result.about("violation", key, one.services, changed(one), {"cause": [key], "at": [key]}) if one.sure == "yes"

told(key, one) := result.about("unknown", key, one.services, sprintf("%s; whether that is looser is not known", [changed(one)]), {"at": [key], "hangs_on": [sprintf("which value of %s of %s is the stricter one; to make it known: let who answers for the gate look at it", [one.setting, one.subject])]}) if one.sure == "unknown"

changed(one) := sprintf("%s of %s%s was %s and is %s", [one.setting, one.subject, whom(one), one.before, one.after])

whom(one) := "" if count(one.services) == 0

whom(one) := "" if startswith(one.subject, "service ")

whom(one) := sprintf(" for %s", [concat(", ", one.services)]) if {
	count(one.services) > 0
	startswith(one.subject, "policy ")
}
