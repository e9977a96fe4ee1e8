package resilience.lib.words_test

import data.resilience.lib.words

events := {
	"link:a/outage": {"kind": "link", "name": "a", "fault": "outage"},
	"link:b/outage": {"kind": "link", "name": "b", "fault": "outage"},
	"firmware:7/bad-change": {"kind": "firmware", "name": "7", "fault": "bad-change"},
}

both := ["link:a/outage", "link:b/outage"]

loss(cause, services) := text if {
	text := words.loss(cause, services) with input as {"events": events}
}

unknown(cuts) := text if {
	text := words.of_service("unknown", "record", "q") with input as {
		"events": events,
		"facts": {"q": {"record": {"cuts": cuts}}},
	}
}

test_one_fault_loses_several_services if {
	found := loss({"events": ["firmware:7/bad-change"]}, ["mail", "record"])
	found == "One bad change of firmware 7 loses 2 services: mail, record"
}

test_faults_together_lose_a_service if {
	found := loss({"events": both, "together": "yes"}, ["record"])
	found == "One outage of link a together with one outage of link b loses record"
}

test_one_of_several_faults_loses_a_service_in_every_case if {
	found := loss({"events": both, "together": "no"}, ["record"])
	found == "However the unknowns turn out, one of 2 faults (one outage of link a; one outage of link b) loses record"
}

test_consumers_are_cut_off_from_services if {
	fault := {"events": ["link:a/outage"]}
	loss(object.union(fault, {"consumers": ["clinics"]}), ["record"]) == "One outage of link a cuts clinics off from record"
	found := loss(object.union(fault, {"consumers": ["clinics", "wards"]}), ["mail", "record"])
	found == "One outage of link a cuts 2 consumers (clinics, wards) off from 2 services: mail, record"
}

test_an_unknown_without_a_candidate_says_only_that if unknown([]) == "whether record survives is not known"

test_an_unknown_names_at_most_three_candidates if {
	found := unknown([["link:a/outage"], both, ["link:b/outage"], ["firmware:7/bad-change"]])
	found == concat(" or ", [
		"whether record survives is not known; it would be lost by one outage of link a",
		"one outage of link a together with one outage of link b",
		"one outage of link b",
	])
}

names := [sprintf("s%02d", [number]) | some number in numbers.range(1, 40)]

test_up_to_eight_are_named if {
	words.shortened(["a"]) == "a"
	words.shortened(array.slice(names, 0, 8)) == "s01, s02, s03, s04, s05, s06, s07, s08"
}

test_of_more_six_are_named_and_the_others_counted if {
	words.listed(names) == "40 services: s01, s02, s03, s04, s05, s06 and 34 more"
	words.enclosed(names) == "40 services (s01, s02, s03, s04, s05, s06 and 34 more)"
}
