"""Every reader of what somebody else wrote reads it, or refuses it with the package's own error and its place.

The corpus is what `python -m tools.fuzz --keep` found to reach new code, `crashes/` what once crashed a reader.
"""

from __future__ import annotations

import json
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.fuzz.guard import tried
from tools.fuzz.harnesses import HARNESSES
from tools.fuzz.seeds import NASTY, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
CRASHES = sorted((HERE / "crashes").glob("*/*"))
FORMS = (
    "preview",
    "state",
    "deployed",
    "statement",
    "notes",
    "traces",
    "baseline",
    "lookups",
    "stack-outputs",
    "report",
)
"""Readers of JSON, for which values of the wrong kind in the right places are made."""

texts = st.text(max_size=8) | st.sampled_from(["\ud800", "\0", "urn:pulumi:dev::web::a:b:C::d", "[secret]", "v1:x"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def refused(reader: str, data: bytes) -> str | None:
    crash = tried(reader, data)
    return None if crash is None else f"{crash.key}\n{crash.trace}"


@pytest.mark.parametrize("reader", HARNESSES)
def test_the_oldest_tricks_against_parsers(reader: str) -> None:
    crashed = [f"{name}: {said}" for name, data in NASTY.items() if (said := refused(reader, data)) is not None]
    assert crashed == []


@pytest.mark.parametrize("reader", HARNESSES)
def test_what_fuzzing_found_to_reach_new_code(reader: str) -> None:
    corpus = sorted((HERE / "corpus" / reader).glob("*"))
    assert [said for path in corpus if (said := refused(reader, path.read_bytes())) is not None] == []


@pytest.mark.parametrize("path", CRASHES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_crashed(path: Path) -> None:
    assert refused(path.parent.name, path.read_bytes()) is None


@pytest.mark.parametrize("reader", FORMS)
@given(data=st.data())
@settings(max_examples=15)
def test_values_of_other_kinds_in_known_places(reader: str, data: st.DataObject) -> None:
    document = json.loads(next(iter(seeds(reader))).partition(b"\n")[0])
    for _ in range(data.draw(st.integers(1, 3))):
        document = _changed(document, data)
    assert refused(reader, json.dumps(document).encode()) is None


def _changed(document: object, data: st.DataObject) -> object:
    """Return a document in which one value, somewhere, is another or gone."""
    if isinstance(document, dict) and document and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(document)))
        if not data.draw(st.integers(0, 8)):
            return {name: value for name, value in document.items() if name != key}
        return {**document, key: _changed(document[key], data)}
    if isinstance(document, list) and document and data.draw(st.integers(0, 4)):
        index = data.draw(st.integers(0, len(document) - 1))
        return [*document[:index], _changed(document[index], data), *document[index + 1 :]]
    return data.draw(values)


ODD = (None, 1, "x", [1], ["a"], {"a": 1}, "\ud800", "a\0b", 1e308, -1)
"""Values that stand in turn for each value of a sample."""


@pytest.mark.parametrize("reader", [name for name in FORMS if name != "report"])
def test_each_value_of_a_sample_as_one_of_another_kind(reader: str) -> None:
    document = json.loads(next(iter(seeds(reader))).partition(b"\n")[0])
    turned = [
        json.dumps(_with(document, path, ODD[(number + turn) % len(ODD)])).encode()
        for number, path in enumerate(_paths(document))
        for turn in (0, 3)
    ]
    assert [said for data in turned if (said := refused(reader, data)) is not None] == []


def _paths(document: object) -> Iterator[tuple[str | int, ...]]:
    yield ()
    pairs = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in pairs:
        yield from ((key, *path) for path in _paths(value))


def _with(document: Any, path: tuple[str | int, ...], value: object) -> Any:
    if not path:
        return value
    changed = copy(document)
    changed[path[0]] = _with(document[path[0]], path[1:], value)
    return changed


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 1 << 20
