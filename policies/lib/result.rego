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
