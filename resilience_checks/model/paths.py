"""Reading values by path: `a.b[].c` is c of every element of the list b of a, `a.b[1].c` of one element.

`a{}.c` is c of every value of the map a, `a{@}` every key of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.values import Value

_OPAQUE = (Unknown, Secret, LookupAnswer, StackOutput)
_STEP = re.compile(r"[^.\[\]{}]+|\[\d*\]|\{@?\}")
_VALUES, _KEYS = "{}", "{@}"


def find(value: Value, path: str) -> tuple[tuple[str, Value], ...]:
    """Return every value at `path` with its own concrete path, in order; absent and null values are left out.

    What lies below a value that is not known is that value itself, at its own path.

    >>> find({"a": [{"b": 1}, {"b": 2}]}, "a[].b")
    (('a[0].b', 1), ('a[1].b', 2))
    >>> find({"a": Unknown("not yet")}, "a[].b")
    (('a', Unknown(why='not yet', secret=False)),)
    >>> find({"a": [{"b": 1}, {"b": 2}]}, "a[1].b")
    (('a[1].b', 2),)
    >>> find({"a": {"x": {"b": 1}}}, "a{}.b"), find({"a": {"x": {"b": 1}}}, "a{@}")
    ((('a.x.b', 1),), (('a.x', 'x'),))
    """
    if path == ".":
        return (("", value),)
    steps, plain = _steps(path)
    if type(value) is dict and steps and steps[0] not in value and steps[0][0] not in "[{":
        return ()
    return _plainly(value, steps) if plain else tuple(_walk(value, steps, ""))


def _plainly(value: Value, steps: tuple[str, ...]) -> tuple[tuple[str, Value], ...]:
    """Do the same for a path that leads through maps alone, as most do."""
    at = ""
    for step in steps:
        if type(value) is not dict:
            if isinstance(value, _OPAQUE):
                break
            if not isinstance(value, Mapping):
                return ()
        if step not in value:
            return ()
        value, at = value[step], f"{at}.{step}" if at else step
    return () if value is None else ((at, value),)


@lru_cache(maxsize=1 << 14)
def _steps(path: str) -> tuple[tuple[str, ...], bool]:
    """Return the steps of a path, and whether it leads through maps alone."""
    return tuple(match.group(0) for match in _STEP.finditer(path)), "[" not in path and "{" not in path


def first(value: Value, path: str) -> Value:
    """Return the first value at `path`, None where there is none."""
    found = find(value, path)
    return found[0][1] if found else None


def _walk(value: Value, steps: tuple[str, ...], at: str) -> Iterator[tuple[str, Value]]:
    if value is None:
        return
    if not steps or isinstance(value, _OPAQUE):
        yield at, value
    elif steps[0].startswith("["):
        if isinstance(value, Sequence) and not isinstance(value, str):
            wanted = steps[0][1:-1]
            for index, item in enumerate(value):
                if wanted in {"", str(index)}:
                    yield from _walk(item, steps[1:], f"{at}[{index}]")
    elif steps[0] in {_VALUES, _KEYS}:
        for key, item in value.items() if isinstance(value, Mapping) else ():
            yield from _walk(key if steps[0] == _KEYS else item, steps[1:], f"{at}.{key}")
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _walk(value[steps[0]], steps[1:], f"{at}.{steps[0]}" if at else steps[0])


def within(outer: str, inner: str) -> bool:
    """Return whether the concrete path `inner` is `outer` or lies below it.

    >>> within("a[1]", "a[1].b"), within("a[1]", "a[10]")
    (True, False)
    """
    return outer in {"", inner} or inner.startswith((f"{outer}.", f"{outer}["))
