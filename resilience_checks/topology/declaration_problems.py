"""What is wrong with a declaration file, collected so that one run shows all of it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.model.location import Location

Path = tuple[str | int, ...]
"""Keys and list indices from the top of the file down to a value."""

_WHY = "Nothing was checked: an estate described wrongly would be judged wrongly."
_REMEDY = "Correct these lines; docs/resilience-yaml.md describes every key."
_LONGEST = 60
_NEAR = 0.65


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it stands, and what was found and expected there."""

    location: Location
    text: str


@dataclass(slots=True)
class Problems:
    """Everything found wrong so far."""

    found: set[Problem] = field(default_factory=set)

    def add(self, location: Location, text: str) -> None:
        """Keep one more; the same twice counts once."""
        self.found.add(Problem(location, text))

    def error(self, why: str = _WHY, remedy: str = _REMEDY) -> UsageError:
        """Return the error that shows them all in the order of the file, each after its own location."""
        first, *rest = sorted(self.found)
        lines = [first.text, *(f"{problem.location}: {problem.text}" for problem in rest)]
        return UsageError(
            "\n".join(lines),
            location=first.location,
            why=why,
            remedy=remedy,
        )


def show(value: object) -> str:
    """Return a value as a message names it: texts quoted, shortened and printable, on one line.

    >>> show("a b"), show(True), show(None), show([1]), show({})
    ('"a b"', 'true', 'nothing', 'a list', 'a mapping')
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return f'"{printable(value)}"'
        case dict():
            return "a mapping"
        case list():
            return "a list"
    return str(value)


def printable(text: str, longest: int = _LONGEST) -> str:
    """Return `text`, shortened, without anything that could break out of its line or steer a terminal."""
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in short)


def path_text(path: Path) -> str:
    """Return a path as messages write it.

    >>> path_text(("placement", 0, "site"))
    'placement[0].site'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in path)
    return text.removeprefix(".")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` was most likely meant to be, None when none is near.

    >>> nearest("any_of", ["any-of", "select"]), nearest("Regoin", ["region"]), nearest("xyz", ["region"])
    ('any-of', 'region', None)
    """
    plain = {_plain(candidate): candidate for candidate in sorted(known, reverse=True)}
    close = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=_NEAR)
    return plain[close[0]] if close else None


def hint(word: str, known: Sequence[str], otherwise: str) -> str:
    """Return `did you mean "x"?` where something known is near, else `otherwise`."""
    guess = nearest(word, known)
    return f'did you mean "{printable(guess)}"?' if guess is not None else otherwise


def listing(words: Sequence[str], last: str = "or", limit: int = 12) -> str:
    """Return `a, b or c`, with the number of those beyond `limit`."""
    shown = [printable(word) for word in words[:limit]]
    if len(words) > limit:
        return f"{', '.join(shown)} {last} {len(words) - limit} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def _plain(word: str) -> str:
    return word.casefold().replace("_", "-")
