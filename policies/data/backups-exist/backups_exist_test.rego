package resilience.data.backups_exist_test

import data.resilience.data.backups_exist

backup := {"id": "backup nightly", "keep": 86400, "kept": "1d", "at": "backup:nightly"}

store := {
	"label": "results",
	"role": "database",
	"may_be": ["database"],
	"services": ["record"],
	"backed": "yes",
	"why": "",
	"at": ["results"],
	"backups": [backup],
}

off := {"backed": "no", "why": "backupRetentionPeriod of results is 0: no backups are made", "at": ["results/none", "results"], "backups": []}

report(change, days) := found if {
	found := backups_exist.report with input as {
		"settings": {"backups-exist": {"roles": ["database", "storage"], "minimum_retention_days": days}},
		"services": {"record": {}},
		"stores": {"results": object.union(object.remove(store, object.keys(change)), change)},
	}
}

outcomes(change, days) := {found.outcome | some found in report(change, days)}

test_a_store_that_is_surely_not_backed_up_is_a_violation if {
	report(off, 0) == {{
		"outcome": "violation",
		"target": "results",
		"cause": ["results", "no backup"],
		"services": ["record"],
		"question": "",
		"message": "results keeps data of record and is not backed up: backupRetentionPeriod of results is 0: no backups are made",
		"at": ["results/none", "results"],
	}}
}

test_a_store_with_a_backup_passes if {
	{[found.outcome, found.message] | some found in report({}, 0)} == {["pass", "results is copied by backup nightly"]}
}

test_a_store_of_which_nothing_is_said_is_unknown_with_what_to_declare if {
	some found in report({"backed": "unknown", "backups": []}, 0)
	found.outcome == "unknown"
	found.hangs_on == ["no backup of results is declared, and no program shows one; to make it known: declare it under `backups`, with `every: never` if there is none"]
}

test_copies_that_are_kept_too_short_are_a_violation if {
	some found in report({}, 7)
	found.outcome == "violation"
	found.message == "copies of results are kept for 1d, and at least 7 days are asked for"
	outcomes({}, 1) == {"pass"}
}

test_a_retention_that_is_not_known_is_unknown_where_it_is_asked_for if {
	unkept := {"backups": [object.union(backup, {"keep": -1, "kept": "unknown"})]}
	some found in report(unkept, 7)
	found.message == "how long copies of results are kept is not known"
	outcomes(unkept, 7) == {"unknown"}
	outcomes(unkept, 0) == {"pass"}
}

test_a_store_of_another_role_is_not_asked_about if {
	some found in report({"role": "cache", "may_be": ["cache"]}, 0)
	found.outcome == "not_applicable"
	found.message == "record needs no data store, as far as is known"
}

test_a_store_whose_role_is_disputed_is_no_violation if {
	outcomes(object.union(off, {"role": "unknown", "may_be": ["cache", "database"]}), 0) == {"unknown"}
}
