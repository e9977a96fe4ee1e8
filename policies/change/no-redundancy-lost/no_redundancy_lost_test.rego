package resilience.change.no_redundancy_lost_test

import data.resilience.change.no_redundancy_lost

cut := {
	"events": ["device:fw-a/outage"],
	"faults": "one outage of device fw-a",
	"new": "no",
	"services": ["record"],
	"at": ["lost/device:fw-a/outage"],
	"why": ["record is lost"],
	"enclosed_by": ["one outage of site n"],
}

report_of(change, order) := found if {
	base := {"given": "yes", "known": "yes", "compared": "yes", "lost": [], "redundancy": {"record": {"perhaps": "no", "hangs_on": []}}}
	found := no_redundancy_lost.report with input as {
		"settings": {"no-redundancy-lost": {"order": order}},
		"change": object.union(object.remove(base, object.keys(change)), change),
	}
}

outcomes(report) := {found.outcome | some found in report}

test_what_now_loses_a_service_is_a_violation if {
	report_of({"lost": [cut]}, 2) == {{
		"outcome": "violation",
		"target": "device:fw-a/outage",
		"cause": ["device:fw-a/outage"],
		"services": ["record"],
		"question": "",
		"message": "One outage of device fw-a now loses record, which survived it before",
		"at": ["lost/device:fw-a/outage"],
		"evidence": {"why": ["record is lost"], "enclosed_by": ["one outage of site n"]},
	}}
}

test_a_fault_that_did_not_exist_is_told_as_new if {
	{found.message | some found in report_of({"lost": [object.union(cut, {"new": "yes"})]}, 2)} == {"One outage of device fw-a now loses record, and could not happen before"}
}

test_more_faults_than_are_asked_about_do_not_count if {
	outcomes(report_of({"lost": [object.union(cut, {"events": ["a", "b"]})]}, 1)) == {"pass"}
}

test_nothing_lost_passes if {
	outcomes(report_of({}, 2)) == {"pass"}
	outcomes(report_of({"redundancy": {}}, 2)) == {"pass"}
}

test_what_is_not_known_on_a_side_is_unknown if {
	report := report_of({"redundancy": {"record": {"perhaps": "yes", "hangs_on": ["why; to make it known: say it"]}}}, 2)
	{[found.outcome, found.hangs_on] | some found in report} == {["unknown", ["why; to make it known: say it"]]}
}

test_without_a_base_nothing_is_asked if {
	outcomes(report_of({"given": "no", "known": "no", "compared": "no", "redundancy": {}}, 2)) == {"not_applicable"}
	outcomes(report_of({"compared": "no", "redundancy": {}}, 2)) == {"not_applicable"}
	outcomes(report_of({"known": "no", "compared": "no", "redundancy": {}}, 2)) == {"unknown"}
}
