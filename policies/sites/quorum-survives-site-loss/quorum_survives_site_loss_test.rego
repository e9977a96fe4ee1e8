package resilience.sites.quorum_survives_site_loss_test

import data.resilience.sites.quorum_survives_site_loss

place(kind, name, more) := object.union({"kind": kind, "name": name, "votes": 2, "all": "no", "taken": "yes", "lost": ["record"], "possibly": []}, more)

document(scope, places, more) := {
	"settings": {"quorum-survives-site-loss": {"kinds": ["site", "zone"], "region_scopes": ["national"]}},
	"services": {"record": {"scope": scope}},
	"quorums": {
		"all": {"component db": object.union({"label": "db", "votes": 3, "needed": 2, "places": places, "at_rest": "yes", "error": "", "hangs_on": []}, more)},
		"of": {"record": ["component db"]},
	},
}

report(scope, places, more) := found if {
	found := quorum_survives_site_loss.report with input as document(scope, places, more)
}

told(found) := {[one.outcome, one.message] | some one in found}

test_a_site_with_most_votes_is_a_violation if {
	report("local", {"site:a": place("site", "a", {})}, {}) == {{
		"outcome": "violation",
		"target": "component db",
		"cause": ["site:a/outage"],
		"services": ["record"],
		"question": "",
		"message": "The loss of site a (2 of 3 votes) takes the quorum of db away, which needs 2: it loses record",
		"at": ["component db", "site:a"],
		"evidence": {"votes": 3, "needed": 2, "votes_by_place": {"site:a": 2}},
	}}
}

test_two_sites_without_a_witness_are_one_violation if {
	places := {"site:a": place("site", "a", {"votes": 1}), "site:b": place("site", "b", {"votes": 1})}
	told(report("local", places, {"votes": 2})) == {["violation", "The loss of site a (1 of 2 votes) or of site b (1 of 2 votes) takes the quorum of db away, which needs 2: it loses record"]}
}

test_a_place_that_joins_the_voters_is_a_violation if {
	told(report("local", {"site:hub": place("site", "hub", {"votes": 0})}, {})) == {["violation", "The loss of site hub (which keeps its voters from each other) takes the quorum of db away, which needs 2: it loses record"]}
}

test_a_region_counts_for_national_services_only if {
	places := {"region:r": place("region", "r", {})}
	{outcome | some [outcome, _] in told(report("national", places, {}))} == {"violation"}
	{outcome | some [outcome, _] in told(report("regional", places, {}))} == {"pass"}
	some found in report("unknown", places, {})
	found.outcome == "unknown"
	found.hangs_on == ["the scope of record is not declared; to make it known: declare `scope` of record"]
}

test_a_service_that_survives_otherwise_passes if {
	told(report("local", {"site:a": place("site", "a", {"lost": []})}, {})) == {["pass", "every quorum on which record hangs survives the loss of any one place"]}
}

test_a_quorum_that_no_place_takes_passes if {
	{outcome | some [outcome, _] in told(report("local", {}, {}))} == {"pass"}
}

test_what_is_not_known_is_unknown_with_what_it_hangs_on if {
	places := {"site:a": place("site", "a", {"taken": "unknown", "all": "unknown", "lost": [], "possibly": ["record"]})}
	some found in report("local", places, {"hangs_on": ["why; to make it known: do this"]})
	found.outcome == "unknown"
	found.message == "whether any one place takes the quorum of db away, on which record hangs, is not known"
	found.hangs_on == [
		"how many voters of db stand in one place is not known; to make it known: declare the place of each",
		"why; to make it known: do this",
	]
}

test_a_quorum_in_one_place_is_not_applicable if {
	told(report("local", {"site:a": place("site", "a", {"all": "yes", "votes": 3})}, {})) == {["not_applicable", "every quorum on which record hangs stands in one place"]}
}

test_a_service_without_a_quorum_is_not_applicable if {
	given := object.union(document("local", {}, {}), {"quorums": {"of": {"record": []}}})
	found := quorum_survives_site_loss.report with input as given
	told(found) == {["not_applicable", "record hangs on no quorum"]}
}

test_a_quorum_that_can_never_be_met_is_an_error if {
	told(report("local", {}, {"error": "quorum of db is lost with nothing failed"})) == {["error", "quorum of db is lost with nothing failed"]}
}

test_a_quorum_that_may_not_hold_at_rest_is_unknown if {
	{outcome | some [outcome, _] in told(report("local", {}, {"at_rest": "unknown", "hangs_on": ["why"]}))} == {"unknown"}
}
