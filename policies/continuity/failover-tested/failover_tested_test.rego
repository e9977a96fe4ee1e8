package resilience.continuity.failover_tested_test

import data.resilience.continuity.failover_tested

settings := {"failover-tested": {"tier1_days": 180, "tier2_days": 365, "tier3_days": 365, "tier4_days": 730, "undeclared_days": 365}}

services := {"record": {"tier": 1}, "wards": {"tier": 2}, "shop": {"tier": 3}, "menu": {"tier": 4}, "other": {"tier": "unknown"}}

report(kind, tested, age, relying) := found if {
	key := sprintf("%s db", [kind])
	item := {"kind": kind, "name": "db", "services": relying, "tested": tested, "age": age}
	found := failover_tested.report with input as {"settings": settings, "services": services, "trials": {"items": {key: item}, "without": []}}
}

outcomes(found) := {one.outcome | some one in found}

test_a_day_that_is_too_long_ago_is_a_violation if {
	report("failover", "2026-01-01", 181, ["record", "wards"]) == {{
		"outcome": "violation",
		"target": "failover db",
		"cause": ["failover db"],
		"services": ["record", "wards"],
		"question": "",
		"message": "The failover of db was last tried 181 days ago, on 2026-01-01, and 180 are allowed",
		"at": ["failover db"],
		"evidence": {"tested": "2026-01-01"},
	}}
}

test_the_last_day_that_is_allowed_passes if {
	outcomes(report("restore", "2026-01-01", 180, ["record"])) == {"pass"}
}

test_each_tier_has_its_own_days if {
	outcomes(report("restore", "2026-01-01", 365, ["wards"])) == {"pass"}
	outcomes(report("restore", "2026-01-01", 366, ["wards"])) == {"violation"}
	outcomes(report("restore", "2026-01-01", 366, ["shop"])) == {"violation"}
	outcomes(report("restore", "2026-01-01", 366, ["other"])) == {"violation"}
	outcomes(report("restore", "2026-01-01", 730, ["menu"])) == {"pass"}
	outcomes(report("restore", "2026-01-01", 731, ["menu"])) == {"violation"}
}

test_what_was_never_tried_is_named if {
	some found in report("restore", "never", -1, ["record"])
	found.outcome == "violation"
	found.message == "The restore from db was never tried, and 1 service relies on it"
	some other in report("failover", "never", -1, ["record", "wards"])
	other.message == "The failover of db was never tried, and 2 services rely on it"
}

test_a_day_to_come_is_a_violation if {
	some found in report("failover", "2027-01-01", -30, ["record"])
	found.outcome == "violation"
	found.message == "The failover of db is declared as tried on 2027-01-01, which is still to come"
}

test_no_declared_day_is_unknown if {
	some found in report("failover", "unknown", -1, ["record"])
	found.outcome == "unknown"
	found.hangs_on == ["when the failover of db was last tried is not declared; to make it known: declare `tested` (a day, or never)"]
}

test_what_no_service_relies_on_is_not_told if {
	report("failover", "never", -1, []) == set()
}

test_a_service_without_any_is_not_applicable if {
	found := failover_tested.report with input as {"settings": settings, "services": services, "trials": {"items": {}, "without": ["record"]}}
	outcomes(found) == {"not_applicable"}
}
