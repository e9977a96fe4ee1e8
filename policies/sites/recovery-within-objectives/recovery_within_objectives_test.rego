package resilience.sites.recovery_within_objectives_test

import data.resilience.sites.recovery_within_objectives

known := {"rto": "declared", "rpo": "declared", "asked": "yes", "gone": [], "unknown": [], "returns": "yes"}

late := {
	"id": "RTO: detection + time to live",
	"objective": "RTO",
	"takes": "2h",
	"limit": "1h",
	"terms": "detection 1h + time to live 1h",
	"services": ["record"],
	"places": ["site north", "region east"],
	"at": ["late/0"],
}

old := object.union(late, {"id": "RPO: the declared lag", "objective": "RPO", "terms": "the declared lag", "at": []})

report_of(fact, causes, tier, tiers) := found if {
	found := recovery_within_objectives.report with input as {
		"settings": {"recovery-within-objectives": {"tiers": tiers}},
		"services": {"record": {"tier": tier}},
		"recovery": {"services": {"record": object.union(known, fact)}, "causes": causes},
	}
}

outcomes(report) := {found.outcome | some found in report}

test_what_comes_back_too_late_is_a_violation_that_adds_up_the_terms if {
	report_of({}, [late], 1, []) == {{
		"outcome": "violation",
		"target": "RTO: detection + time to live",
		"cause": ["RTO: detection + time to live", "2h", "1h"],
		"services": ["record"],
		"question": "",
		"message": "After the loss of site north or region east record is back after 2h (detection 1h + time to live 1h), and the RTO is 1h",
		"at": ["late/0"],
		"evidence": {"takes": "2h", "objective": "1h", "terms": "detection 1h + time to live 1h", "places": ["site north", "region east"]},
	}}
}

test_a_time_whose_terms_are_not_told_apart_has_no_empty_brackets if {
	bare := object.union(late, {"terms": ""})
	{found.message | some found in report_of({}, [bare], 1, [])} == {"After the loss of site north or region east record is back after 2h, and the RTO is 1h"}
}

test_data_that_is_too_old_is_a_violation if {
	{found.message | some found in report_of({}, [old], 1, [])} == {"After the loss of site north or region east record is back without the data of the last 2h (the declared lag), and the RPO is 1h"}
}

test_what_keeps_its_objectives_passes if {
	outcomes(report_of({}, [], 1, [])) == {"pass"}
}

test_what_is_not_known_says_on_what_it_hangs if {
	doubt := {"place": "site north", "objective": "RTO", "hangs_on": ["no time is declared; to make it known: declare it"]}
	some found in report_of({"unknown": [doubt]}, [], 1, [])
	found.outcome == "unknown"
	found.message == "whether record keeps its RTO after the loss of site north is not known"
	found.hangs_on == ["no time is declared; to make it known: declare it"]
}

test_what_never_comes_back_is_for_other_policies if {
	outcomes(report_of({"gone": ["site north"], "returns": "no"}, [], 1, [])) == {"not_applicable"}
}

test_what_comes_back_from_some_places_passes_and_names_the_others if {
	{found.message | some found in report_of({"gone": ["region east"]}, [], 1, [])} == {"record keeps its objectives after the loss of every place from which it returns; nothing brings it back after that of region east, about which other policies ask"}
}

test_without_objectives_or_places_nothing_is_asked if {
	outcomes(report_of({"rto": "unknown", "rpo": "unknown"}, [], 1, [])) == {"not_applicable"}
	outcomes(report_of({"asked": "no"}, [], 1, [])) == {"not_applicable"}
}

test_tiers_can_be_chosen if {
	outcomes(report_of({}, [late], 2, [1])) == {"not_applicable"}
	outcomes(report_of({}, [late], "unknown", [1])) == {"unknown"}
	outcomes(report_of({}, [late], 1, [1])) == {"violation"}
}
