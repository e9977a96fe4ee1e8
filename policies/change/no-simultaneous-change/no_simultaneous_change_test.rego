package resilience.change.no_simultaneous_change_test

import data.resilience.change.no_simultaneous_change

both := {
	"stack": "edge/prod",
	"parts": ["fw-a", "fw-b"],
	"labels": ["firewall fw-a", "firewall fw-b"],
	"roles": ["firewall"],
	"services": ["record"],
	"sure": "yes",
	"at": ["edge/prod/set/0/0"],
	"why": ["record is lost"],
}

report_of(change, scope) := found if {
	base := {"given": "yes", "known": "yes", "sets": [], "undecided": [], "services": {"record": "yes"}}
	found := no_simultaneous_change.report with input as {
		"settings": {"no-simultaneous-change": {"scopes": ["national", "regional"], "roles": ["firewall"]}},
		"services": {"record": {"scope": scope}},
		"change": object.union(object.remove(base, object.keys(change)), change),
	}
}

outcomes(report) := {found.outcome | some found in report}

test_every_member_at_once_is_a_violation if {
	report_of({"sets": [both]}, "national") == {{
		"outcome": "violation",
		"target": "edge/prod: fw-a + fw-b",
		"cause": ["fw-a", "fw-b"],
		"services": ["record"],
		"question": "",
		"message": "One deployment of edge/prod changes firewall fw-a and firewall fw-b at once; if it went wrong, it would lose record",
		"at": ["edge/prod/set/0/0"],
		"evidence": {"changes": ["firewall fw-a", "firewall fw-b"], "why": ["record is lost"]},
	}}
}

messages(set) := {found.message | some found in report_of({"sets": [object.union(both, set)]}, "national"); found.outcome == "violation"}

more := {"labels": ["firewall fw-a", "firewall fw-b", "firewall fw-c"]}

test_more_than_two_members_are_counted if {
	messages(more) == {"One deployment of edge/prod changes 3 firewalls at once; if it went wrong, it would lose record"}
	found := messages(object.union(more, {"roles": ["dns", "firewall"]}))
	found == {"One deployment of edge/prod changes 3 members of a redundant set (dns, firewall) at once; if it went wrong, it would lose record"}
}

test_stages_pass if {
	outcomes(report_of({}, "national")) == {"pass"}
}

test_roles_that_are_not_asked_about_pass if {
	outcomes(report_of({"sets": [object.union(both, {"roles": ["compute"]})]}, "national")) == {"pass"}
}

test_what_may_be_touched_is_unknown if {
	outcomes(report_of({"sets": [object.union(both, {"sure": "unknown"})]}, "national")) == {"unknown"}
	outcomes(report_of({"sets": [both]}, "unknown")) == {"unknown"}
}

test_a_loss_whose_set_was_not_found_is_unknown if {
	outcomes(report_of({"undecided": [{"stack": "edge/prod", "services": ["record"]}]}, "national")) == {"unknown"}
}

test_another_scope_is_not_asked_about if {
	outcomes(report_of({"sets": [both]}, "local")) == {"not_applicable"}
}

test_without_a_change_nothing_is_asked if {
	outcomes(report_of({"given": "no", "known": "no", "services": {}}, "national")) == {"not_applicable"}
}

test_a_change_that_cannot_be_evaluated_is_unknown if {
	outcomes(report_of({"known": "no", "services": {}}, "national")) == {"unknown"}
}

test_a_change_of_nothing_passes if {
	outcomes(report_of({"services": {}}, "national")) == {"pass"}
}
