package resilience.shared_fate.no_stack_cycle_test

import data.resilience.shared_fate.no_stack_cycle

circle := {"stacks": ["dns/prod", "directory/prod"], "at": ["dns/prod + directory/prod/0"]}

test_stacks_that_read_each_other_are_a_violation if {
	found := no_stack_cycle.report with input as {"stack_circles": {"linked": "yes", "circles": {"dns/prod + directory/prod": circle}}}
	found == {{
		"outcome": "violation",
		"target": "dns/prod + directory/prod",
		"cause": ["dns/prod", "directory/prod"],
		"services": [],
		"question": "",
		"message": "dns/prod and directory/prod read each other's outputs: none can be restored first",
		"at": ["dns/prod + directory/prod/0"],
	}}
}

test_stacks_in_one_order_pass if {
	found := no_stack_cycle.report with input as {"stack_circles": {"linked": "yes", "circles": {}}}
	{one.outcome | some one in found} == {"pass"}
}

test_stacks_that_stand_alone_are_not_asked_about if {
	found := no_stack_cycle.report with input as {"stack_circles": {"linked": "no", "circles": {}}}
	{one.outcome | some one in found} == {"not_applicable"}
}
