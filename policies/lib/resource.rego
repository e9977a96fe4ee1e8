# METADATA
# title: Resources
# description: What programs give to resources, read so that what is not known stays unknown
package resilience.lib.resource

# of_type gives the resources of one type; ask for the type under `resources` in METADATA.
of_type(type) := object.get(input.resources, type, [])

# state says whether what stands at a path (such as `rules.0.port`) is known, unknown, secret or absent.
state(resource, path) := resource.states[path] if {
	resource.states[path]
} else := "unknown" if {
	some unknown in resource.unknown
	startswith(path, concat("", [unknown, "."]))
} else := "absent"

# present says whether anything is given at the path.
present(resource, path) := {"known": "yes", "secret": "yes", "unknown": "unknown", "absent": "no"}[state(resource, path)]

# equals says whether the value at the path is the wanted one. What is absent is unknown: the provider chooses.
equals(resource, path, wanted) := compared(resource, path, wanted, state(resource, path))

# equals_or is equals with the provider's documented default for what is absent.
equals_or(resource, path, wanted, _) := equals(resource, path, wanted) if state(resource, path) != "absent"

equals_or(resource, path, wanted, default_value) := same(default_value, wanted) if state(resource, path) == "absent"

# one_of says whether the value at the path is one of the wanted ones.
one_of(resource, path, _) := "unknown" if state(resource, path) != "known"

one_of(resource, path, wanted) := among(resource.values[path], wanted) if state(resource, path) == "known"

# at_least says whether the number at the path is as large as the limit; what is no number is unknown.
at_least(resource, path, limit) := "yes" if {
	is_number(resource.values[path])
	resource.values[path] >= limit
} else := "no" if {
	is_number(resource.values[path])
} else := "unknown"

compared(resource, path, wanted, "known") := same(resource.values[path], wanted)

compared(_, _, _, state) := "unknown" if state in {"unknown", "secret", "absent"}

same(value, wanted) := "yes" if value == wanted

same(value, wanted) := "no" if value != wanted

among(value, wanted) := "yes" if {
	some one in wanted
	value == one
} else := "no"
