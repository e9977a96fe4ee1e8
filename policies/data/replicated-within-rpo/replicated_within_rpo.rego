# METADATA
# title: No copy of a data store elsewhere is as fresh as the RPO demands
# description: >-
#   A data store of a service with an RPO has, day in and day out, a replica or a backup in another failure domain that
#   is never further behind than the RPO.
# custom:
#   id: replicated-within-rpo
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Replicate the store to another site, zone or region with a lag below the RPO, or make backups there at an interval
#     below it. Or agree on an RPO that can be kept.
#   controls: [NIST-CP-6(2), ISO27001-A.8.14, ISO22301-8.3]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       roles: {type: array, items: {type: string}, default: [database, storage], description: Roles of what keeps data that nothing else has}
#       apart: {type: array, items: {type: string}, default: [site, zone], description: "Kinds of failure domain that a copy must not share with what is written to; add region for copies in another region"}
#   reads: [stores]
package resilience.data.replicated_within_rpo

import data.resilience.lib.result
import data.resilience.lib.stores

settings := input.settings["replicated-within-rpo"]

kinds := {kind | some kind in settings.apart}

report := (of_stores | without_objective) | stores.without(settings.roles)

of_stores := {found |
	some id, store in input.stores
	counted := stores.counts(store, settings.roles)
	counted != "no"
	some outcome in {"violation", "unknown", "pass"}
	services := [service | some service, rpo in store.rpo; outcome_of(store, counted, rpo.seconds) == outcome]
	count(services) > 0
	found := result.about(outcome, id, services, text(outcome, store, services), more(outcome, id, store))
}

without_objective := {found |
	some id, store in input.stores
	stores.counts(store, settings.roles) != "no"
	count(store.rpo) == 0
	message := sprintf("no service that needs %s declares an RPO", [store.label])
	found := result.about("not_applicable", id, store.services, message, {})
}

outcome_of(store, counted, rpo) := "pass" if {
	some way in store.ways
	apart(way) == "yes"
	way.high <= rpo
} else := "violation" if {
	counted == "yes"
	some way in store.ways
	apart(way) == "yes"
	every other in store.ways { too_late(other, rpo) }
} else := "unknown"

too_late(way, rpo) if way.low > rpo

too_late(way, _) if apart(way) == "no"

apart(way) := "no" if {
	some shared in way.shares
	shared.kind in kinds
	shared.holds == "yes"
} else := "unknown" if {
	some shared in way.shares
	shared.kind in (kinds | {""})
} else := "yes"

text("pass", store, services) := sprintf("a copy of %s elsewhere is fresh enough for %s", [store.label, stores.named(services)])

text("violation", store, services) := sprintf("the freshest copy of %s elsewhere is %s, %s behind; %s", [store.label, freshest(store).label, freshest(store).behind, demanded(store, services)])

text("unknown", store, services) := sprintf("whether a copy of %s elsewhere is fresh enough is not known; %s", [store.label, demanded(store, services)])

demanded(store, services) := sprintf("%s may lose no more than %s", [services[0], store.rpo[services[0]].text]) if count(services) == 1

demanded(store, services) := sprintf("%s may lose no more than their RPO (%s and the like)", [stores.named(services), store.rpo[services[0]].text]) if {
	count(services) > 1
}

freshest(store) := found if {
	lags := [way.low | some way in store.ways; apart(way) == "yes"]
	found := [way | some way in store.ways; apart(way) == "yes"; way.low == min(lags)][0]
}

more("violation", id, store) := {"cause": [id, freshest(store).label], "at": array.concat([id], [backup.at | some backup in store.backups])}

more("pass", _, _) := {}

more("unknown", id, store) := {"at": [id], "hangs_on": reasons(store)}

reasons(store) := [sprintf("no replica or backup of %s is known to stand elsewhere; to make it known: declare `failover` with `replication`, or a backup with `every` and a place", [store.label])] if {
	count([way | some way in store.ways; apart(way) != "no"]) == 0
}

reasons(store) := array.concat(said(store), [sprintf("whether %s stands elsewhere is not known; to make it known: declare its `site` or `region`", [way.label]) |
	some way in store.ways
	apart(way) == "unknown"
]) if {
	count([way | some way in store.ways; apart(way) != "no"]) > 0
}

said(store) := [doubt | some way in store.ways; some doubt in way.hangs_on]
