# METADATA
# title: Firewalls that stand in for each other stand in one rack or on one feed
# description: >-
#   The firewalls of one site's border share no failure domain below the site: no rack, host, power feed or cluster
#   takes all of them.
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
#       kinds: {type: array, items: {type: string}, default: [rack, host, power, cluster, chassis, switch], description: Kinds of failure domain that they may not share}
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
	some site, border in input.borders
	some one in shared(border)
	one.sure == "yes"
	message := sprintf("%s %s takes every firewall of site %s: %s", [capitalised(one.kind), one.name, site, concat(" and ", border.firewalls)])
	found := result.about("violation", one.domain, border.services, message, {"cause": [one.domain, site], "at": one.at})
}

capitalised(text) := concat("", [upper(substring(text, 0, 1)), replace(substring(text, 1, -1), "-", " ")])

others := {found |
	some site, border in input.borders
	outcome := outcome_of(border)
	outcome != "violation"
	found := result.about(outcome, sprintf("site:%s", [site]), border.services, text(outcome, site), more(outcome, site, border))
}

outcome_of(border) := "violation" if {
	some one in shared(border)
	one.sure == "yes"
} else := "unknown" if {
	count(shared(border)) > 0
} else := "pass"

text("pass", site) := sprintf("the firewalls of site %s share no failure domain below the site that is known", [site])

text("unknown", site) := sprintf("whether the firewalls of site %s share a failure domain is not known", [site])

more("pass", site, _) := {"at": [site]}

more("unknown", site, border) := {"at": [site], "hangs_on": [doubt(one) | some one in shared(border)]}

doubt(one) := sprintf("whether %s %s takes all of them is not known; to make it known: declare under `placement` or `domains` where each stands", [one.kind, one.name]) if one.declared == "yes"

doubt(one) := sprintf("nobody says in which %s each of them stands; to make it known: declare `%s` under `placement`, or of the `units`", [one.kind, one.kind]) if one.declared == "no"

report contains found if some found in violations

report contains found if some found in others

report contains result.about("not_applicable", "borders", [], "no site has a border of two firewalls", {}) if count(input.borders) == 0
