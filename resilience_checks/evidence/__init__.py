"""What a check leaves for later: a statement of what was checked, and whether that still stands."""
