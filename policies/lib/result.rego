# METADATA
# title: Results
# description: The one place where a policy's findings are made
package resilience.lib.result

# violation is one cause that surely loses the services.
violation(cause, services, message) := {
	"outcome": "violation",
	"target": cause.target,
	"cause": cause.events,
	"services": services,
	"question": cause.question,
	"message": message,
}

# of_service is any other outcome, one for each service.
of_service(outcome, service, question, message) := {
	"outcome": outcome,
	"target": service,
	"cause": [],
	"services": [service],
	"question": question,
	"message": message,
}

# about is an outcome that rests on no question about faults. `more` may add: `cause` (what is violated), `at` (ids in the
# document whose lines to show, the line to annotate first), `evidence` (an object), `hangs_on` (what is not known and how
# to make it known).
about(outcome, target, services, message, more) := object.union(
	{
		"outcome": outcome,
		"target": target,
		"cause": [],
		"services": services,
		"question": "",
		"message": message,
	},
	more,
)
