"""Durations as resilience.yaml writes them: `30s`, `5m`, `1h30m`, `2d`, or ISO 8601 such as `PT1H`."""

from __future__ import annotations

import math
import re

_MILLISECONDS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_NUMBER = r"([0-9]{1,9}(?:\.[0-9]+)?)"
_SHORT = re.compile("".join(f"(?:{_NUMBER}{unit})?" for unit in _MILLISECONDS))
_ISO = re.compile(f"P(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?")


def seconds(text: str) -> float | None:
    """Return the seconds that a duration lasts, None when `text` is none.

    >>> seconds("1h30m"), seconds("PT1H"), seconds("1 hour")
    (5400.0, 3600.0, None)
    """
    short, iso = _SHORT.fullmatch(text), _ISO.fullmatch(text)
    if short and any(short.groups()):
        return _total(short.groups(), tuple(_MILLISECONDS))
    if iso and any(iso.groups()) and not text.endswith("T"):
        return _total(iso.groups(), ("d", "h", "m", "s"))
    return None


def duration(length: float) -> str:
    """Return the short form of a whole number of milliseconds given in seconds.

    >>> duration(5400.0), duration(0.25), duration(0.0)
    ('1h30m', '250ms', '0s')
    """
    if not math.isfinite(length * 1000):  # of a report that somebody else wrote
        return f"{length:g}s"
    left = round(length * 1000)
    parts = []
    for unit, size in _MILLISECONDS.items():
        if unit == "w":
            continue
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _total(numbers: tuple[str | None, ...], units: tuple[str, ...]) -> float:
    given = ((number, unit) for number, unit in zip(numbers, units, strict=True) if number)
    return sum(float(number) * _MILLISECONDS[unit] for number, unit in given) / 1000
