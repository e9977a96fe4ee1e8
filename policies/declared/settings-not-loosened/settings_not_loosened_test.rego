package resilience.declared.settings_not_loosened_test

import data.resilience.declared.settings_not_loosened

report(base, found) := said if {
	said := settings_not_loosened.report with input as {"loosened": {"base": base, "why": "no commit", "advisory": [], "found": found}}
}

outcomes(base, found) := {one.outcome | some one in report(base, found)}

change := {
	"target": "policy p: severity",
	"kind": "policy",
	"names": ["p"],
	"setting": "severity",
	"before": "high",
	"after": "low",
	"services": ["record"],
	"sure": "yes",
	"cause": ["policy p: severity"],
	"judged": "yes",
	"why": "",
	"must_be_known": false,
	"stacks": [],
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
		"advisory": [],
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

tiers := object.union(change, {"kind": "service", "setting": "tier", "before": "1", "after": "2"})

of_services(names) := object.union(tiers, {"names": names, "services": names})

many := [sprintf("s%02d", [number]) | some number in numbers.range(1, 40)]

test_a_service_is_named_once if {
	messages({"s": of_services(["record"])}) == {"tier of service record was 1 and is 2"}
}

test_services_that_one_line_loosens_are_told_together if {
	messages({"s": of_services(["email", "intranet", "record"])}) == {"tier of 3 services (email, intranet, record) was 1 and is 2"}
	messages({"s": of_services(many)}) == {"tier of 40 services (s01, s02, s03, s04, s05, s06 and 34 more) was 1 and is 2"}
}

test_policies_that_one_line_loosens_are_told_together if {
	told := object.union(change, {"names": ["p", "q"], "setting": "enforcement", "services": []})
	messages({"s": told}) == {"enforcement of 2 policies (p, q) was high and is low"}
}

test_a_policy_names_the_services_that_it_is_looser_for if {
	messages({"s": object.union(change, {"services": many})}) == {"severity of policy p for 40 services (s01, s02, s03, s04, s05, s06 and 34 more) was high and is low"}
}

test_what_is_about_all_names_no_service if {
	messages({"s": object.union(change, {"services": []})}) == {"severity of policy p was high and is low"}
}

test_what_counts_for_nothing_blocks_nothing if {
	why := ["counts for nothing until it is on main"]
	some one in settings_not_loosened.report with input as {"loosened": {"base": "yes", "why": "", "advisory": why, "found": {"policy p: severity": change}}}
	one.advisory == why
}

gone := object.union(of_services(["record"]), {
	"setting": "declaration",
	"before": "there",
	"after": "gone",
	"sure": "unknown",
	"judged": "no",
	"why": "record-* matches nothing",
	"must_be_known": true,
})

test_a_service_that_is_gone_with_what_it_ran_on_is_unknown_and_must_be_known if {
	some one in report("yes", {"s": gone})
	one.outcome == "unknown"
	one.must_be_known
	one.message == "declaration of service record was there and is gone, and it cannot be judged any more: record-* matches nothing"
}

test_a_waiver_is_told_like_a_setting if {
	messages({"w": object.union(change, {"kind": "waiver", "names": ["p of record"], "setting": "expiry", "before": "2026-01-31", "after": "2026-12-31", "services": []})}) == {"expiry of waiver p of record was 2026-01-31 and is 2026-12-31"}
}
