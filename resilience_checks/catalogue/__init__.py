"""Station 2: what a resource type means for failure."""
