"""What a child told beside the protocol, in `notes.jsonl` of its private directory: one JSON object a line.

A child in any language may write any of these, each with the number that it sends with the request it is about:
`place` (file, line), `elements` (the URNs behind each element of an input, or null), `lookup` (token, elements, place,
and `unsent` arguments of one that was never sent), `mark` (a text that stands for a value of a lookup's answer;
with `whole` it stands, as the one element of a list, for that list),
`standin` (something stands for one that nobody gave), `guess` (the program relies on what nobody knows of an answer:
`what` is `length`, `least`, `elements`, `file` or `number`, with path, value and place), and without a number `outputs`
(elements of the stack's outputs), `skipped` (a callback that was not called), `unset` (a configuration value),
`unwatched` (a part of the SDK).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import InputError
from resilience_checks.sources.program.left import Tampered, content

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from resilience_checks.model.location import Location

_LAST_LINE = 1 << 30
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass
class Notes:
    """The notes of one run, by their kind."""

    elements: dict[int, dict[str, list[str]] | None] = field(default_factory=dict)
    places: dict[int, dict[str, Any]] = field(default_factory=dict)
    lookups: dict[int, dict[str, Any]] = field(default_factory=dict)
    marks: list[tuple[str, int, str, bool]] = field(default_factory=list)
    standins: list[dict[str, Any]] = field(default_factory=list)
    guesses: list[dict[str, Any]] = field(default_factory=list)
    outputs: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    unset: list[str] = field(default_factory=list)
    unwatched: list[str] = field(default_factory=list)

    @property
    def standing(self) -> frozenset[int]:
        """The numbers of the lookups for whose answers something stood."""
        return frozenset(note["number"] for note in self.standins)


def read_notes(file: Path, project: Location) -> Notes:
    """Return what the child noted of the program of a `project`; a program that ran without one has no such file.

    The program shares the child's process, so any of it may be the program's. What no child writes is an InputError.
    """
    notes = Notes()
    try:
        for line in filter(None, content(file).decode().split("\n")):
            note = json.loads(line)
            _hold(note)
            _take(notes, note.pop("kind"), note)
    except (Tampered, ValueError, RecursionError) as error:
        raise InputError(
            "what was noted while the program ran is not what the check's own code notes",
            location=project,
            why="the program wrote it, or stopped its writing, so what it makes cannot be told",
            remedy="take out what writes to the files of the directory in HOME",
        ) from error
    return notes


def _number(value: object) -> bool:
    return type(value) is int and value >= 0


def _line(value: object) -> bool:
    return type(value) is int and 0 < value <= _LAST_LINE


def _amount(value: object) -> bool:
    return type(value) in {bool, int} or (type(value) is float and math.isfinite(value))


def _text(value: object) -> bool:
    """Return whether a value is a text that can be written, and in which no path ends early."""
    return isinstance(value, str) and (value.isascii() or _SURROGATE.search(value) is None) and "\0" not in value


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _object(value: object) -> bool:
    return value is None or isinstance(value, dict)


def _place(value: object) -> bool:
    return value is None or (isinstance(value, dict) and _text(value.get("file")) and _line(value.get("line")))


def _elements(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, dict) and all(isinstance(urns, list) and all(map(_text, urns)) for urns in value.values())


_FORMS: Mapping[str, tuple[Mapping[str, Callable[[object], bool]], Mapping[str, Callable[[object], bool]]]] = {
    "elements": ({"number": _number, "elements": _elements}, {}),
    "place": ({"number": _number, "file": _text, "line": _line}, {}),
    "lookup": ({"number": _number, "token": _text}, {"elements": _elements, "place": _place, "unsent": _object}),
    "mark": ({"number": _number, "text": _text, "path": _text}, {"whole": _flag}),
    "outputs": ({"elements": _elements}, {}),
    "standin": ({"number": _number, "token": _text}, {}),
    "guess": (
        {
            "number": _number,
            "token": _text,
            "what": lambda value: value in ("length", "least", "elements", "file", "number"),
            "path": _text,
            "value": _amount,
        },
        {"place": _place},
    ),
    "skipped": ({"file": _text, "line": _line, "name": _text}, {}),
    "unset": ({"key": _text}, {}),
    "unwatched": ({"what": _text}, {}),
}
"""By kind, the form of what each note has and of what it may have."""


def _hold(note: object) -> None:
    if not isinstance(note, dict) or not isinstance(note.get("kind"), str):
        raise Tampered("a note without a kind")
    needed, allowed = _FORMS.get(note["kind"], ({}, {}))
    if not all(key in note and fits(note[key]) for key, fits in needed.items()):
        raise Tampered("a note that lacks something")
    if not all(fits(note[key]) for key, fits in allowed.items() if key in note):
        raise Tampered("a note of another form")


def _take(notes: Notes, kind: str, note: dict[str, Any]) -> None:
    match kind:
        case "elements":
            notes.elements[note["number"]] = note["elements"]
        case "place":
            notes.places[note["number"]] = note
        case "lookup":
            notes.lookups[note["number"]] = note
        case "mark":
            notes.marks.append((note["text"], note["number"], note["path"], note.get("whole", False)))
        case "outputs":
            notes.outputs = note["elements"] or {}
        case "standin" | "guess" | "skipped":
            {"standin": notes.standins, "guess": notes.guesses, "skipped": notes.skipped}[kind].append(note)
        case "unset":
            notes.unset.append(note["key"])
        case "unwatched":
            notes.unwatched.append(note["what"])
        case _:
            pass
