"""How long a list is that nobody knows: told when the program relies on it, and only then."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.sources.program.resilience_child.standins import Standin

if TYPE_CHECKING:
    from pathlib import Path

FREE = """
names[0], names[1], names[2]
names[0:2], names[:2], names[1:2]
isinstance(names, list) and names is not None
f"{names}", str(names), repr(names)
",".join(names)
json.dumps({"names": names})
next(iter(names))
[cidr for cidr, _ in zip(["10.0.0.0/24", "10.0.1.0/24"], names)]
Answer(names).names
copy.copy(names), copy.deepcopy([names]), names.copy(), pickle.loads(pickle.dumps(names))
"""
RELIES = """
for name in names: pass
[name for name in names]
list(enumerate(names))
list(zip(names, range(3)))
list(names), tuple(names), set(names)
first, *rest = names
first, second, third = names
[*names], print(*names)
sorted(names), min(names), max(names), list(reversed(names))
len(names)
bool(names)
names or []
"west" in names
names[-1]
names[1:], names[:], names[::-1], names[:-1], names[:3], names[:9]
names + ["more"]
["more"] + names
names == ["west"]
names.index("none") if "none" in names else 0
list(map(str, names))
",".join([*names])
",".join(name for name in names)
os.path.join(*names)
names.append("more")
"""


def told(code: str, directory: Path) -> list[tuple[str, str, Any]]:
    """Return what is told of a list while some code runs."""
    import os

    import pulumi

    @pulumi.output_type
    class Answer:
        def __init__(self, names: Any = None) -> None:
            if names and not isinstance(names, list):
                raise TypeError
            pulumi.set(self, "names", names)

        @property
        @pulumi.getter
        def names(self) -> list[str]:
            found: list[str] = pulumi.get(self, "names")
            return found

    found: list[tuple[str, str, Any]] = []
    stand = Standin("one", lambda *_: None, lambda what, path, value, _: found.append((what, path, value)))
    scope = {"os": os, "json": json, "copy": copy, "pickle": pickle, "Answer": Answer}
    names = stand.texts("names")
    file = directory / "program.py"
    file.write_text(code, encoding="utf-8")
    exec(compile(code, str(file), "exec"), {"__name__": "__main__", **scope, "names": names})  # noqa: S102
    return sorted(set(found))


@pytest.mark.parametrize("code", FREE.strip().splitlines())
def test_what_hangs_on_no_length_is_not_told(code: str, tmp_path: Path) -> None:
    assert told(code, tmp_path) == []


@pytest.mark.parametrize("code", RELIES.strip().splitlines())
def test_what_hangs_on_the_length_is_told(code: str, tmp_path: Path) -> None:
    assert told(code, tmp_path) == [("length", "names", 3)]


def test_a_list_is_as_long_as_the_program_needs(tmp_path: Path) -> None:
    assert told("names[3], names[4]", tmp_path) == [("least", "names", 4), ("least", "names", 5)]
    assert told("a, b, c, d = names", tmp_path) == [("least", "names", 4), ("length", "names", 4)]
    assert told("a, b = names", tmp_path) == [("length", "names", 2)]
    search = "try:\n    for index in range(1000): names[index]\nexcept IndexError: pass"
    assert ("length", "names", 100) in told(search, tmp_path)
