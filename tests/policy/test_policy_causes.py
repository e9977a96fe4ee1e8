"""What policies read of services and of causes, and for which of the services a cause may be left to a policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from resilience_checks.policy import document, pack
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.settings import settings, stricter
from resilience_checks.topology.declared_settings import PolicySettings, StackGlob
from resilience_checks.topology.estate import Service
from resilience_checks.topology.gates import ALWAYS
from resilience_checks.topology.selectors import Glob
from tests.policy.documents import DECLARED, LOST, SITE, UNIT_LOST, FixedAnswers, answers, doubtful, estate, lost

if TYPE_CHECKING:
    from resilience_checks.policy.settings import Settings

QUESTION = "redundant-firewalls.firewall-outage"
POLICY = QUESTION.partition(".")[0]
PACK = pack.load()
OFF = PolicySettings(POLICY, DECLARED, enabled=False, tiers=(3,))
NATIONAL = {"scope": "national", "rto": "unknown", "rpo": "unknown", "declared": "yes", "consumers": []}


def causes(said: FixedAnswers, how: dict[str, Settings]) -> dict[str, Any]:
    return document.causes(Matter(estate(), said, how), said.statements)  # type: ignore[arg-type]


def both_lost() -> FixedAnswers:
    return answers(QUESTION, record=lost(QUESTION, "record"), email=lost(QUESTION, "email"))


def on(how: Settings) -> list[str]:
    found: list[str] = causes(both_lost(), {POLICY: how})[QUESTION][SITE]["on"]
    return found


def set_(*items: PolicySettings) -> Settings:
    first, *others = items
    return settings(PACK, {POLICY: replace(first, also=tuple(others))})[POLICY]


def test_the_core_of_what_policies_read() -> None:
    asked = replace(estate(), services={"record": Service("record", ALWAYS, "national", 1, rto=60.0, consumers=("w",))})
    said = FixedAnswers((doubtful(QUESTION, "record"),), answers(QUESTION).events)
    matter = Matter(asked, said, settings(PACK, {}), today=date(2026, 6, 1))  # type: ignore[arg-type]
    found = dict(document.build(matter).data)
    assert {name: found.pop(name) for name in ("version", "today", "services", "facts", "causes")} == {
        "version": "resilience-policy-input/v1",
        "today": "2026-06-01",
        "services": {"record": {**NATIONAL, "tier": 1, "rto": 60.0, "consumers": ["w"]}},
        "facts": {
            QUESTION: {
                "record": {
                    "asked": "unknown",
                    "holds": "unknown",
                    "cuts": [[SITE]],
                    "because": ["an outage of site north takes down firewall fw-1", "record is lost"],
                    "assumed": [],
                    "depends_on": ["nothing says where fw-1 stands"],
                    "error": "",
                }
            }
        },
        "causes": {QUESTION: {}},
    }
    assert found.pop("settings") == {policy.id: policy.defaults for policy in PACK.policies}
    assert found.pop("events") == {
        SITE: {"domain": "site:north", "kind": "site", "name": "north", "fault": "outage"},
        "device:fw-1/outage": {"domain": "device:fw-1", "kind": "device", "name": "fw-1", "fault": "outage"},
    }
    assert found == {}


def test_a_cause_is_told_once_with_the_services_that_it_loses() -> None:
    assert causes(both_lost(), {}) == {
        **{one.question: {} for one in both_lost().statements},
        QUESTION: {
            SITE: {
                "id": SITE,
                "question": QUESTION,
                "events": [SITE],
                "target": "site:north",
                "together": "yes",
                "services": ["record", "email"],
                "on": ["record", "email"],
                "consumers": [],
            }
        },
    }


def test_a_place_that_encloses_a_smaller_cause_is_none_of_its_own() -> None:
    said = answers(QUESTION, record=lost(QUESTION, "record", LOST, UNIT_LOST))
    assert list(causes(said, {})[QUESTION]) == ["device:fw-1/outage"]


def test_a_cause_is_left_to_no_policy_that_is_off_for_the_service() -> None:
    assert on(set_(OFF)) == ["record"]
    assert on(set_(PolicySettings(POLICY, DECLARED))) == ["record", "email"]


def test_nor_to_one_that_is_off_both_here_and_where_settings_are_trusted() -> None:
    own, trusted = set_(OFF), set_(replace(OFF, tiers=(2, 3)))
    assert on(stricter(own, trusted)) == ["record"]
    assert on(stricter(own, set_(PolicySettings(POLICY, DECLARED)))) == ["record", "email"]


def test_a_policy_is_on_for_the_tiers_and_the_stacks_that_it_is_set_for() -> None:
    nowhere = PolicySettings(POLICY, DECLARED, enabled=False)
    assert on(set_(nowhere, replace(OFF, enabled=True))) == ["email"]
    here = replace(nowhere, enabled=True, stacks=(StackGlob(Glob("*/prod"), DECLARED),))
    known = estate()
    services = {name: replace(one, stack=f"a/{name}") for name, one in known.services.items()}
    services["record"] = replace(services["record"], stack="a/prod")
    said, how = both_lost(), {POLICY: set_(nowhere, here)}
    matter = Matter(replace(known, services=services), said, how)  # type: ignore[arg-type]
    assert document.causes(matter, said.statements)[QUESTION][SITE]["on"] == ["record"]
