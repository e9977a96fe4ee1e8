package resilience.continuity.independent_communications_test

import data.resilience.continuity.independent_communications

question := "independent-communications.together"

alone := "independent-communications.alone"

survived := {"asked": "yes", "holds": "yes", "error": ""}

email := {"id": "email", "sort": "communications", "needs": [], "of": ["record"]}

phones := {"id": "phones", "sort": "communications", "needs": [], "of": ["record"]}

cause(asked, services) := {"plane/bad-change": {
	"id": "plane/bad-change",
	"question": asked,
	"events": ["plane/bad-change"],
	"target": "plane",
	"together": "yes",
	"services": services,
}}

report(purpose, items, fact, causes) := found if {
	found := independent_communications.report with input as {
		"settings": {"independent-communications": {"keep": "all"}},
		"services": {"record": {}},
		"events": {"plane/bad-change": {"kind": "management plane", "name": "fmg", "fault": "bad-change"}},
		"facts": {question: {"record": object.union(survived, fact)}},
		"causes": causes,
		"aids": {
			"purposes": {"record": purpose},
			"items": items,
			"of": {"communications": {"record": [key | some key, _ in items]}},
			"circular": {"communications": {"record": [key | some key, item in items; "record" in item.needs]}},
		},
	}
}

nothing := {question: {}, alone: {}}

both := {"communications email": email, "communications phones": phones}

outcomes(found) := {one.outcome | some one in found}

test_one_fault_that_loses_both_is_one_violation_with_both_sides if {
	causes := {question: cause(question, ["record"]), alone: cause(alone, ["record", "email"])}
	report("clinical", both, {"holds": "no"}, causes) == {{
		"outcome": "violation",
		"target": "plane",
		"cause": ["plane/bad-change"],
		"services": ["record"],
		"question": question,
		"message": "One bad change of management plane fmg loses record, together with communications: email",
		"evidence": {"beside": ["email"]},
	}}
}

test_all_are_named_where_none_is_lost_alone if {
	some found in report("clinical", both, {"holds": "no"}, {question: cause(question, ["record"]), alone: {}})
	found.evidence == {"beside": ["email", "phones"]}
}

test_communications_that_outlive_the_service_pass if {
	outcomes(report("clinical", both, {}, nothing)) == {"pass"}
}

test_communications_that_need_the_service_are_a_violation if {
	some found in report("clinical", {"communications email": object.union(email, {"needs": ["record"]})}, {}, nothing)
	found.outcome == "violation"
	found.message == "email is up only while record is, which it helps to restore"
}

test_no_declared_communications_are_unknown if {
	some found in report("clinical", {}, {}, nothing)
	found.outcome == "unknown"
	found.services == ["record"]
	found.target == "communications"
}

test_what_the_analysis_does_not_know_is_unknown if {
	outcomes(report("clinical", both, {"holds": "unknown"}, nothing)) == {"unknown"}
}

test_a_service_that_is_lost_at_rest_is_an_error if {
	outcomes(report("clinical", both, {"holds": "unknown", "error": "record is lost"}, nothing)) == {"error"}
}

test_a_service_that_is_not_clinical_is_not_applicable if {
	outcomes(report("unknown", both, {"holds": "no"}, nothing)) == {"not_applicable"}
}
