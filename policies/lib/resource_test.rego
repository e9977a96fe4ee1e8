package resilience.lib.resource_test

import data.resilience.lib.resource

one := {
	"urn": "urn:one",
	"values": {"open": false, "port": 5432, "rules": [{"to": "a"}], "rules.0": {"to": "a"}, "rules.0.to": "a", "none": null},
	"states": {
		"open": "known",
		"port": "known",
		"rules": "known",
		"rules.0": "known",
		"rules.0.to": "known",
		"none": "known",
		"tags": "unknown",
		"list": "unknown",
		"list.0": "unknown",
		"list.1": "secret",
		"password": "secret",
	},
	"unknown": ["tags", "list", "list.0"],
}

test_states if {
	expected := {
		"open": "known",
		"rules.0.to": "known",
		"tags": "unknown",
		"tags.a.b": "unknown",
		"tagsish": "absent",
		"list.1": "secret",
		"password": "secret",
		"rules.1.to": "absent",
	}
	every path, state in expected { resource.state(one, path) == state }
}

test_equals if {
	resource.equals(one, "open", false) == "yes"
	resource.equals(one, "open", true) == "no"
	resource.equals(one, "none", null) == "yes"
	resource.equals(one, "rules.0.to", "a") == "yes"
	resource.equals(one, "rules", [{"to": "a"}]) == "yes"
	resource.equals(one, "tags", {}) == "unknown"
	resource.equals(one, "tags.x", 1) == "unknown"
	resource.equals(one, "password", "a") == "unknown"
	resource.equals(one, "absent", "a") == "unknown"
}

test_equals_or if {
	resource.equals_or(one, "absent", true, false) == "no"
	resource.equals_or(one, "absent", true, true) == "yes"
	resource.equals_or(one, "open", true, true) == "no"
	resource.equals_or(one, "tags", true, true) == "unknown"
}

test_present if {
	resource.present(one, "open") == "yes"
	resource.present(one, "password") == "yes"
	resource.present(one, "tags.a") == "unknown"
	resource.present(one, "absent") == "no"
}

test_one_of if {
	resource.one_of(one, "rules.0.to", {"a", "b"}) == "yes"
	resource.one_of(one, "rules.0.to", {"c"}) == "no"
	resource.one_of(one, "tags", {"c"}) == "unknown"
	resource.one_of(one, "absent", {"c"}) == "unknown"
}

test_at_least if {
	resource.at_least(one, "port", 5432) == "yes"
	resource.at_least(one, "port", 5433) == "no"
	resource.at_least(one, "open", 1) == "unknown"
	resource.at_least(one, "tags", 1) == "unknown"
}

test_of_type if {
	found := resource.of_type("t") with input as {"resources": {"t": [one]}}
	found == [one]
}

test_of_a_type_that_no_program_has if {
	found := resource.of_type("t") with input as {"resources": {}}
	found == []
}
