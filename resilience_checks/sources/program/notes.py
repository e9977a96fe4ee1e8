"""What a child told beside the protocol, in `notes.jsonl` of its private directory: one JSON object a line.

A child in any language may write any of these, each with the number that it sends with the request it is about:
`place` (file, line), `elements` (the URNs behind each element of an input, or null), `lookup` (token, elements, place,
and `unsent` arguments of one that was never sent), `mark` (a text that stands for a value of a lookup's answer;
with `whole` it stands, as the one element of a list, for that list),
`standin` (something stands for one that nobody gave), `guess` (the program relies on what nobody knows of an answer:
`what` is `length`, `least`, `elements`, `file` or `number`, with path, value and place), and without a number `outputs`
(elements of the stack's outputs), `skipped` (a callback that was not called), `unset` (a configuration value),
`unwatched` (a part of the SDK).

The program runs in the same process and can write there too, so each note is held against its form.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.answers import MARKER
from resilience_checks.sources.program.private_files import content

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MOST = 256 << 20
"""Bytes of the notes of one program."""
_GUESSED = frozenset({"length", "least", "elements", "file", "number"})


class MisshapenError(ValueError):
    """A note that no child writes."""


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


def read_notes(file: Path) -> Notes:
    """Return what the child noted; raise MisshapenError where there is nothing, too much, or what no child writes."""
    found = content(file, MOST)
    if found is None:
        raise MisshapenError("the notes are gone")
    if len(found) == MOST:
        raise MisshapenError(f"there are more than {MOST >> 20} MB of notes")
    notes = Notes()
    for number, line in enumerate(found.split(b"\n"), 1):
        if line:
            try:
                note = json.loads(line)
                _hold(note)
            except (ValueError, RecursionError) as error:
                raise MisshapenError(f"line {number} of the notes is no note ({type(error).__name__})") from error
            _take(notes, note.pop("kind"), note)
    return notes


def _take(notes: Notes, kind: str, note: dict[str, Any]) -> None:
    match kind:
        case "elements":
            notes.elements[note["number"]] = note.get("elements")
        case "place":
            notes.places[note["number"]] = note
        case "lookup":
            notes.lookups[note["number"]] = note
        case "mark":
            notes.marks.append((note["text"], note["number"], note["path"], note.get("whole", False)))
        case "outputs":
            notes.outputs = note.get("elements") or {}
        case "standin" | "guess" | "skipped":
            {"standin": notes.standins, "guess": notes.guesses, "skipped": notes.skipped}[kind].append(note)
        case "unset":
            notes.unset.append(note["key"])
        case "unwatched":
            notes.unwatched.append(note["what"])
        case _:
            pass


def _hold(note: Any) -> None:
    """Raise MisshapenError for what is no note: of an unknown kind, without a part that it needs, or with another form."""
    form = _FORMS.get(str(note.get("kind"))) if isinstance(note, dict) else None
    if form is None or not all(fits(note.get(name)) for name, fits in form.items()):
        raise MisshapenError


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_mark(value: object) -> bool:
    return isinstance(value, str) and MARKER.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float)


def _is_elements(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, dict) and all(
        isinstance(urns, list) and all(map(_is_text, urns)) for urns in value.values()
    )


def is_file(value: object) -> bool:
    """Return whether a value is what can be the path of a file."""
    try:
        return isinstance(value, str) and b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:
        return False


def _is_place(value: object) -> bool:
    return value is None or (isinstance(value, dict) and _stands(value))


def _stands(note: Mapping[str, Any]) -> bool:
    return is_file(note.get("file")) and _is_number(note.get("line"))


_FORMS: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "elements": {"number": _is_number, "elements": _is_elements},
    "place": {"number": _is_number, "file": is_file, "line": _is_number},
    "lookup": {
        "number": _is_number,
        "token": _is_text,
        "elements": _is_elements,
        "place": _is_place,
        "unsent": lambda value: value is None or isinstance(value, dict),
    },
    "mark": {"text": _is_mark, "number": _is_number, "path": _is_text},
    "standin": {"number": _is_number, "token": _is_text},
    "guess": {
        "number": _is_number,
        "token": _is_text,
        "what": lambda value: isinstance(value, str) and value in _GUESSED,
        "path": _is_text,
        "value": _is_amount,
        "place": _is_place,
    },
    "outputs": {"elements": _is_elements},
    "skipped": {"name": _is_text, "file": is_file, "line": _is_number},
    "unset": {"key": _is_text},
    "unwatched": {"what": _is_text},
}
