# METADATA
# title: Quorums
# description: Which places may take a quorum away from a service, and why that is not known
package resilience.lib.quorums

# counts says whether the loss of a place of this kind must be survived: one of `kinds`, or a region, by what `regional`
# says of the service.
counts(kind, _, kinds, _) := "yes" if kind in kinds

counts("region", service, _, regional) := regional[service]

doubtful(service, quorum, kinds, regional) := "yes" if {
	count(open(service, quorum, kinds, regional)) > 0
} else := "yes" if {
	quorum.at_rest == "unknown"
} else := "no"

# open has the places of which it is not known whether they take the quorum, or whether it stands in them alone.
open(service, quorum, kinds, regional) := {place |
	some place, held in quorum.places
	counts(held.kind, service, kinds, regional) in {"yes", "unknown"}
	held.all in {"no", "unknown"}
	some name in array.concat(held.lost, held.possibly)
	name == service
}

doubts(service, id, kinds, regional) := {text | some text in input.quorums.all[id].hangs_on} | {text |
	quorum := input.quorums.all[id]
	some place in open(service, quorum, kinds, regional)
	some text in doubt(service, quorum, quorum.places[place], counts(quorum.places[place].kind, service, kinds, regional))
}

# doubt tells why it is not known whether a place takes a quorum away from a service, which `counted` asks of it.
doubt(service, quorum, held, counted) := [text |
	some [applies, text] in [
		[held.all, sprintf("how many voters of %s stand in one place is not known; to make it known: declare the place of each", [quorum.label])],
		[counted, sprintf("the scope of %s is not declared; to make it known: declare `scope` of %s", [service, service])],
		[vague(quorum, held, counted), sprintf("whether the loss of %s %s takes it from %s is not known; to make it known: see `cut-sets %s`", [held.kind, held.name, service, service])],
	]
	applies == "unknown"
]

# vague says unknown where nothing else tells why it is not known.
vague(quorum, held, counted) := "unknown" if {
	held.all == "no"
	counted == "yes"
	count(quorum.hangs_on) == 0
} else := "no"

one_place(quorum, kinds) := "yes" if {
	some held in quorum.places
	held.kind in kinds
	held.all == "yes"
} else := "no"
