package resilience.declared.declared_and_deployed_agree_test

import data.resilience.declared.declared_and_deployed_agree

one := {"subject": "site of sql-1", "text": "sql-1 is declared at north and stands at south", "at": ["contradiction/0/0", "contradiction/0/1"]}

report_of(contradictions, declared) := found if {
	found := declared_and_deployed_agree.report with input as {"services": {"record": {"declared": declared}}, "declarations": {"contradictions": contradictions}}
}

test_a_contradiction_is_a_violation_at_both_lines if {
	report_of([one], "yes") == {{
		"outcome": "violation",
		"target": "site of sql-1",
		"cause": ["site of sql-1"],
		"services": [],
		"question": "",
		"message": "sql-1 is declared at north and stands at south",
		"at": ["contradiction/0/0", "contradiction/0/1"],
	}}
}

test_without_one_they_agree if {
	{found.outcome | some found in report_of([], "yes")} == {"pass"}
}

test_where_nothing_is_declared_nothing_is_asked if {
	{found.outcome | some found in report_of([], "no")} == {"not_applicable"}
}
