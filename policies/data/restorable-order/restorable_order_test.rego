package resilience.data.restorable_order_test

import data.resilience.data.restorable_order

cycle := {
	"holds": "yes",
	"parts": ["component directory", "component dns"],
	"labels": ["directory", "dns"],
	"services": ["record"],
	"at": ["component directory + component dns/0"],
	"hangs_on": [],
}

report(cycles, starts) := found if {
	found := restorable_order.report with input as {"start_cycles": {"cycles": cycles, "starts": starts}}
}

test_parts_that_wait_for_each_other_are_one_violation if {
	report({"c": cycle}, {"record": "no"}) == {{
		"outcome": "violation",
		"target": "c",
		"cause": ["component directory", "component dns"],
		"services": ["record"],
		"question": "",
		"message": "directory and dns wait for each other after a full stop: record cannot be started",
		"at": ["component directory + component dns/0"],
	}}
}

test_a_part_that_waits_for_itself_is_one_too if {
	some found in report({"c": object.union(cycle, {"labels": ["dns"]})}, {"record": "no"})
	found.message == "dns waits for itself after a full stop: record cannot be started"
}

test_a_cycle_that_hangs_on_a_fact_is_unknown_and_names_it if {
	doubtful := object.union(cycle, {"holds": "unknown", "hangs_on": ["which is meant; to make it known: say so"]})
	some found in report({"c": doubtful}, {"record": "unknown"})
	found.outcome == "unknown"
	found.hangs_on == ["which is meant; to make it known: say so"]
	found.message == "whether directory and dns wait for each other after a full stop is not known: record could then not be started"
}

test_a_service_that_can_start_passes if {
	{[found.outcome, found.target] | some found in report({}, {"record": "yes"})} == {["pass", "record"]}
}

test_a_service_that_is_lost_at_rest_is_an_error if {
	{[found.outcome, found.message] | some found in report({}, {"record": "lost"})} == {["error", "record is lost with nothing failed"]}
}

test_nothing_is_said_without_services if {
	report({}, {}) == set()
}

test_a_cycle_that_no_service_waits_for_is_told_and_passes if {
	some found in report({"c": object.union(cycle, {"services": []})}, {})
	found.outcome == "pass"
	found.message == "directory and dns wait for each other after a full stop: every service can start without them"
}
