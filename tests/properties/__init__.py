"""The semantics once more, slow and plain, and what must hold of the analysis beside it."""
