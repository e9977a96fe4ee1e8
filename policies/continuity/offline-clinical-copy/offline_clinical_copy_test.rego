package resilience.continuity.offline_clinical_copy_test

import data.resilience.continuity.offline_clinical_copy

question := "offline-clinical-copy.together"

survived := {"asked": "yes", "holds": "yes", "error": ""}

viewer := {"id": "viewer", "sort": "copy", "kind": "viewer", "refreshed": 15, "limit": 60, "of": ["record"], "needs": []}

cause := {"plane/bad-change": {
	"id": "plane/bad-change",
	"question": question,
	"events": ["plane/bad-change"],
	"target": "plane",
	"together": "yes",
	"services": ["record"],
}}

document(purpose, copied, items, fact, causes) := {
	"settings": {"offline-clinical-copy": {"max_age_minutes": 1440}},
	"services": {"record": {}},
	"events": {"plane/bad-change": {"kind": "management plane", "name": "fmg", "fault": "bad-change"}},
	"facts": {question: {"record": object.union(survived, fact)}},
	"causes": {question: causes},
	"aids": {
		"purposes": {"record": purpose},
		"copied": {"record": copied},
		"items": items,
		"of": {"copy": {"record": [key | some key, _ in items]}},
		"circular": {"copy": {"record": [key | some key, item in items; "record" in item.needs]}},
	},
}

report(purpose, copied, items, fact, causes) := found if {
	found := offline_clinical_copy.report with input as document(purpose, copied, items, fact, causes)
}

of_copy(change) := report("clinical", "yes", {"copy viewer": object.union(viewer, change)}, {}, {})

outcomes(found) := {one.outcome | some one in found}

test_a_copy_that_is_lost_with_the_service_is_a_violation if {
	report("clinical", "yes", {"copy viewer": viewer}, {"holds": "no"}, cause) == {{
		"outcome": "violation",
		"target": "plane",
		"cause": ["plane/bad-change"],
		"services": ["record"],
		"question": question,
		"message": "One bad change of management plane fmg loses record, together with copies: viewer",
		"evidence": {"beside": ["viewer"]},
	}}
}

test_a_fresh_copy_that_outlives_the_service_passes if {
	outcomes(of_copy({})) == {"pass"}
}

test_a_copy_may_be_as_old_as_declared if {
	outcomes(of_copy({"refreshed": 60})) == {"pass"}
	some found in of_copy({"refreshed": 61})
	found.outcome == "violation"
	found.target == "copy viewer/age"
	found.message == "viewer is up to 61 min old when it is needed, and may be 60 min"
}

test_a_copy_may_not_be_older_than_the_parameter if {
	outcomes(of_copy({"refreshed": 1440, "limit": "unknown"})) == {"pass"}
	outcomes(of_copy({"refreshed": 1441, "limit": "unknown"})) == {"violation"}
	outcomes(of_copy({"refreshed": 1441, "limit": 2000})) == {"violation"}
}

test_an_age_that_is_not_declared_is_unknown if {
	some found in of_copy({"refreshed": "unknown"})
	found.outcome == "unknown"
	found.hangs_on == ["how often viewer is refreshed is not declared; to make it known: declare `refreshed` of it"]
}

test_a_copy_that_needs_the_service_is_a_violation if {
	some found in of_copy({"needs": ["record"]})
	found.outcome == "violation"
	found.message == "viewer is up only while record is, which it is a copy of"
}

test_no_copy_by_declaration_is_a_violation if {
	some found in report("clinical", "no", {}, {}, {})
	found.outcome == "violation"
	found.message == "record has no copy: while it is away nothing can be read"
}

test_no_declared_copy_is_unknown if {
	some found in report("clinical", "yes", {}, {}, {})
	found.outcome == "unknown"
	found.services == ["record"]
	found.hangs_on == ["no copy of record is declared; to make it known: declare it under `copies`, or `copy: none` of the service"]
}

test_what_the_analysis_does_not_know_is_unknown if {
	outcomes(report("clinical", "yes", {"copy viewer": viewer}, {"holds": "unknown"}, {})) == {"unknown"}
}

test_a_service_that_is_lost_at_rest_is_an_error if {
	outcomes(report("clinical", "yes", {"copy viewer": viewer}, {"holds": "unknown", "error": "record is lost"}, {})) == {"error"}
}

test_a_service_that_is_not_clinical_is_not_applicable if {
	outcomes(report("unknown", "yes", {"copy viewer": viewer}, {"holds": "no"}, cause)) == {"not_applicable"}
}
