"""Who last changed each line of a file, as git tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class LineChange:
    """Who last changed a line, and on which day (YYYY-MM-DD, in UTC); `why` says why that is not known."""

    author: str = ""
    day: str = ""
    why: str = ""


def changes(text: str, *, shallow: bool) -> Iterator[tuple[int, LineChange]]:
    """Yield each line of what `git blame --porcelain` wrote: a commit is described where it first occurs.

    Source: git-blame(1), THE PORCELAIN FORMAT. The oldest commits of a shallow clone stand for all before them.
    """
    told: dict[str, dict[str, str]] = {}
    commit, number = "", 0
    for row in text.split("\n"):
        if row.startswith("\t"):
            yield number, _change(commit, told[commit], shallow=shallow)
            commit = ""
        elif not commit:
            commit, _, rest = row.partition(" ")
            number = int(rest.split()[1]) if rest else 0
            told.setdefault(commit, {})
        else:
            key, _, value = row.partition(" ")
            told[commit][key] = value


def _change(commit: str, said: Mapping[str, str], *, shallow: bool) -> LineChange:
    if not commit.strip("0"):
        return LineChange(why="not committed yet")
    if shallow and "boundary" in said:
        return LineChange(why="this clone is shallow: fetch the whole history to know")
    day = datetime.fromtimestamp(int(said["committer-time"]), UTC).date()
    return LineChange(said["author"], day.isoformat())
