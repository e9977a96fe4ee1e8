package resilience.change.no_downtime_replacement_test

import data.resilience.change.no_downtime_replacement

gone := {
	"name": "Server sql-1",
	"stack": "web/prod",
	"urn": "urn:sql-1",
	"part": "sql-1",
	"certain": "yes",
	"downtime": "yes",
	"lost": ["record"],
	"exposed": [],
	"perhaps": [],
	"at": ["replaced/urn:sql-1/sql-1"],
}

report_of(change, tier) := found if {
	found := no_downtime_replacement.report with input as {
		"settings": {"no-downtime-replacement": {"tiers": [1, 2]}},
		"services": {"record": {"tier": tier}},
		"change": object.union({"given": "yes", "known": "yes", "replacements": []}, change),
	}
}

outcomes(report) := {found.outcome | some found in report}

test_what_is_deleted_first_is_a_violation if {
	report_of({"replacements": [gone]}, 1) == {{
		"outcome": "violation",
		"target": "urn:sql-1",
		"cause": ["sql-1"],
		"services": ["record"],
		"question": "",
		"message": "Server sql-1 is deleted before its replacement stands; meanwhile record is lost",
		"at": ["replaced/urn:sql-1/sql-1"],
	}}
}

test_what_is_replaced_while_something_carries_on_passes if {
	outcomes(report_of({"replacements": [object.union(gone, {"downtime": "no"})]}, 1)) == {"pass"}
	outcomes(report_of({"replacements": [object.union(gone, {"lost": [], "exposed": ["record"]})]}, 1)) == {"pass"}
}

test_what_may_be_replaced_is_unknown if {
	outcomes(report_of({"replacements": [object.union(gone, {"certain": "unknown"})]}, 1)) == {"unknown"}
	outcomes(report_of({"replacements": [object.union(gone, {"downtime": "unknown"})]}, 1)) == {"unknown"}
	outcomes(report_of({"replacements": [object.union(gone, {"lost": [], "perhaps": ["record"]})]}, 1)) == {"unknown"}
	outcomes(report_of({"replacements": [gone]}, "unknown")) == {"unknown"}
}

test_another_tier_is_not_asked_about if {
	outcomes(report_of({"replacements": [gone]}, 3)) == {"not_applicable"}
}

test_nothing_replaced_passes if {
	outcomes(report_of({}, 1)) == {"pass"}
}

test_without_a_change_nothing_is_asked if {
	outcomes(report_of({"given": "no", "known": "no"}, 1)) == {"not_applicable"}
	outcomes(report_of({"known": "no"}, 1)) == {"unknown"}
}
