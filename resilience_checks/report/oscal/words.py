"""Identities and words as OSCAL has them: UUIDs that come out alike each time, tokens, lines, and Markdown."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import quote

from resilience_checks.report.text import one_line, safe

NAMESPACE = "urn:resilience-checks:oscal"
"""Of the properties, and of the facets of risks, that are our own."""
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
_MARKS = re.compile(r"([\\`*_{}\[\]<>^~\"])")
_NIST = re.compile(r"NIST-([A-Z]{2})-([0-9]+)(?:\(([0-9]+)\))?")


def identity(*names: object) -> str:
    """Return the version 5 UUID of what these names tell apart."""
    return str(uuid.uuid5(_ROOT, "\x1f".join(str(name).encode(errors="replace").decode() for name in names)))


def control_id(control: str) -> str:
    """Return a control as OSCAL names it: NIST's as its own catalogue of SP 800-53 has them, others as a token.

    >>> control_id("NIST-SC-5(2)"), control_id("NIST-CP-7"), control_id("CAF-B5.b.4"), control_id("1 (a)")
    ('sc-5.2', 'cp-7', 'CAF-B5.b.4', '_1-a')
    """
    if (nist := _NIST.fullmatch(control)) is not None:
        family, number, enhancement = nist.groups()
        return f"{family.lower()}-{number}" + (f".{enhancement}" if enhancement else "")
    token = re.sub(r"[^A-Za-z0-9._-]+", "-", control).strip("-")
    return token if token[:1].isalpha() else f"_{token}"


def line(text: object) -> str:
    """Return text as a value of one line, which is never empty."""
    return one_line(" ".join(str(text).split())).strip() or "none"


def markdown(text: str) -> str:
    r"""Return text of unknown origin as Markdown that shows it as it is.

    >>> print(markdown("fw_a <img>"))
    fw\_a \<img\>
    """
    return _MARKS.sub(r"\\\1", safe(text)).strip() or "none"


def heading(text: str) -> str:
    """Return text of unknown origin as Markdown of one line."""
    return markdown(line(text))


def prop(name: str, value: object) -> dict[str, str]:
    """Return a property of ours."""
    return {"name": name, "ns": NAMESPACE, "value": line(value)}


def address(path: str, row: int | None = None) -> str:
    """Return a path below the repository's root as a URI reference, to a line of it where one is given."""
    return quote(path, safe="/", errors="replace") + (f"#L{row}" if row is not None else "")


def filled(**found: Any) -> dict[str, Any]:
    """Return what is not empty, names with dashes: OSCAL has no empty lists."""
    return {name.replace("_", "-"): value for name, value in found.items() if value not in (None, "", [], {})}
