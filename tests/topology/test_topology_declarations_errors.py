"""Every kind of mistake in resilience.yaml, and exactly what is said of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.topology.declaration_schema import schema
from resilience_checks.topology.declarations import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
FULL = (HERE / "declarations_full.yaml").read_text(encoding="utf-8")


def cases() -> Iterator[tuple[str, str, str]]:
    """Yield name, file and expected error of each case of the snapshot."""
    snapshot = (HERE / "snapshots" / "declaration_errors.txt").read_text(encoding="utf-8")
    for case in snapshot.split("\n=== ")[1:]:
        name, *body = case.splitlines()
        content = "".join(f"{line}\n" for line in body if not line.startswith("! "))
        yield name, content, "\n".join(line.removeprefix("! ") for line in body if line.startswith("! "))


def error_of(content: bytes, root: Path) -> UsageError:
    file = root / "resilience.yaml"
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load(file, root)
    return caught.value


@pytest.mark.parametrize(("content", "expected"), [pytest.param(*case[1:], id=case[0]) for case in cases()])
def test_a_mistake_is_told_with_place_and_remedy(content: str, expected: str, tmp_path: Path) -> None:
    assert str(error_of(content.encode(), tmp_path)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            b"version: 1\nsites:\n\tnorth: {}\n",
            "resilience.yaml:3:1: not valid YAML: found character '\\t' that cannot start any token",
            id="a tab",
        ),
        pytest.param(
            b"version: 1\nsites: {north: {region: \x01}}\n",
            "resilience.yaml:2:25: not valid YAML: a control character stands here",
            id="a control character",
        ),
        pytest.param(
            b"version: 1\nsites: \xff\n",
            "resilience.yaml:2:1: found the byte 0xff, expected UTF-8 text",
            id="not UTF-8",
        ),
        pytest.param(
            b"version: 1\nsites: " + b"[" * 2000,
            "resilience.yaml:2:1007: the file is nested more than 100 deep",
            id="a thousand brackets",
        ),
        pytest.param(
            b"#" * (1024 * 1024 + 1),
            "resilience.yaml cannot be read: it is larger than 1 MB, the most that is read of such a file",
            id="a huge file",
        ),
        pytest.param(
            b"version: 1\nstacks:\n"
            + b"".join(f"  k{i}: &k{i} [{', '.join([f'*k{i - 1}' if i else 'x'] * 50)}]\n".encode() for i in range(5)),
            "resilience.yaml:6:12: the file is too much: its aliases stand for more than 200000 values",
            id="aliases of aliases",
        ),
    ],
)
def test_what_no_snapshot_can_hold(content: bytes, expected: str, tmp_path: Path) -> None:
    assert str(error_of(content, tmp_path)) == expected


def test_the_parts_of_an_error(tmp_path: Path) -> None:
    error = error_of(b"version: 1\nsites: {north: {regoin: x}}\nlinks: {dci: {}}\n", tmp_path)

    assert (error.exit_code, error.location) == (2, Location("resilience.yaml", 2, 17))
    assert error.what == (
        'sites.north: unknown key "regoin"; did you mean "region"?\n'
        "resilience.yaml:3:14: links.dci: found an empty mapping, expected either to: SITE or between: [SITE, SITE]"
    )
    assert error.why == "Nothing was checked: an estate described wrongly would be judged wrongly."
    assert error.remedy == "Correct these lines; docs/resilience-yaml.md describes every key."


def test_names_of_cases_are_unique() -> None:
    names = [name for name, _, _ in cases()]

    assert len(names) == len(set(names)) > 80


def test_every_schema_that_can_fail_says_what_it_expects() -> None:
    checks = {"type", "pattern", "minimum", "maximum", "minItems", "minProperties", "const", "oneOf", "anyOf"}
    silent = [part for part in _schemas(schema()) if checks & part.keys() and not {"title", "enum"} & part.keys()]

    # Only an alternative that is a fixed word may be silent: the alternatives around it speak.
    assert silent == [{"const": "none"}]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(FULL) - 1),
    length=st.integers(0, 12),
    put=st.text(alphabet="{}[]:,-#&*!|>'\"%@` \n\tab1.~", max_size=6),
)
def test_a_damaged_text_is_read_or_refused(at: int, length: int, put: str, tmp_path: Path) -> None:
    assert outcome(FULL[:at] + put + FULL[at + length :], tmp_path) in {"read", "resilience.yaml"}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 3)
    | st.floats(-1, 1)
    | st.sampled_from(["none", "gslb", "north", "1h", ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["select", "component", "name", "site", "any-of", "k", "of", "mode"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_wrong_value_anywhere_is_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    content: Any = YAML(typ="safe", pure=True).load(re.sub(r"(2026-\d\d-\d\d)", r"'\1'", FULL))
    holder, key = content, data.draw(st.sampled_from(sorted(content)))
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans() | st.just(value=True)):
        holder = holder[key]
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(VALUES)

    assert outcome(json.dumps(content), tmp_path) in {"read", "resilience.yaml"}


def outcome(content: str, root: Path) -> str:
    """Return `read`, or the path that the error points to; any other exception fails the test."""
    file = root / "resilience.yaml"
    file.write_text(content, encoding="utf-8")
    try:
        load(file, root)
    except UsageError as error:
        return error.location.path if error.location else "nowhere"
    return "read"


def _schemas(part: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every subschema; mappings that are no schemas have none of the keywords as keys."""
    if isinstance(part, dict):
        if not all(isinstance(value, dict) for value in part.values()):
            yield part
        for value in part.values():
            yield from _schemas(value)
    elif isinstance(part, list):
        for value in part:
            yield from _schemas(value)
