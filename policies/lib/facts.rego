# METADATA
# title: Facts
# description: The answers to questions about faults
package resilience.lib.facts

# of is the answer to one question about one service. Two lookups in one step (`input.facts[question][service]`) cost
# regorus ten times as much as one after the other.
of(question, service) := answers[service] if answers := input.facts[question]
