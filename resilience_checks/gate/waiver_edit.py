"""Edits the text of resilience-waivers.yaml line by line, so that its comments and its layout stay as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.gate.waiver_file import NAME, parsed, refuse
from resilience_checks.model.location import Location
from resilience_checks.model.yaml_text import with_places

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from ruamel.yaml.nodes import SequenceNode

    from resilience_checks.model.waiver import Waiver

NEW = """\
# yaml-language-server: $schema=resilience-waivers.schema.json
# Which findings are accepted, by whom, and until when: docs/gate.md of resilience-checks.
version: 1
waivers:
"""
_EMPTY = re.compile(r"^waivers:[ \t]*(?:\[[ \t]*\])?(?=[ \t]*(?:#.*)?$)", re.MULTILINE)
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one waiver, from 0: with the comments right above it, without what follows it."""

    first: int
    dash: int
    end: int


def added(text: str, waiver: Waiver, today: date) -> str:
    """Return the text with one more waiver at the end of its list; raise UsageError where the list is not a plain one."""
    text = text if text.endswith("\n") or not text else f"{text}\n"
    before = parsed(text.encode(), NAME, today).waivers if text else ()
    text = text or NEW
    lines = text.splitlines(keepends=True)
    blocks = _blocks(text)
    if blocks:
        dash = lines[blocks[-1].dash]
        lines[blocks[-1].end : blocks[-1].end] = [_item(waiver, dash[: len(dash) - len(dash.lstrip())])]
        found = "".join(lines)
    else:
        found = _EMPTY.sub(lambda _: f"waivers:\n{_item(waiver, _INDENT).rstrip()}", text, count=1)
    return _held(found, (*before, waiver), today)


def removed(text: str, places: Collection[int], today: date) -> str:
    """Return the text without the waivers at these places of its list, from 0."""
    before, lines, blocks = parsed(text.encode(), NAME, today).waivers, text.splitlines(keepends=True), _blocks(text)
    for number in sorted(places, reverse=True):
        del lines[blocks[number].first : blocks[number].end]
    found = "".join(lines)
    kept = [waiver for number, waiver in enumerate(before) if number not in places]
    return _held(found if kept else _EMPTY.sub("waivers: []", found, count=1), kept, today)


def _held(text: str, expected: Collection[Waiver], today: date) -> str:
    """Return the text where it says what it should; whatever the layout of a file, no waiver changes by an edit."""
    somewhere = Location(NAME, 1)
    found, wanted = (
        [replace(one, location=somewhere) for one in waivers]
        for waivers in (parsed(text.encode(), NAME, today).waivers, expected)
    )
    if found != wanted:
        raise refuse("the list cannot be edited by this command", "edit the file by hand")
    return text


def _blocks(text: str) -> list[_Block]:
    """Return the lines of each waiver; raise UsageError for a list that is not written one waiver below the other."""
    node = _list(text)
    if node is None:
        return []
    lines = text.splitlines()
    starts = [_dash(lines, item.start_mark.line) for item in node.value]
    if node.flow_style or len(set(starts)) < len(starts):
        raise refuse(
            "the waivers are written as `[...]` on one line",
            "write each as an item of its own, beginning with a dash",
        )
    ends = [*starts[1:], min(node.end_mark.line + (node.end_mark.column > 0), len(lines))]
    blocks = []
    for start, end in zip(starts, ends, strict=True):
        last = end
        while _is_aside(lines[last - 1]):
            last -= 1
        first = start
        while first > 0 and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        blocks.append(_Block(first, start, last))
    return blocks


def _list(text: str) -> SequenceNode | None:
    """Return the list of a text that was read as a file of waivers, None where it is empty."""
    top = with_places("safe").compose(text)
    found = next(value for key, value in top.value if key.value == "waivers")
    return found if found.value else None


def _dash(lines: list[str], line: int) -> int:
    """Return the line on which an item's dash stands, its own or one above."""
    while line > 0 and not lines[line].lstrip().startswith("-"):
        line -= 1
    return line


def _is_aside(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _item(waiver: Waiver, indent: str) -> str:
    """Return one waiver as an item of the list."""
    rows = [f"policy: {waiver.policy}", f"target: {_scalar(waiver.target)}"]
    if waiver.fingerprints:
        quoted = ", ".join(f'"{name}"' for name in waiver.fingerprints)
        rows.append(f"fingerprints: [{quoted}]")
    rows += [f"{key}: {_scalar(getattr(waiver, key))}" for key in ("reason", "owner", "approver", "ticket")]
    rows += [f"created: {waiver.created}", f"expires: {waiver.expires}"]
    return "".join(f"{indent}{'  ' if number else '- '}{row}\n" for number, row in enumerate(rows))


def _scalar(text: str) -> str:
    """Return a text as YAML on one line."""
    from io import StringIO

    from ruamel.yaml import YAML

    out, writer = StringIO(), YAML(typ="safe", pure=True)
    writer.width, writer.allow_unicode, writer.default_flow_style = 10**6, True, False
    writer.dump([text], out)
    return out.getvalue().rstrip("\n").removeprefix("- ")
