# METADATA
# title: A data store that a service needs is not backed up
# description: >-
#   Whatever keeps data for a service is copied to a backup: replication copies a deleted table within seconds, and only
#   a backup brings it back.
# custom:
#   id: backups-exist
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Turn the platform's backups on (a retention of more than 0 days), or declare under `backups` of resilience.yaml
#     what copies the store, how often and to where.
#   controls: [CAF-B5.c.1, NIST-CP-9, ISO27001-A.8.13]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       roles: {type: array, items: {type: string}, default: [database, storage], description: Roles of what keeps data that nothing else has}
#       minimum_retention_days: {type: number, minimum: 0, default: 0, description: "How many days copies must be kept at least; 0: it is not asked"}
#   reads: [stores]
package resilience.data.backups_exist

import data.resilience.lib.result
import data.resilience.lib.stores

settings := input.settings["backups-exist"]

report := of_stores | stores.without(settings.roles)

of_stores := {found |
	some id, store in input.stores
	counted := stores.counts(store, settings.roles)
	counted != "no"
	found := about(outcome_of(store, counted), id, store)
}

outcome_of(store, counted) := "violation" if {
	counted == "yes"
	store.backed == "no"
} else := "violation" if {
	counted == "yes"
	store.backed == "yes"
	every backup in store.backups { kept_too_short(backup) }
} else := "pass" if {
	some backup in store.backups
	kept_long_enough(backup)
} else := "unknown"

kept_too_short(backup) if {
	backup.keep >= 0
	backup.keep < settings.minimum_retention_days * 86400
}

kept_long_enough(_) if settings.minimum_retention_days == 0

kept_long_enough(backup) if {
	settings.minimum_retention_days > 0
	backup.keep >= settings.minimum_retention_days * 86400
}

about("violation", id, store) := result.about("violation", id, store.services, without(store), {"cause": [id, "no backup"], "at": store.at}) if {
	store.backed == "no"
}

about("violation", id, store) := result.about("violation", id, store.services, short(store), {"cause": [id, "retention"], "at": [store.backups[0].at]}) if {
	store.backed == "yes"
}

about("unknown", id, store) := result.about("unknown", id, store.services, unknown(store), {"at": store.at, "hangs_on": [hangs_on(store)]})

about("pass", id, store) := result.about("pass", id, store.services, sprintf("%s is copied by %s", [store.label, store.backups[0].id]), {})

without(store) := sprintf("%s keeps data of %s and is not backed up: %s", [store.label, stores.named(store.services), store.why])

short(store) := sprintf("copies of %s are kept for %s, and at least %v days are asked for", [store.label, store.backups[0].kept, settings.minimum_retention_days])

unknown(store) := sprintf("whether %s, which keeps data of %s, is backed up is not known", [store.label, stores.named(store.services)]) if store.backed != "yes"

unknown(store) := sprintf("how long copies of %s are kept is not known", [store.label]) if store.backed == "yes"

hangs_on(store) := sprintf("no backup of %s is declared, and no program shows one; to make it known: declare it under `backups`, with `every: never` if there is none", [store.label]) if {
	store.backed != "yes"
}

hangs_on(store) := sprintf("how long %s is kept is not declared; to make it known: declare `keep` of it", [store.backups[0].id]) if store.backed == "yes"
