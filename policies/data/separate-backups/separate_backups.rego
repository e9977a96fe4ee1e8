# METADATA
# title: One fault takes a data store and every backup of it
# description: >-
#   No one place, device or account holds a data store together with all of its backups, so that what destroys the data
#   leaves a copy to restore it from. The loss of a region counts for what services need that somebody declared.
# custom:
#   id: separate-backups
#   severity: high
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Keep one backup where the fault does not reach: at another site or in another region, and under an account or
#     manager of its own.
#   controls: [CAF-B5.c.1, NIST-CP-9(3), NIST-CP-6(1), ISO27001-A.8.13, DORA-12.3, NIS2-4.2.2.c]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       roles: {type: array, items: {type: string}, default: [database, storage], description: Roles of what keeps data that nothing else has}
#       kinds: {type: array, items: {type: string}, default: [device, host, cluster, rack, room, building, campus, site, zone, region, hazard, power, cooling, account, management-plane, provider-instance, identity-provider, credential, supplier], description: Kinds of failure domain that may not hold both}
#   reads: [stores]
package resilience.data.separate_backups

import data.resilience.lib.result
import data.resilience.lib.stores

settings := input.settings["separate-backups"]

kinds := {kind | some kind in settings.kinds}

# What takes a whole region away is not surely asked about where nobody said how far a service reaches, or how much it matters.
wide := {"region", "hazard"}

report := (violations | others) | stores.without(settings.roles)

violations := {found |
	some id, store in input.stores
	stores.counts(store, settings.roles) == "yes"
	some domain in store.shared
	surely(domain, store)
	message := sprintf("One %s of %s %s takes %s and every backup of it (%s)", [domain.fault, domain.kind, domain.name, store.label, names(store)])
	found := result.about("violation", domain.id, store.services, message, {"cause": [id, domain.id], "at": at(id, store, domain)})
}

names(store) := concat(", ", [backup.id | some backup in store.backups])

at(id, store, _) := array.concat([backup.at | some backup in store.backups], [id])

surely(domain, store) if {
	domain.holds == "yes"
	domain.kind in kinds
	count({kind | some kind in domain.inside; kind in kinds}) == 0
	counts(domain, store)
}

counts(domain, _) if domain.kind in (kinds - wide)

counts(_, store) if count(said(store)) > 0

# said are the services that need the store, and whose scope or tier somebody declared.
said(store) := {service | some service in store.services; some key in ["scope", "tier"]; input.services[service][key] != "unknown"}

others := {found |
	some id, store in input.stores
	stores.counts(store, settings.roles) != "no"
	outcome := outcome_of(store)
	outcome != "violation"
	found := result.about(outcome, id, store.services, text(outcome, store), more(outcome, id, store))
}

outcome_of(store) := "not_applicable" if {
	count(store.backups) == 0
} else := "violation" if {
	stores.counts(store, settings.roles) == "yes"
	some domain in store.shared
	surely(domain, store)
} else := "unknown" if {
	some domain in store.shared
	domain.kind in kinds
} else := "pass"

text("not_applicable", store) := sprintf("no backup of %s is known: backups-exist asks for one", [store.label])

text("pass", store) := sprintf("nothing that was asked about takes %s and every backup of it", [store.label])

text("unknown", store) := sprintf("whether one fault takes %s and every backup of it (%s) is not known", [store.label, names(store)])

more("unknown", id, store) := {"at": [id], "hangs_on": reasons(store)}

more("pass", _, _) := {}

more("not_applicable", _, _) := {}

reasons(store) := array.concat(undeclared(store), store.hangs_on) if count(store.hangs_on) > 0

undeclared(store) := [text |
	some service in store.services
	some domain in store.shared
	domain.holds == "yes"
	domain.kind in (wide & kinds)
	count(said(store)) == 0
	text := sprintf("neither the scope nor the tier of %s is declared, so whether a copy must outlive %s %s is not known; to make it known: declare `scope` and `tier` of %s", [service, domain.kind, domain.name, service])
]

reasons(store) := undeclared(store) if {
	count(store.hangs_on) == 0
	count(undeclared(store)) > 0
} else := [sprintf("whether %s %s takes both is not known; to make it known: declare where they stand", [domain.kind, domain.name]) |
	some domain in store.shared
	domain.kind in kinds
] if {
	count(store.hangs_on) == 0
}
