"""How many examples a slow property has in the usual run: in a profile that was asked for it has those of the profile."""

from __future__ import annotations

import os

from hypothesis import settings


def usually(examples: int) -> settings:
    """Return the settings of a property that costs a tenth of a second and more for each example."""
    chosen = os.environ.get("HYPOTHESIS_PROFILE") or "default"
    return settings(max_examples=examples) if chosen == "default" else settings()
