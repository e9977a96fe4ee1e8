"""What a selector surely matches, surely does not, and may match."""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.model.location import Location
from resilience_checks.model.question import Holds
from resilience_checks.model.values import LookupAnswer, Secret, Unknown
from resilience_checks.topology.selectors import Candidate, Glob, Select

HERE = Location("resilience.yaml", 1, 1)
FIREWALL = Candidate(
    urn="urn:pulumi:prod::dc::fortios:firewall/policy:Policy::allow-b",
    type="fortios:firewall/policy:Policy",
    names=("allow-b", "Allow from WAN"),
    provider_names=("fortios-blaenavon", "fw-a.blaenavon.example"),
    tags={"site": "blaenavon", "tier": 1, "owner": Unknown("from another stack")},
    inputs={
        "action": "accept",
        "logged": True,
        "port": 443.0,
        "key": Secret("0f"),
        "zone": LookupAnswer("lookup-1", "zone"),
        "addresses": [{"ip": "10.1.0.1"}, {"ip": "10.2.0.1"}, {"ip": Unknown("assigned on deployment")}],
        "networks": [{"id": "a"}, {"id": "b"}],
    },
)


def select(**keys: Any) -> Select:
    return Select(HERE, **keys)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (select(urn=Glob("urn:pulumi:prod::*")), Holds.YES),
        (select(urn=Glob("urn:pulumi:test::*")), Holds.NO),
        (select(type=Glob("fortios:firewall/*")), Holds.YES),
        (select(type=Glob("f5bigip:*")), Holds.NO),
        (select(name=Glob("allow-?")), Holds.YES),
        (select(name=Glob("Allow from*")), Holds.YES),
        (select(name=Glob("ALLOW-B")), Holds.NO),
        (select(provider=Glob("*-blaenavon")), Holds.YES),
        (select(provider=Glob("fw-[ab].*.example")), Holds.YES),
        (select(provider=Glob("*cardiff*")), Holds.NO),
        (select(tags=(("site", Glob("blaen*")),)), Holds.YES),
        (select(tags=(("tier", Glob("1")),)), Holds.YES),
        (select(tags=(("owner", Glob("*")),)), Holds.UNKNOWN),
        (select(tags=(("Site", Glob("*")),)), Holds.NO),
        (select(properties=(("action", Glob("accept")),)), Holds.YES),
        (select(properties=(("logged", Glob("true")),)), Holds.YES),
        (select(properties=(("port", Glob("443")),)), Holds.YES),
        (select(properties=(("key", Glob("hunter2")),)), Holds.UNKNOWN),
        (select(properties=(("zone.name", Glob("a")),)), Holds.UNKNOWN),
        (select(properties=(("addresses[].ip", Glob("10.2.*")),)), Holds.YES),
        (select(properties=(("addresses[].ip", Glob("10.3.*")),)), Holds.UNKNOWN),
        (select(properties=(("networks[].id", Glob("c")),)), Holds.NO),
        (select(properties=(("networks", Glob("*")),)), Holds.NO),
        (select(properties=(("absent", Glob("*")),)), Holds.NO),
        (select(name=Glob("allow-b"), provider=Glob("*-cardiff")), Holds.NO),
        (select(name=Glob("allow-b"), tags=(("owner", Glob("x")),)), Holds.UNKNOWN),
        (select(name=Glob("other"), tags=(("owner", Glob("x")),)), Holds.NO),
        (select(), Holds.NO),
    ],
    ids=str,
)
def test_match(selector: Select, expected: Holds) -> None:
    assert selector.match(FIREWALL) is expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("fortios-blaenavon", None), Holds.YES),
        (("firewall-b", None), Holds.UNKNOWN),
        (("firewall-b", "fw.example"), Holds.NO),
        ((None,), Holds.UNKNOWN),
        ((), Holds.NO),
    ],
)
@pytest.mark.parametrize("key", ["name", "provider"])
def test_a_name_that_is_not_known_may_match(key: str, names: tuple[str | None, ...], expected: Holds) -> None:
    candidate = Candidate(names=names) if key == "name" else Candidate(provider_names=names)

    assert select(**{key: Glob("fortios-*")}).match(candidate) is expected


def test_tags_that_are_not_known_may_match() -> None:
    assert select(tags=(("site", Glob("x")),)).match(Candidate(tags=Unknown("computed"))) is Holds.UNKNOWN


def test_what_has_no_urn_and_no_type_matches_no_pattern_of_them() -> None:
    assert select(urn=Glob("*")).match(Candidate()) is Holds.NO
    assert select(type=Glob("*")).match(Candidate()) is Holds.NO


def test_a_selector_is_shown_as_it_is_written() -> None:
    shown = select(
        type=Glob("fortios:*"),
        provider=Glob("*-b"),
        tags=(("site", Glob("b*")),),
        properties=(("a.b", Glob("1")), ("c", Glob("2"))),
    )

    assert str(shown) == '{type: "fortios:*", provider: "*-b", tag: {site: "b*"}, property: {a.b: "1", c: "2"}}'


def test_selectors_are_equal_by_what_they_say() -> None:
    assert select(name=Glob("a*")) == select(name=Glob("a*"))
    assert hash(select(name=Glob("a*"))) == hash(select(name=Glob("a*")))
    assert select(name=Glob("a*")) != select(name=Glob("b*"))


TEXT = st.text(alphabet="ab-.[]!*?/\n", max_size=8)


@given(pattern=TEXT, text=TEXT)
def test_globs_are_those_of_the_shell(pattern: str, text: str) -> None:
    assert Glob(pattern).matches(text) == fnmatch.fnmatchcase(text, pattern)


@given(pattern=st.text(alphabet="aB*?\n", max_size=8), text=st.text(alphabet="aAB\n", max_size=8))
def test_stars_and_question_marks_mean_what_they_should(pattern: str, text: str) -> None:
    assert Glob(pattern).matches(text) == _matches(pattern, text)


def _matches(pattern: str, text: str) -> bool:
    """Decide by the definition alone: `*` is any characters, `?` is one."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_matches(pattern[1:], text[skipped:]) for skipped in range(len(text) + 1))
    return bool(text) and pattern[0] in {"?", text[0]} and _matches(pattern[1:], text[1:])
