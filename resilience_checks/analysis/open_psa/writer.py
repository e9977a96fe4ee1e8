"""Writes fault trees as an Open-PSA file that other engines read, SCRAM among them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.tree import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.analysis.lowering import Trees

_NO_NAME = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class File:
    """The text of a file, and the name in it of each top and each event."""

    text: str
    tops: Mapping[str, str]
    events: Mapping[str, str]


def written(trees: Trees, name: str) -> File:
    """Return the fault trees as one file.

    Names of the format are words without dots, colons and slashes: each event and top keeps its own name as label.
    """
    taken: set[str] = set()
    tops = {top: _name(top, taken) for top in trees.tops}
    events = {event: _name(event, taken) for event in trees.events}
    named = [events[event] for event in trees.events]
    counts = references(trees.tree, trees.tops.values())
    size = trees.tree.events
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<opsa-mef>", f'  <define-fault-tree name="{_word(name)}">']
    for top, node in trees.tops.items():
        lines += _gate(tops[top], top, [_reference(size, node, named)])
    for gate, (needed, children) in enumerate(zip(trees.tree.needed, trees.tree.children, strict=True)):
        if counts[size + gate]:
            lines += _gate(f"g{gate}", None, list(_formula(size, needed, children, named)))
    lines += ["  </define-fault-tree>", "  <model-data>"]
    for number, event in enumerate(trees.events):
        if counts[number]:
            lines.append(
                f'    <define-basic-event name="{named[number]}"><label>{_text(event)}</label></define-basic-event>'
            )
    lines += ["  </model-data>", "</opsa-mef>"]
    return File("".join(f"{line}\n" for line in lines), tops, events)


def _text(label: str) -> str:
    return escape("".join(letter if letter.isprintable() else " " for letter in label))


def _gate(name: str, label: str | None, formula: list[str]) -> Iterator[str]:
    yield f'    <define-gate name="{name}">'
    if label is not None:
        yield f"      <label>{_text(label)}</label>"
    yield from (f"      {line}" for line in formula)
    yield "    </define-gate>"


def _formula(size: int, needed: int, children: tuple[int, ...], named: Sequence[str]) -> Iterator[str]:
    if not 1 <= needed <= len(children):
        yield f'<constant value="{"true" if needed <= 0 else "false"}"/>'
        return
    assert len(set(children)) == len(children), "other engines take an argument once"
    tag, least = (
        ("or", "") if needed == 1 else ("and", "") if needed == len(children) else ("atleast", f' min="{needed}"')
    )
    yield f"<{tag}{least}>"
    yield from (f"  {_reference(size, child, named)}" for child in children)
    yield f"</{tag}>"


def _reference(size: int, node: int, named: Sequence[str]) -> str:
    return f'<gate name="g{node - size}"/>' if node >= size else f'<basic-event name="{named[node]}"/>'


def _name(label: str, taken: set[str]) -> str:
    """Return a name for the label that nothing else has, and add it to those that are taken."""
    word = name = _word(label)
    number = 1
    while name.lower() in taken or re.fullmatch(r"g\d+", name):
        number += 1
        name = f"{word}_{number}"
    taken.add(name.lower())
    return name


def _word(label: str) -> str:
    word = _NO_NAME.sub("_", label).strip("_")
    return word if word[:1].isalpha() else f"x_{word}"
