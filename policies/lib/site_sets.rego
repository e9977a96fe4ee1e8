# METADATA
# title: Sets of sites
# description: How far apart the sites are over which a service is redundant, and why that is not known
package resilience.lib.site_sets

# undecided has the sets of sites of a service that are not known to stand apart; `distances` says it of every set.
undecided(service, distances) := [id |
	some id in input.site_sets.of[service]
	distances[id] != "apart"
]

distance(sites, minimum_km) := "apart" if {
	sites.km >= minimum_km
} else := "near" if {
	count(sites.without) == 0
} else := "unknown"

doubts(service, ids, distances) := without(ids, distances) | {text |
	some id in ids
	sites := input.site_sets.sets[id]
	distances[id] == "near"
	service in sites.possibly
	text := sprintf("whether sites %s, %v km apart, are all that %s has is not known; to make it known: see `cut-sets %s`", [listed(sites.names), sites.km, service, service])
}

without(ids, distances) := {text |
	some id in ids
	sites := input.site_sets.sets[id]
	distances[id] == "unknown"
	some site in sites.without
	text := sprintf("the coordinates of site %s are not declared; to make it known: declare `coordinates` of %s", [site, site])
}

scope(service, applicable) := {text |
	applicable == "unknown"
	text := sprintf("the scope of %s is not declared; to make it known: declare `scope` of %s", [service, service])
}

named(ids) := concat("; ", [listed(input.site_sets.sets[id].names) | some id in array.slice(ids, 0, 3)])

listed(names) := concat(" and ", names)

# alone has the services that one site surely loses.
alone(question) := {service: "yes" |
	some cause in input.causes[question]
	input.events[cause.events[0]].kind == "site"
	some service in cause.services
}
