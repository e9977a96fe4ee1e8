package resilience.continuity.independent_recovery_tooling_test

import data.resilience.continuity.independent_recovery_tooling

question := "independent-recovery-tooling.deployment"

survived := {"asked": "yes", "holds": "yes", "error": ""}

cause := {"plane/bad-change": {
	"id": "plane/bad-change",
	"question": question,
	"events": ["plane/bad-change"],
	"target": "plane",
	"together": "yes",
	"services": ["record"],
}}

pipeline := {"id": "pipeline", "sort": "deployment", "needs": [], "of": ["record"]}

runner := object.union(pipeline, {"id": "runner"})

report(service, items, fact, causes) := found if {
	found := independent_recovery_tooling.report with input as {
		"settings": {"independent-recovery-tooling": {"tiers": [1], "scopes": ["national"], "kinds": ["deployment"]}},
		"services": {"record": service},
		"events": {"plane/bad-change": {"kind": "management plane", "name": "fmg", "fault": "bad-change"}},
		"facts": {question: {"record": object.union(survived, fact)}},
		"causes": {question: causes},
		"aids": {
			"items": items,
			"of": {"deployment": {"record": [key | some key, _ in items]}},
			"circular": {"deployment": {"record": [key | some key, item in items; "record" in item.needs]}},
		},
	}
}

first := {"tier": 1, "scope": "local"}

tools := {"deployment pipeline": pipeline}

outcomes(found) := {one.outcome | some one in found}

test_one_fault_that_loses_both_is_a_violation if {
	report(first, tools, {"holds": "no"}, cause) == {{
		"outcome": "violation",
		"target": "plane",
		"cause": ["plane/bad-change"],
		"services": ["record"],
		"question": question,
		"message": "One bad change of management plane fmg loses record, together with tools for deployment: pipeline",
		"evidence": {"beside": ["pipeline"]},
	}}
}

test_a_tool_that_outlives_the_service_passes if {
	outcomes(report(first, tools, {}, {})) == {"pass"}
}

test_national_services_are_meant_whatever_their_tier if {
	outcomes(report({"tier": 3, "scope": "national"}, tools, {"holds": "no"}, cause)) == {"violation"}
}

test_a_tool_that_needs_what_it_repairs_is_a_violation_unless_another_does_not if {
	needing := object.union(pipeline, {"needs": ["record"]})
	some found in report(first, {"deployment pipeline": needing}, {}, {})
	found.outcome == "violation"
	found.message == "pipeline is up only while record is, which it must repair"
	outcomes(report(first, {"deployment pipeline": needing, "deployment runner": runner}, {}, {})) == {"pass"}
}

test_no_declared_tool_is_unknown if {
	some found in report(first, {}, {}, {})
	found.outcome == "unknown"
	found.services == ["record"]
	found.message == "no tool for deployment is declared that repairs record"
}

test_what_the_analysis_does_not_know_is_unknown if {
	outcomes(report(first, tools, {"holds": "unknown"}, {})) == {"unknown"}
}

test_a_loss_is_unknown_where_tier_and_scope_are_not_declared if {
	outcomes(report({"tier": "unknown", "scope": "unknown"}, tools, {"holds": "no"}, cause)) == {"unknown"}
}

test_a_service_that_is_lost_at_rest_is_an_error if {
	outcomes(report(first, tools, {"holds": "unknown", "error": "record is lost"}, {})) == {"error"}
}

test_other_services_are_not_applicable if {
	outcomes(report({"tier": 2, "scope": "local"}, {}, {}, {})) == {"not_applicable"}
	outcomes(report({"tier": "unknown", "scope": "unknown"}, {}, {}, {})) == {"not_applicable"}
}

test_tools_of_several_kinds_that_one_fault_takes_are_one_violation if {
	sign_in := "independent-recovery-tooling.sign-in"
	found := independent_recovery_tooling.report with input as {
		"settings": {"independent-recovery-tooling": {"tiers": [1], "scopes": ["national"], "kinds": ["deployment", "sign-in"]}},
		"services": {"record": first},
		"events": {"plane/bad-change": {"kind": "management plane", "name": "fmg", "fault": "bad-change"}},
		"facts": {
			question: {"record": object.union(survived, {"holds": "no"})},
			sign_in: {"record": object.union(survived, {"holds": "no"})},
		},
		"causes": {
			question: cause,
			sign_in: {"plane/bad-change": object.union(cause["plane/bad-change"], {"question": sign_in})},
		},
		"aids": {
			"items": {"deployment pipeline": pipeline, "sign-in ad": object.union(pipeline, {"id": "ad", "sort": "sign-in"})},
			"of": {"deployment": {"record": ["deployment pipeline"]}, "sign-in": {"record": ["sign-in ad"]}},
			"circular": {"deployment": {"record": []}, "sign-in": {"record": []}},
		},
	}
	[[one.message, one.question] | some one in found] == [["One bad change of management plane fmg loses record, together with tools for deployment, sign-in: ad, pipeline", question]]
}
