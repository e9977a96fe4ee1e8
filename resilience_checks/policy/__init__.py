"""Station 5: Rego policies decide over the analysis."""
