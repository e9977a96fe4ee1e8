"""Station 1: a Pulumi program, preview or state becomes a ResourceGraph."""
