"""The answer to `what-if`, for a person at a terminal and as `resilience-what-if/v1` JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.fates import Fate
from resilience_checks.model.question import Horizon
from resilience_checks.report import facts_json, words
from resilience_checks.report.json_report import location

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.analysis.what_if import Effect, WhatIf
    from resilience_checks.report.page import Page

SCHEMA = "resilience-what-if/v1"
_STYLES = {
    Fate.ERROR: "bold red",
    Fate.LOST: "bold red",
    Fate.DEGRADED: "yellow",
    Fate.UNKNOWN: "magenta",
    Fate.KEPT: "green",
}
_IN = {Horizon.INSTANT: "at once", Horizon.RTO: "within the RTO"}
_MAX_SHOWN = 4
_MAX_LISTED = 20
Answer = tuple[tuple[str, ...], "WhatIf"]
"""The stacks of an estate, and what happens to it."""


def write(page: Page, answers: Sequence[Answer]) -> None:
    """Write what happens to each estate that the faults are in; of the others only that nothing does."""
    for stacks, found in answers:
        if not found.events:
            continue
        _Sheet(page, found).write()
        if len(answers) > 1:
            page.field("stacks", words.listed(stacks))
        page.end()
    spared = [name for stacks, found in answers if not found.events for name in stacks]
    if spared:
        page.field("spared", f"{words.listed(spared)}: none of these failure domains is in it")


class _Sheet:
    """The blocks about one estate."""

    def __init__(self, page: Page, found: WhatIf) -> None:
        self._page, self._found = page, found

    def write(self) -> None:
        self._faults()
        for fate in Fate:
            for group in _alike(self._found.with_fate(fate)):
                self._group(fate, group)
        self._summary()

    def _faults(self) -> None:
        events, likelihoods = self._found.events, self._found.likelihoods
        if len(events) > _MAX_SHOWN:
            self._page.head("if", "bold", "", f"{len(events)} faults happen together")
            told = [
                f"{event.id}: {likelihoods[event.id].likelihood.words}{words.at(event.primary)}" for event in events
            ]
            self._page.listed("faults", told, limit=_MAX_LISTED)
        for event in events[: _MAX_SHOWN if len(events) <= _MAX_SHOWN else 0]:
            self._page.head("if", "bold", event.id, words.fault_of(event))
            self._page.source(event.primary, around=0)
            self._page.field("likely", words.stated(likelihoods[event.id]))
        self._page.end()

    def _group(self, fate: Fate, group: Sequence[Effect]) -> None:
        first = group[0]
        names = [effect.service for effect in group]
        self._page.head(f"{self._label(first)}:", _STYLES[fate], "", words.listed(names))
        if fate is Fate.ERROR:
            self._page.field("why", "lost with nothing failed: what it needs can never be met as it is described")
        if fate is Fate.DEGRADED:
            self._page.field("for", words.listed(first.losers))
        if fate in {Fate.LOST, Fate.DEGRADED}:
            self._page.listed("why", words.steps(first.chain))
            if len(group) > 1:
                self._page.field("", "the others in the same way")
        if fate is Fate.UNKNOWN:
            self._page.listed("hangs on", words.doubts(first.depends_on))
        if first.recovers:
            self._page.field("failover", _waits(first))
        self._page.end()

    def _label(self, effect: Effect) -> str:
        if len(set(effect.fates.values())) == 1:
            return str(effect.fate)
        return ", ".join(f"{fate} {_IN[horizon]}" for horizon, fate in effect.fates.items())

    def _summary(self) -> None:
        for number, horizon in enumerate(self._found.horizons):
            fates = [effect.fates[horizon] for effect in self._found.effects]
            told = [f"{fates.count(fate)} {fate}" for fate in Fate if fate in fates] or ["none"]
            self._page.field("" if number else "services", f"{_IN[horizon]}: {', '.join(told)}")


def _waits(effect: Effect) -> str:
    rto = f"its RTO is {words.lasting(effect.rto)}" if effect.rto is not None else "its RTO is not declared"
    if effect.away is None:
        return f"how long it takes is not known; {rto}"
    return f"back after {words.lasting(effect.away)}; {rto}"


def _alike(effects: Iterable[Effect]) -> Iterable[Sequence[Effect]]:
    """Return groups of services that come to the same end in the same way, but for their own names."""
    groups: dict[tuple[object, ...], list[Effect]] = {}
    for effect in effects:
        chain = tuple(_plain(step.text, effect.service) for step in effect.chain)
        told = chain if effect.fate is not Fate.KEPT else ()
        doubts = tuple(_plain(text, effect.service) for text in words.doubts(effect.depends_on))
        key = (*effect.fates.values(), effect.losers if effect.fate is Fate.DEGRADED else (), told, doubts)
        groups.setdefault((*key, effect.away, effect.rto if effect.recovers else None), []).append(effect)
    return groups.values()


def _plain(text: str, name: str) -> str:
    """Return a text without a service's name, and without places, so that what is told alike is equal."""
    return re.sub(r"\(?\S+:\d+(:\d+)?\)?", "*", text.replace(name, "*"))


def as_data(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the answer as JSON values, held by what_if.schema.json."""
    return {"schema": SCHEMA, "estates": [_estate(stacks, found) for stacks, found in answers]}


def _estate(stacks: Sequence[str], found: WhatIf) -> dict[str, Any]:
    return {
        "stacks": list(stacks),
        "faults": [facts_json.event(event, found.likelihoods[event.id]) for event in found.events],
        "services": [_service(effect) for effect in found.effects],
        "counts": {
            str(horizon): {str(fate): sum(effect.fates[horizon] is fate for effect in found.effects) for fate in Fate}
            for horizon in found.horizons
        },
    }


def _service(effect: Effect) -> dict[str, Any]:
    return {
        "service": effect.service,
        "fate": str(effect.fate),
        "fates": {str(horizon): str(fate) for horizon, fate in effect.fates.items()},
        "rto": effect.rto,
        "failover": {"seconds": effect.away} if effect.recovers else None,
        "losers": list(effect.losers),
        "chain": facts_json.steps(effect.chain),
        "depends_on": facts_json.doubts(effect.depends_on),
        "location": location(effect.location),
    }
