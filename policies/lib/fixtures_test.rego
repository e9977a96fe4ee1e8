package resilience.lib.fixtures

# One service whose answer to one question is given; everything else is as in a real document.
document(question, fact, scope, causes) := {
	"version": "resilience-policy-input/v1",
	"settings": {
		"redundant-firewalls": {"order": 1, "outage_horizon": "instant", "change_horizon": "rto"},
		"cross-site-failover": {"scopes": ["national", "regional"], "order": 1},
		"no-single-region-national-service": {"scopes": ["national"]},
		"no-common-cause": {"scopes": ["national", "regional"], "order": 1, "tiers_left_out": [1]},
	},
	"services": {"record": {"scope": scope, "tier": 1, "rto": 3600, "rpo": 900, "declared": "yes", "consumers": []}},
	"components": {},
	"domains": {},
	"events": {"site:north/outage": {"domain": "site:north", "kind": "site", "name": "north", "fault": "outage"}},
	"facts": object.union(silent, {question: {"record": object.union(unasked, fact)}}),
	"causes": object.union(no_causes, {question: causes}),
}

lost := {"asked": "yes", "holds": "no", "cuts": [["site:north/outage"]]}

survived := {"asked": "yes", "holds": "yes"}

undecided := {"asked": "unknown", "holds": "unknown", "cuts": [["site:north/outage"]]}

broken := {"asked": "yes", "holds": "unknown", "error": "record is lost with nothing failed"}

cause(question) := {"site:north/outage": {
	"id": "site:north/outage",
	"question": question,
	"events": ["site:north/outage"],
	"target": "site:north",
	"together": "yes",
	"services": ["record"],
	"on": ["record"],
}}

outcomes(report) := {found.outcome | some found in report}

unasked := {"asked": "no", "holds": "yes", "cuts": [], "because": [], "assumed": [], "depends_on": [], "error": ""}

questions := [
	"redundant-firewalls.firewall-outage",
	"redundant-firewalls.firewall-change",
	"cross-site-failover.site-outage",
	"no-single-region-national-service.region-outage",
	"no-common-cause.shared-change",
	"no-common-cause.shared-outage",
	"no-common-cause.site-outage",
	"no-common-cause.region-outage",
]

silent := {question: {"record": unasked} | some question in questions}

no_causes := {question: {} | some question in questions}
