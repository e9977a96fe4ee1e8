"""The stricter of what is checked and of what is trusted: never less strict than either, by the words of loosenings."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.model.location import Location
from resilience_checks.model.result import Severity
from resilience_checks.policy import pack
from resilience_checks.policy.loosening import Held, loosened
from resilience_checks.policy.settings import settings, stricter
from resilience_checks.policy.trusting import TrustedSide
from resilience_checks.topology.declaration_trust import held
from resilience_checks.topology.declarations import parsed
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.declared_settings import OnUnknown, PolicySet, PolicySettings, StackGlob
from resilience_checks.topology.estate import Estate, Service
from resilience_checks.topology.gates import ALWAYS
from resilience_checks.topology.selectors import Glob

if TYPE_CHECKING:
    from resilience_checks.policy.settings import Settings

AT = Location("resilience.yaml", 1)
NAME = "cross-site-failover"
LOADED = pack.load()
NEWER = (replace(one, since="2099.1") if one.id == NAME else one for one in LOADED.policies)
PACK = replace(LOADED, policies=tuple(NEWER))
"""As it will be when a policy set has brought the policy that is set here."""
TODAY = date(2026, 6, 1)
STACKS = ("a/prod",)
SERVICES = {f"s{tier}": Service(f"s{tier}", ALWAYS, scope="national", tier=tier, stack="a/prod") for tier in (1, 2, 3)}
ESTATE = Estate({}, {}, SERVICES)

ENTRIES = st.builds(
    PolicySettings,
    st.just(NAME),
    st.just(AT),
    enabled=st.none() | st.booleans(),
    severity=st.none() | st.sampled_from(Severity),
    on_unknown=st.none() | st.sampled_from(OnUnknown),
    parameters=st.sampled_from([{}, {"scopes": ["local"]}, {"scopes": ["national"]}]),
    enforce_from=st.none() | st.sampled_from([TODAY + timedelta(days) for days in (-9, 0, 9, 99)]),
    stacks=st.sampled_from([(), (StackGlob(Glob("*/prod"), AT),), (StackGlob(Glob("*/dev"), AT),)]),
    tiers=st.sampled_from([(), (1,), (2, 3)]),
)
PINS = st.none() | st.just(PolicySet(pack.FIRST_SET, AT))


@st.composite
def set_(draw: st.DrawFn) -> dict[str, Settings]:
    first, *others = draw(st.lists(ENTRIES, min_size=1, max_size=3))
    return {NAME: settings(PACK, {NAME: replace(first, also=tuple(others))}, draw(PINS))[NAME]}


@given(set_(), set_())
def test_the_effective_settings_are_never_less_strict_than_either_side(
    own: dict[str, Settings], trusted: dict[str, Settings]
) -> None:
    both = {name: stricter(one, trusted[name]) for name, one in own.items()}
    for side in (own, trusted):
        found = loosened(Held(side, Declarations()), Held(both, Declarations()), ESTATE, STACKS, TODAY)
        assert [one for one in found if one.sure or side is trusted] == []


@given(set_())
def test_equal_sides_change_nothing(own: dict[str, Settings]) -> None:
    for name, one in own.items():
        both = stricter(one, one)
        assert [both.within(tier, STACKS) for tier in (1, 2, None)] == [
            one.within(tier, STACKS) for tier in (1, 2, None)
        ]
        assert both.not_enforced(TODAY) == one.not_enforced(TODAY), name


OBJECTIVES = st.fixed_dictionaries(
    {},
    optional={
        "scope": st.sampled_from(["national", "regional", "local"]),
        "tier": st.integers(1, 4),
        "rto": st.sampled_from(["60m", "1h", "PT2H", "1d"]),
        "rpo": st.sampled_from(["30s", "15m"]),
        "consumers": st.lists(st.sampled_from(["north", "south"]), unique=True),
    },
)
FILES = st.tuples(OBJECTIVES, OBJECTIVES, OBJECTIVES)


def file(said: tuple[dict[str, object], ...]) -> Declarations:
    services = {name: {**one, "entry": "front"} for name, one in zip(("one", "other"), said[1:], strict=True)}
    board = {"kind": "board"}
    whole = {
        "version": 1,
        "components": {"front": {"role": "compute", "units": 1}},
        "consumers": {"north": board, "south": board},
        "service_defaults": said[0],
        "services": services,
    }
    return parsed(json.dumps(whole).encode(), "resilience.yaml", alone=False)


@given(FILES, FILES)
def test_effective_services_are_never_less_strict_than_either_side(
    own: tuple[dict[str, object], ...], trusted: tuple[dict[str, object], ...]
) -> None:
    both = held(file(own), file(trusted))
    for side in (own, trusted):
        assert loosened(Held({}, file(side)), Held({}, both), ESTATE, STACKS, TODAY, gone=True) == ()


@given(FILES, FILES)
def test_what_is_told_is_what_is_loosened(
    own: tuple[dict[str, object], ...], trusted: tuple[dict[str, object], ...]
) -> None:
    tip = file(trusted)
    side = TrustedSide("main", for_all=False, tip=tip, fork=tip, own=file(own))
    kept = loosened(Held({}, tip), Held({}, file(own)), ESTATE, STACKS, TODAY, gone=True)
    assert side.uncounted(PACK, ESTATE, STACKS, TODAY) == kept
