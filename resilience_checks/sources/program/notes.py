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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.private_files import text

if TYPE_CHECKING:
    from pathlib import Path


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
    """Return what the child noted; a program that ran without one has no such file."""
    notes = Notes()
    for line in filter(None, text(file).split("\n")):
        note = json.loads(line)
        _take(notes, note.pop("kind"), note)
    return notes


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
