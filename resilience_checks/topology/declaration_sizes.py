"""Amounts of data as resilience.yaml writes them: `800GB`, `1.5TiB`; a throughput has `/s` behind it."""

from __future__ import annotations

import math
import re

_DECIMAL = ("B", "KB", "MB", "GB", "TB", "PB")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_UNITS = {unit: math.pow(1000, power) for power, unit in enumerate(_DECIMAL)} | {
    unit: math.pow(1024, power) for power, unit in enumerate(_BINARY)
}
"""Bytes of each unit: the decimal ones of the SI, the binary ones of IEC 80000-13."""
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)")


def size(text: str) -> float:
    """Return the bytes of an amount that fits the schema.

    >>> size("800GB"), size("1.5KiB")
    (800000000000.0, 1536.0)
    """
    found = _AMOUNT.fullmatch(text)
    assert found is not None
    return float(found[1]) * _UNITS[found[2]]


def amount(value: float) -> str:
    """Return bytes in the largest decimal unit of which there is at least one.

    >>> amount(800e9), amount(1536.0), amount(0)
    ('800 GB', '1.536 KB', '0 B')
    """
    power = max((power for power in range(len(_DECIMAL)) if value >= 1000**power), default=0)
    return f"{value / 1000**power:g} {_DECIMAL[power]}"
