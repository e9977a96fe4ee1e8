"""Stacks that refer to each other: evaluated together, outputs handed over, unknown ones kept as links."""
