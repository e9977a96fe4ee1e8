"""What is told of settings that hold less strictly: of files of one's own, of services, and of an organisation's defaults."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from resilience_checks.model.location import Location
from resilience_checks.model.question import Step
from resilience_checks.policy import pack
from resilience_checks.policy.loosening import Held, Loosening, loosened
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import loosened as told
from resilience_checks.policy.trusting import TrustedSide
from resilience_checks.topology.declarations import parsed
from tests.policy.documents import answers, estate

if TYPE_CHECKING:
    from resilience_checks.topology.declared import Declarations

PACK = pack.load()
TODAY = date(2026, 6, 1)
FRONT: dict[str, Any] = {"entry": "front"}


def file(services: dict[str, Any], **more: Any) -> Declarations:
    whole = {
        "version": 1,
        "components": {"front": {"role": "compute", "units": 1}},
        "consumers": {"north": {"kind": "board"}, "south": {"kind": "board"}},
        "services": {name: {**FRONT, **one} for name, one in services.items()},
        **more,
    }
    return parsed(json.dumps(whole, indent=1).encode(), "resilience.yaml", alone=False)


def between(before: Held, after: Held, *, gone: bool = False) -> list[tuple[Any, ...]]:
    """Return what is told, but for lines."""
    found = loosened(before, after, estate(), ("web/prod",), TODAY, gone=gone)
    return [(one.kind, one.names, one.setting, one.before, one.after, one.sure, one.target) for one in found]


def test_services_that_ask_less_are_told_and_who_uses_them_only_where_what_is_gone_is() -> None:
    before = {"record": {"scope": "national", "tier": 1, "rto": "1h", "rpo": "5m", "consumers": ["north", "south"]}}
    after = {"record": {"scope": "local", "tier": 2, "rto": "2h", "consumers": ["north"]}}
    easier = [
        ("service", ("record",), setting, was, now, True, f"service record: {setting}")
        for setting, was, now in (
            ("scope", "national", "local"),
            ("tier", "1", "2"),
            ("rto", "1h", "2h"),
            ("rpo", "5m", "not declared"),
        )
    ]
    fewer = ("service", ("record",), "consumers", "north, south", "north", True, "service record: consumers")
    sides = Held({}, file(before)), Held({}, file(after))
    assert between(*sides) == easier
    assert between(*sides, gone=True) == [*easier, fewer]
    assert between(*reversed(sides), gone=True) == []


def test_a_service_that_is_not_declared_any_more_is_told_only_where_what_is_gone_is() -> None:
    sides = Held({}, file({"record": {}, "email": {}})), Held({}, file({"record": {}}))
    gone = ("service", ("email",), "declaration", "there", "gone", True, "service email: declaration")
    assert (between(*sides), between(*sides, gone=True)) == ([], [gone])


def test_files_of_ones_own_are_told_with_their_digests() -> None:
    named = file({}, catalogue=["kept.yaml", "other.yaml", "new.yaml"], policy_packs=["mine"])
    was = {("catalogue", "kept.yaml"): "1", ("catalogue", "other.yaml"): "2", ("catalogue", "gone.yaml"): "3"}
    packs = {("policy_packs", "mine"): "4", ("policy_packs", "theirs"): "5"}
    now = {("catalogue", "kept.yaml"): "1", ("catalogue", "other.yaml"): "9", ("catalogue", "new.yaml"): "8"}
    before, after = Held({}, named, was | packs), Held({}, named, now | {("policy_packs", "mine"): "4"})
    assert between(before, after) == [
        ("file", ("other.yaml",), "content of catalogue", "2", "9", False, "other.yaml: content of catalogue"),
        ("file", ("gone.yaml",), "catalogue", "named", "not named", False, "gone.yaml: catalogue"),
        ("file", ("theirs",), "policy_packs", "named", "not named", True, "theirs: policy_packs"),
        ("file", ("new.yaml",), "catalogue", "not named", "named", False, "new.yaml: catalogue"),
    ]


def test_what_an_organisation_asks_of_every_service_is_asked_of_those_that_it_does_not_name() -> None:
    board = file({"record": {"rto": "1h"}}, service_defaults={"tier": 1})
    own = file({"record": {"rto": "2h"}, "email": {"tier": 3}, "letters": {}})
    side = TrustedSide("board", for_all=True, tip=board, fork=board, own=own)
    found = side.uncounted(PACK, estate(), ("web/prod",), TODAY)
    assert [(one.target, one.before, one.after) for one in found] == [
        ("service record: rto", "1h", "2h"),
        ("service email: tier", "1", "3"),
    ]


def test_a_loosening_is_written_down_with_all_that_policies_ask_about() -> None:
    own = file({"record": {}})
    side = TrustedSide("origin/main (0123456789)", for_all=False, tip=own, fork=own, own=own)
    at = Location("resilience.yaml", 7, 3)
    one = Loosening(
        "service",
        ("record", "email"),
        "tier",
        "1",
        "2",
        ("record",),
        at,
        sure=False,
        parts=("service record: tier", "service email: tier"),
        judged=False,
        why="nothing is left",
        must_be_known=True,
        stacks=("web/prod",),
    )
    other = Loosening("file", ("own.yaml",), "catalogue", "named", "not named", parts=("own.yaml: catalogue",))
    matter = Matter(estate(), answers(""), {}, trust=side, pack=PACK, loosened=(one, other))  # type: ignore[arg-type]
    found = told.section(matter)
    assert found.data == {
        "base": "yes",
        "why": "",
        "advisory": ["counts for nothing until it is on origin/main (0123456789)"],
        "found": {
            "service record: tier": {
                "target": "tier of 2 services",
                "kind": "service",
                "names": ["record", "email"],
                "setting": "tier",
                "before": "1",
                "after": "2",
                "services": ["record"],
                "sure": "unknown",
                "cause": ["service record: tier", "service email: tier"],
                "judged": "no",
                "why": "nothing is left",
                "must_be_known": True,
                "stacks": ["web/prod"],
            },
            "own.yaml: catalogue": {
                "target": "own.yaml: catalogue",
                "kind": "file",
                "names": ["own.yaml"],
                "setting": "catalogue",
                "before": "named",
                "after": "not named",
                "services": [],
                "sure": "yes",
                "cause": ["own.yaml: catalogue"],
                "judged": "yes",
                "why": "",
                "must_be_known": False,
                "stacks": [],
            },
        },
    }
    assert found.places == {"service record: tier": Step("tier is set here", at)}


def test_without_a_base_nothing_is_loosened() -> None:
    found = told.section(Matter(estate(), answers(""), {}))  # type: ignore[arg-type]
    assert (found.data, found.places) == ({"base": "no", "why": "", "advisory": [], "found": {}}, {})
