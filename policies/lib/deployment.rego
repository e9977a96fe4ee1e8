# METADATA
# title: Deployment
# description: What all policies on changes say where nothing is deployed, or nothing is known of it
package resilience.lib.deployment

import data.resilience.lib.result

# without is the report where there is no change to look at; it is empty where there is one.
without contains result.about("not_applicable", "change", [], "no change is given: name one with --base COMMIT or --preview FILE", {}) if {
	input.change.given == "no"
}

without contains result.about("unknown", "change", [], "what the change does is not known", {"hangs_on": [reason]}) if {
	input.change.given == "yes"
	input.change.known == "no"
}

reason := "one side of the change could not be evaluated, or the preview is partial; to make it known: write it with `pulumi preview --json --show-sames --show-replacement-steps`, or make the base readable"
