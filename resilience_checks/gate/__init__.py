"""Station 6: from results to a verdict."""
