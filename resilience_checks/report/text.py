"""Text from programs made safe to show, and lines of source to show beside it."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from resilience_checks.model.location import Location

_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMAND = re.compile(r"##((?:vso|teamcity)?\[)", re.IGNORECASE)
_SHAPELESS = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]")
_BEGINNING = re.compile(r"^([ \t]*):(?=:)", re.MULTILINE)
_MAX_SOURCE = 4 << 20
_MAX_LINE = 400
_NOT_SHOWN = "(not shown: this line may hold a secret)"
_MAKES_SECRET = re.compile(r"fn::secret|\bsecure:|\.secret\(|fn::Secret|as_secret\(")
_PULUMI_FILE = re.compile(r"(?:^|/)(?:Pulumi(?:\.[^/]+)?|Main)\.ya?ml$")
_CONFIG = re.compile(r"[\"']?config(?:uration)?[\"']?\s*:")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of an excerpt: its number from 1, its text as it may be shown, and whether it is the line at fault.

    `caret` is the offset in `text` of the column at fault, None where no column is known.
    """

    number: int
    text: str
    marked: bool
    caret: int | None = None


def safe(text: str) -> str:
    r"""Return the text with everything that could mislead a terminal or its reader made visible.

    That is whatever Unicode does not call printable: control and format characters, bidirectional marks, exotic
    spaces, lone surrogates. Line feeds and tabs stay.

    >>> safe("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'
    """
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t" or char.isprintable() else _escaped(char) for char in text)


def one_line(text: str) -> str:
    r"""Return `safe(text)` with line feeds and tabs made visible too, for places where a line is a statement.

    >>> one_line("a\nverdict clean")
    'a\\nverdict clean'
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)


def inert(text: str) -> str:
    r"""Return JSON text of the same value that misleads nobody.

    No CI runner finds a command in it that may stand within a line, and what has no shape of its own, or turns the
    direction of a line, is written as its escape.

    >>> inert('["##[error]x"]'), inert('["a\u202eb"]')
    ('["#\\u0023[error]x"]', '["a\\u202eb"]')
    """
    return _SHAPELESS.sub(lambda found: json.dumps(found[0])[1:-1], _COMMAND.sub(r"#\\u0023\1", text))


def unforged(text: str) -> str:
    r"""Return text in which what a CI runner would take for a command is made visible: GitHub, Azure, TeamCity.

    GitHub's stand within a line as well, or at its beginning after white space.

    >>> print(unforged("##vso[task.complete result=Succeeded;] ##teamcity[x] ##[error]y ## heading"))
    #\x23vso[task.complete result=Succeeded;] #\x23teamcity[x] #\x23[error]y ## heading
    >>> print(unforged("  ::error::x"))
      \x3a:error::x
    """
    return _BEGINNING.sub(r"\1\\x3a", _COMMAND.sub(r"#\\x23\1", text))


def excerpt(root: Path, location: Location | None, around: int = 1, *, confined: bool = True) -> list[SourceLine]:
    """Return the lines at a location; none where they cannot be read.

    `confined`: only regular files below `root` are opened, since the program under check has a say in locations.
    """
    if location is None:
        return []
    lines = _lines(root, location.path, confined=confined)
    hidden = _secretive(location.path, lines)
    first, last = max(1, location.line - around), min(len(lines), location.line + around)
    return [
        SourceLine(number, _NOT_SHOWN, number == location.line, None)
        if number in hidden
        else _line(lines, number, location)
        for number in range(first, last + 1)
    ]


def _secretive(path: str, lines: Sequence[str]) -> set[int]:
    """Return the numbers of the lines that may hold a secret: those that make one, and a Pulumi file's configuration."""
    found = {number for number, line in enumerate(lines, 1) if _MAKES_SECRET.search(line)}
    if _PULUMI_FILE.search(path):
        within = False
        for number, line in enumerate(lines, 1):
            if line[:1] not in {"", " ", "\t", "#", "-"}:
                within = _CONFIG.match(line) is not None
            if within and not (line.strip() == "config:" or not line.strip()):
                found.add(number)
    return found


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "pass", "passes"), counted(0, "violation")
    ('1 pass', '0 violations')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def have(number: int) -> str:
    """Return the verb for so many things.

    >>> have(1), have(2)
    ('has', 'have')
    """
    return "has" if number == 1 else "have"


def _line(lines: Sequence[str], number: int, location: Location) -> SourceLine:
    raw, marked = lines[number - 1], number == location.line
    caret = None
    if marked and location.column is not None and location.column <= len(raw) + 1:
        caret = len(_shown(raw[: location.column - 1]))
    return SourceLine(number, _shown(raw)[:_MAX_LINE], marked, caret)


def _shown(text: str) -> str:
    return one_line(text.replace("\t", "    "))


def _lines(root: Path, path: str, *, confined: bool) -> list[str]:
    file = root / path
    try:
        resolved = file.resolve(strict=True)
        status = resolved.stat()
        if confined and not resolved.is_relative_to(root.resolve()):
            return []
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_SOURCE:
            return []
        with resolved.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
            return _LINE_END.split(opened.read())
    except (OSError, ValueError, RuntimeError):
        return []


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()
