package resilience.declared.settings_not_loosened_test

import data.resilience.declared.settings_not_loosened

report(base, found) := said if {
	said := settings_not_loosened.report with input as {"loosened": {"base": base, "why": "no commit", "found": found}}
}

outcomes(base, found) := {one.outcome | some one in report(base, found)}

change := {
	"subject": "policy p",
	"setting": "severity",
	"before": "high",
	"after": "low",
	"services": ["record"],
	"sure": "yes",
}

test_a_loosening_is_a_violation_with_both_values if {
	report("yes", {"policy p: severity": change}) == {{
		"outcome": "violation",
		"target": "policy p: severity",
		"cause": ["policy p: severity"],
		"services": ["record"],
		"question": "",
		"message": "severity of policy p for record was high and is low",
		"at": ["policy p: severity"],
	}}
}

test_what_may_be_looser_is_unknown if {
	outcomes("yes", {"policy p: parameters": object.union(change, {"sure": "unknown"})}) == {"unknown"}
}

test_nothing_loosened_passes if outcomes("yes", {}) == {"pass"}

test_without_a_base_nothing_is_asked if outcomes("no", {}) == {"not_applicable"}

test_a_base_that_cannot_be_read_is_unknown if {
	some one in report("unknown", {})
	one.outcome == "unknown"
	one.hangs_on == ["the settings of the base cannot be read: no commit; to make it known: correct them there, or name another base"]
}

messages(found) := {one.message | some one in report("yes", found)}

test_a_service_is_named_once if {
	messages({"s": object.union(change, {"subject": "service record", "setting": "tier"})}) == {"tier of service record was high and is low"}
}

test_what_is_about_all_names_no_service if {
	messages({"s": object.union(change, {"services": []})}) == {"severity of policy p was high and is low"}
}
