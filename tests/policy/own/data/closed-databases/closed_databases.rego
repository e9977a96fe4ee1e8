# METADATA
# title: A database can be reached from the internet
# description: No database has a public address.
# custom:
#   id: closed-databases
#   severity: high
#   remediation: Set publiclyAccessible to false.
#   resources: ["aws:rds/instance:Instance"]
package resilience.data.closed_databases

import data.resilience.lib.resource
import data.resilience.lib.result

databases := resource.of_type("aws:rds/instance:Instance")

# AWS documents false as the default.
open(database) := resource.equals_or(database, "publiclyAccessible", true, false)

report contains result.about("violation", found.name, [], message, {"at": [found.urn]}) if {
	some found in databases
	open(found) == "yes"
	message := sprintf("%s can be reached from the internet", [found.name])
}

report contains result.about("unknown", found.name, [], message, {"at": [found.urn], "hangs_on": [why]}) if {
	some found in databases
	open(found) == "unknown"
	message := sprintf("whether %s can be reached from the internet is not known", [found.name])
	why := "publiclyAccessible is not known before deployment; to make it known: give it in the configuration"
}

report contains result.about("pass", found.name, [], message, {"at": [found.urn]}) if {
	some found in databases
	open(found) == "no"
	message := sprintf("%s cannot be reached from the internet", [found.name])
}
