# METADATA
# title: Firewalls that stand in for each other stand in one rack or on one feed
# description: >-
#   Firewalls that stand in for each other at one site share no failure domain below the site: no rack, room, host,
#   power feed, cooling plant or cluster takes all of them.
# custom:
#   id: independent-firewalls
#   severity: medium
#   waivable: true
#   on_unknown: {default: warn}
#   remediation: >-
#     Put the second firewall into another rack, on another host and another power feed.
#   controls: [CAF-B5.b.3, NIST-SI-13(4), ISO27001-A.7.11, ISO27001-A.8.14]
#   parameters:
#     type: object
#     additionalProperties: false
#     properties:
#       kinds: {type: array, items: {type: string}, default: [rack, room, host, power, cooling, cluster, chassis, switch], description: Kinds of failure domain that they may not share}
#       must_be_known: {type: array, items: {type: string}, default: [rack], description: Kinds of place of which somebody must say in which each firewall stands}
#   reads: [borders]
package resilience.network.independent_firewalls

import data.resilience.lib.result

kinds := input.settings["independent-firewalls"].kinds

must_be_known := input.settings["independent-firewalls"].must_be_known

shared(border) := [one | some one in border.shared; counts(one)]

counts(one) if {
	one.declared == "yes"
	one.kind in kinds
}

counts(one) if {
	one.declared == "no"
	one.kind in must_be_known
}

violations := {found |
	some key, border in input.borders
	some one in shared(border)
	one.sure == "yes"
	count({one.domain} & lost_with) == 0
	message := sprintf("%s %s takes every firewall %s: %s", [capitalised(one.kind), one.name, whose_one(border.whose), concat(" and ", border.firewalls)])
	found := result.about("violation", one.domain, border.services, message, {"cause": [one.domain, key], "at": one.at})
}

# lost_with has what no-single-point-of-failure tells of: what loses a service is told once, and there with the loss.
lost_with := {cause.target |
	some cause in input.causes["no-single-point-of-failure.outage"]
	some service in cause.on
	input.services[service].tier in input.settings["no-single-point-of-failure"].tiers
}

capitalised(text) := concat("", [upper(substring(text, 0, 1)), replace(substring(text, 1, -1), "-", " ")])

# whose_one says it of each single firewall.
whose_one(whose) := "of a group whose members stand in for each other" if {
	whose == "that stand in for each other"
} else := whose

others := {found |
	some _, border in input.borders
	outcome := outcome_of(border)
	outcome != "violation"
	found := result.about(outcome, border.target, border.services, text(outcome, border.whose), more(outcome, border))
}

outcome_of(border) := "violation" if {
	some one in shared(border)
	one.sure == "yes"
	count({one.domain} & lost_with) == 0
} else := "not_applicable" if {
	some one in shared(border)
	one.sure == "yes"
} else := "unknown" if {
	count(shared(border)) > 0
} else := "pass"

text("pass", whose) := sprintf("the firewalls %s share no failure domain below the site that is known", [whose])

text("unknown", whose) := sprintf("whether the firewalls %s share a failure domain is not known", [whose])

text("not_applicable", whose) := sprintf("what takes the firewalls %s loses a service: no-single-point-of-failure tells of it", [whose])

more("not_applicable", border) := {"at": border.at}

more("pass", border) := {"at": border.at}

more("unknown", border) := {"at": border.at, "hangs_on": [doubt(one) | some one in shared(border)]}

doubt(one) := sprintf("whether %s %s takes all of them is not known; to make it known: declare under `placement` or `domains` where each stands", [one.kind, one.name]) if one.declared == "yes"

doubt(one) := sprintf("nobody says in which %s each of them stands; to make it known: declare `%s` under `placement`, or of the `units`", [one.kind, one.kind]) if one.declared == "no"

report contains found if some found in violations

report contains found if some found in others

report contains result.about("not_applicable", "borders", [], "no two firewalls stand in for each other at one site", {}) if count(input.borders) == 0
