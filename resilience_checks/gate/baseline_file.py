"""`resilience-baseline/v1`: the findings that stood on a day, as a file that is reviewed like code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from resilience_checks.gate.baseline import Earlier, Entry
from resilience_checks.model.errors import UsageError
from resilience_checks.model.json_text import JsonError, load
from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome, Severity
from resilience_checks.model.schema_fault import fault
from resilience_checks.model.yaml_places import place

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = "resilience-baseline/v1"
NAME = "resilience-baseline.json"
_LISTS = ("services", "consumers", "stacks")
_LONGEST = 300
_WHY = "which findings stood before is not known, so nothing was checked"
_REMEDY = "write it anew with `resilience-checks baseline write`"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A file as it was read, by the name that is shown of it; `content` is None where it is not there."""

    name: str
    content: bytes | None
    absent: str = ""
    """Why an absent file is none at fault."""

    def earlier(self) -> Earlier:
        """Return what stands in it; raise UsageError at the line of what is wrong."""
        name = f"baseline {self.name}"
        if self.content is None:
            return Earlier(f"{name} ({self.absent})" if self.absent else name, f"in {name}", ())
        return Earlier(name, f"in {name}", read(self.content, self.name))


def written(entries: Sequence[Entry]) -> str:
    """Return the text of a file: sorted, each value on a line of its own, and nothing that another day would change."""
    data = {"schema": VERSION, "findings": [_data(entry) for entry in sorted(entries, key=lambda entry: entry.key)]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def read(content: bytes, name: str) -> tuple[Entry, ...]:
    """Return the entries of a file; raise UsageError at the line of what is wrong in it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong("not UTF-8 text", Location(name, line)) from error
    try:
        data = load(text)
    except JsonError as error:
        raise _wrong(error.what, Location(name, error.line or 1, error.column or None)) from error
    _hold(data, text, name)
    return tuple(_read(item) for item in data["findings"])


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a file."""
    text = resources.files("resilience_checks.gate").joinpath("baseline.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _hold(data: Any, text: str, name: str) -> None:
    error = fault(schema(), data)
    if error is not None:
        named = "/".join(str(item) for item in error.absolute_path) or "the top"
        raise _wrong(f"at {named}: {error.message[:_LONGEST]}", Location(name, *place(text, error.absolute_path)))


def _wrong(what: str, location: Location) -> UsageError:
    return UsageError(f"no baseline can be read: {what}", location=location, why=_WHY, remedy=_REMEDY)


def _data(entry: Entry) -> dict[str, Any]:
    plain = {
        "fingerprint": entry.fingerprint,
        "policy": entry.policy,
        "outcome": str(entry.outcome),
        "severity": str(entry.severity),
        "target": entry.target,
        "message": entry.message,
    }
    return plain | {key: list(names) for key in _LISTS if (names := getattr(entry, key))}


def _read(item: dict[str, Any]) -> Entry:
    services, consumers, stacks = (tuple(sorted(item.get(key, ()))) for key in _LISTS)
    return Entry(
        item["fingerprint"],
        item["policy"],
        Outcome(item["outcome"]),
        Severity(item["severity"]),
        item["target"],
        item["message"],
        services,
        consumers,
        stacks,
    )
