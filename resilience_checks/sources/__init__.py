"""Station 1: a Pulumi program becomes a ResourceGraph."""
