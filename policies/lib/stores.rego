# METADATA
# title: Stores
# description: Which data stores a policy is about, and what is said of services that have none
package resilience.lib.stores

import data.resilience.lib.result

# counts says whether a store keeps data of the wanted roles: yes, no or unknown.
counts(store, roles) := "yes" if {
	store.role in roles
} else := "unknown" if {
	store.role == "unknown"
	some role in store.may_be
	role in roles
} else := "no"

# without gives one not_applicable result for each service that needs no counted store.
without(roles) := {found |
	needing := {service | some store in input.stores; counts(store, roles) != "no"; some service in store.services}
	some service in (object.keys(input.services) - needing)
	found := result.of_service("not_applicable", service, "", sprintf("%s needs no data store, as far as is known", [service]))
}

named(services) := concat(", ", services)
