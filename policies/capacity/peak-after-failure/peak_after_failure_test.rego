package resilience.capacity.peak_after_failure_test

import data.resilience.capacity.peak_after_failure

weak := {
	"stage": "Pool record",
	"dimension": "rps",
	"loss": "site north",
	"carries": "300",
	"asked": "390",
	"left": "1 of 2 members at site south",
	"losses": [{"loss": "site north", "kind": "site"}, {"loss": "device app-1", "kind": "device"}],
	"services": ["record"],
	"at": ["weak/0"],
}

report_of(fact, tier, causes, complete) := found if {
	found := peak_after_failure.report with input as {
		"settings": {"peak-after-failure": {"peak_required": [1]}},
		"services": {"record": {"tier": tier}},
		"capacity": {"services": {"record": object.union({"peak": "declared", "unknown": []}, fact)}, "causes": causes, "complete": complete},
	}
}

outcomes(report) := {found.outcome | some found in report}

test_a_stage_that_is_too_weak_after_a_loss_is_a_violation if {
	report_of({}, 1, [weak], "yes") == {{
		"outcome": "violation",
		"target": "Pool record",
		"cause": ["rps", "Pool record"],
		"services": ["record"],
		"question": "",
		"message": "After the loss of site north (or 1 other), Pool record carries at most 300 rps with 1 of 2 members at site south, and 390 are asked of it at the peak",
		"at": ["weak/0"],
		"evidence": {"stage": "Pool record", "carries": "300", "asked": "390", "dimension": "rps", "losses": ["site north", "device app-1"]},
	}}
}

test_what_is_too_weak_with_nothing_failed_is_a_violation if {
	found := report_of({}, 1, [object.union(weak, {"loss": "", "left": "", "losses": [{"loss": "", "kind": ""}]})], "yes")
	{one.message | some one in found} == {"With nothing failed, Pool record carries at most 300 rps, and 390 are asked of it at the peak"}
}

test_what_carries_its_peak_passes if {
	outcomes(report_of({}, 1, [], "yes")) == {"pass"}
}

test_an_unknown_capacity_is_unknown if {
	doubt := {"loss": "site north", "kind": "site", "hangs_on": ["no capacity; to make it known: declare it"]}
	some found in report_of({"unknown": [doubt]}, 1, [], "yes")
	found.outcome == "unknown"
	found.message == "whether the peak of record is carried after the loss of site north is not known"
	found.hangs_on == ["no capacity; to make it known: declare it"]
}

test_what_was_not_looked_at_in_time_is_no_pass if {
	outcomes(report_of({}, 1, [], "no")) == {"unknown"}
}

test_a_peak_is_asked_for_where_the_tier_requires_it if {
	some found in report_of({"peak": "unknown"}, 1, [], "yes")
	found.outcome == "unknown"
	found.hangs_on == ["the peak of record is not declared; to make it known: declare `peak: {rps: ...}` of record"]
	outcomes(report_of({"peak": "unknown"}, 3, [], "yes")) == {"not_applicable"}
}
