package resilience.declared.national_service_declared_whole_test

import data.resilience.declared.national_service_declared_whole

whole := {"scope": "national", "tier": 1, "rto": 3600, "rpo": 900, "declared": "yes"}

report_of(fact) := found if {
	found := national_service_declared_whole.report with input as {
		"settings": {"national-service-declared-whole": {"scopes": ["national"], "required": ["tier", "rto", "rpo"]}},
		"services": {"record": object.union(whole, fact)},
	}
}

outcomes(report) := {found.outcome | some found in report}

test_what_is_missing_is_named if {
	report_of({"rto": "unknown", "rpo": "unknown"}) == {{
		"outcome": "violation",
		"target": "record",
		"cause": ["its RTO", "its RPO"],
		"services": ["record"],
		"question": "",
		"message": "record is a service of scope national and does not declare its RTO, its RPO",
		"at": ["record"],
	}}
}

test_a_service_that_is_declared_whole_passes if {
	outcomes(report_of({})) == {"pass"}
}

test_a_service_of_another_scope_is_not_asked_about if {
	outcomes(report_of({"scope": "local", "tier": "unknown"})) == {"not_applicable"}
}

test_a_service_of_unknown_scope_may_have_to_be_declared_whole if {
	outcomes(report_of({"scope": "unknown"})) == {"unknown"}
	some found in report_of({"scope": "unknown", "tier": "unknown"})
	found.outcome == "unknown"
	found.hangs_on == ["the scope of record is not declared; to make it known: declare `scope` of record"]
}

test_what_only_the_program_shows_is_not_asked_about if {
	outcomes(report_of({"scope": "unknown", "tier": "unknown", "declared": "no"})) == {"not_applicable"}
}
