"""Station 4: which faults lose which services."""
