"""Where `check` keeps what it found before, and whether it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings

_OFF = "off"


def folder(wanted: bool | None, around: Surroundings) -> Path | None:  # noqa: FBT001 as click gives it
    """Return the folder of the cache, None where there shall be none.

    In CI there is none unless it is asked for: what one run of an untrusted program writes, a later one would trust.
    """
    if wanted is False or (wanted is None and (around.cache == _OFF or around.system)):
        return None
    if around.cache not in {"", _OFF}:
        return Path(around.cache)
    from platformdirs import user_cache_path

    return user_cache_path("resilience-checks", appauthor=False)
