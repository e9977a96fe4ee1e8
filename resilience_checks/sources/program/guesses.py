"""What a program relies on that nobody knows of the answers to its lookups, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.sources.program.notes import Notes

    Place = Callable[[Mapping[str, Any] | None], Location | None]

_SHOWN = 3
_SAID = {
    "length": "{path} is taken to have {value} elements, on which the program relies{where}",
    "least": "{path} is taken to have at least {value} elements{where}",
    "elements": "what the program goes through in {path} is taken to be empty{where}",
    "file": "{path} is taken to hold no file{where}",
    "number": "{path} is taken to be {value}{where}",
}


def decisive(notes: Notes) -> bool:
    """Return whether a guess was made on which it may hang what the program makes.

    That a list is as long as the program needs is none: were it shorter, the program would fail.
    """
    return any(note["what"] != "least" for note in notes.guesses)


def told(notes: Notes, place: Place) -> list[str]:
    """Return what had to be assumed of answers that nobody gave, once for each token, with the lines."""
    found: dict[str, dict[int, None]] = {}
    for note in (*notes.standins, *notes.guesses):
        found.setdefault(note["token"], {})[note["number"]] = None
    return [
        "; ".join(
            [
                f"the answer of {token}{_at(_asked(notes, numbers, place))} is not known: give it with --lookups",
                *_parts([note for note in notes.guesses if note["token"] == token], place),
            ]
        )
        for token, numbers in found.items()
    ]


def _asked(notes: Notes, numbers: Iterable[int], place: Place) -> list[str]:
    places = [place(notes.lookups.get(number, {}).get("place")) for number in sorted(numbers)]
    return [str(item) for item in places if item is not None]


def _parts(guesses: list[dict[str, Any]], place: Place) -> list[str]:
    """Return what was guessed, each once with all the lines that rely on it; of a list that grew, its last length."""
    longest: dict[tuple[str, str], Any] = {}
    lines: dict[tuple[str, str], list[str]] = {}
    for note in guesses:
        key = (note["what"], note["path"])
        longest[key] = note["value"] if key not in longest else max(longest[key], note["value"])
        where = place(note.get("place"))
        lines.setdefault(key, []).extend([str(where)] if where else [])
    said = [
        _SAID[what].format(path=path or "it", value=_number(longest[what, path]), where=_at(lines[what, path]))
        for what, path in longest
    ]
    return list(dict.fromkeys(said))


def _number(value: Any) -> str:
    return str(value).lower()


def _at(places: list[str]) -> str:
    """Return places in brackets, no more than a reader would look up.

    >>> _at(["a.py:1", "a.py:2", "a.py:1", "a.py:4", "a.py:9"])
    ' (a.py:1, a.py:2, a.py:4 and 1 more)'
    """
    once = list(dict.fromkeys(places))
    more = f" and {len(once) - _SHOWN} more" if len(once) > _SHOWN else ""
    return f" ({', '.join(once[:_SHOWN])}{more})" if once else ""
