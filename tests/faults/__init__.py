"""Faults of all that a check stands on, each brought about for real: it is told, or it does not matter."""
