"""What a change of a document may do to what is lost (SEMANTICS, section 5)."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resilience_checks.model.question import Horizon
from tests.properties.from_declarations.documents import documents
from tests.properties.from_declarations.test_from_declarations import FEW, fault_sets, judged
from tests.properties.from_declarations.world import section

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from tests.properties.from_declarations.world import Doc

HORIZONS = st.sampled_from(Horizon)
RANDOM = st.randoms(use_true_random=False)
_NAMES = re.compile(r"(?<![\w-])(n|s|t|u|[cgald][0-9]|fw-[nstu][01]|users[01]|svc[0-2])(?![\w-])")


def renamed(text: str) -> str:
    """Return a text with every name of a document replaced, so that names sort the other way round."""
    letters = str.maketrans("abcdefghijklmnopqrstuvwxyz0123456789", "zyxwvutsrqponmlkjihgfedcba9876543210")
    return _NAMES.sub(lambda found: f"q-{found[1].translate(letters)}", text)


def shuffled(thing: Any, rng: random.Random) -> Any:
    """Return the same document in another order, where order means nothing."""
    if isinstance(thing, dict):
        items = list(thing.items())
        rng.shuffle(items)
        return {key: value if key in {"units", "voters", "standby"} else shuffled(value, rng) for key, value in items}
    if isinstance(thing, list):
        return rng.sample([shuffled(item, rng) for item in thing], len(thing))
    return thing


@settings(max_examples=FEW)
@given(documents(), HORIZONS, RANDOM)
def test_names_and_order_change_nothing(doc: Doc, horizon: Horizon, rng: random.Random) -> None:
    sets = fault_sets(doc, rng)
    other = shuffled(json.loads(renamed(json.dumps(doc))), rng)
    others = [tuple(renamed(event) for event in events) for events in sets]
    before, after = judged(doc, sets, horizon, within_rpo=True), judged(other, others, horizon, within_rpo=True)
    assert {renamed(service): answers for service, answers in before.items()} == after


def learnt(doc: Doc) -> Iterator[Doc]:
    """Yield the document with one more fact known, for each that is not."""
    places = [
        *(
            ("sites", name, key, value)
            for name in doc["sites"]
            for key, value in (("region", "r9"), ("perimeter", "none"))
        ),
        *(("services", name, key, value) for name in doc["services"] for key, value in (("rto", "12m"), ("rpo", "5m"))),
    ]
    for kind, name, key, value in places:
        if key not in doc[kind][name]:
            other = copy.deepcopy(doc)
            other[kind][name][key] = value
            yield other
    for name, data in doc["components"].items():
        mover = data.get("failover", {}).get("mover")
        if mover is not None and "detect" not in mover:
            other = copy.deepcopy(doc)
            other["components"][name]["failover"]["mover"]["detect"] = "10m"
            yield other
        if data.get("failover", {}).get("replication") == {"mode": "async"}:
            other = copy.deepcopy(doc)
            other["components"][name]["failover"]["replication"]["lag"] = "30m"
            yield other


@settings(max_examples=FEW)
@given(documents(), HORIZONS, RANDOM)
def test_learning_a_fact_never_turns_lost_into_kept_or_back(doc: Doc, horizon: Horizon, rng: random.Random) -> None:
    others = list(learnt(doc))
    assume(others)
    sets = fault_sets(doc, rng)
    before, after = (judged(each, sets, horizon, within_rpo=True) for each in (doc, rng.choice(others)))
    assert [
        (service, sets[number], before[service][number], after[service][number])
        for service in doc["services"]
        for number in range(len(sets))
        if {before[service][number], after[service][number]} == {"yes", "no"}
    ] == []


def lost_anew(before: dict[str, list[str]], after: dict[str, list[str]], sets: list[tuple[str, ...]]) -> list[str]:
    """Return what is surely lost after a change, though it surely was not before."""
    return [
        f"{service} {sets[number]}"
        for service in before
        for number in range(len(sets))
        if (before[service][number], after[service][number]) in {("yes", "no"), ("yes", "unknown"), ("unknown", "no")}
    ]


@settings(max_examples=FEW)
@given(documents(), HORIZONS, RANDOM)
def test_one_more_member_of_any_of_adds_no_cut(doc: Doc, horizon: Horizon, rng: random.Random) -> None:
    groups = [name for name, data in doc["components"].items() if "any-of" in data]
    assume(groups)
    other = copy.deepcopy(doc)
    other["components"]["extra"] = {"role": "compute", "site": rng.choice(list(doc["sites"]))}
    other["components"][rng.choice(groups)]["any-of"].append("extra")
    sets = fault_sets(doc, rng)
    more = [(*events, "device:extra/outage") for events in sets]
    before = judged(doc, sets, horizon, within_rpo=False)
    after = [judged(other, each, horizon, within_rpo=False) for each in (sets, more)]
    assert [lost_anew(before, each, sets) for each in after] == [[], []]


@settings(max_examples=FEW)
@given(documents(), HORIZONS, RANDOM)
def test_a_firewall_taken_out_of_a_perimeter_removes_no_cut(doc: Doc, horizon: Horizon, rng: random.Random) -> None:
    sites = [name for name, data in section(doc, "sites").items() if isinstance(data.get("perimeter"), list)]
    sites = [name for name in sites if len(doc["sites"][name]["perimeter"]) > 1]
    assume(sites)
    other = copy.deepcopy(doc)
    gone = other["sites"][rng.choice(sites)]["perimeter"].pop()
    sets = [events for events in fault_sets(doc, rng) if f"device:{gone}/outage" not in events]
    before, after = (judged(each, sets, horizon, within_rpo=False) for each in (doc, other))
    assert lost_anew(after, before, sets) == []
