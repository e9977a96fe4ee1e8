"""`capacity`: which losses leave less than the declared peaks ask for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.capacity import Enough
from resilience_checks.analysis.shortfalls import shortfalls
from resilience_checks.model.question import Step
from resilience_checks.policy.document import SECONDS
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.analysis.capacity import Headroom, Stage
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Estate


def section(matter: Matter) -> Section:
    """Return for each service whether a peak is declared and what is unknown, and the stages that are too weak.

    A cause is one stage and one dimension, with every loss after which it carries less than is asked of it.
    """
    estate = matter.estate
    short = shortfalls(estate, time.monotonic() + SECONDS, matter.answers.analysis)
    services: dict[str, dict[str, Any]] = {
        service.id: {"peak": "declared" if service.peak else "unknown", "unknown": []}
        for service in estate.services.values()
    }
    causes: dict[tuple[str, str], _Cause] = {}
    for one in short.found:
        if one.enough is Enough.SHORT and one.weakest is not None:
            key = (one.weakest.name, one.demand.dimension)
            causes.setdefault(key, _Cause(*key)).add(estate, one, one.weakest)
        else:
            services[one.service]["unknown"].append(
                {**_loss(estate, one), "hangs_on": [doubt.text for doubt in one.doubts]}
            )
    places = {at: step for cause in causes.values() for at, step in cause.steps().items()}
    data = {
        "services": services,
        "causes": [cause.data() for cause in causes.values()],
        "complete": "yes" if short.complete else "no",
    }
    return Section(data, places)


@dataclass(slots=True)
class _Cause:
    """One stage that is too weak; what is told of it is the loss after which it lacks most."""

    stage: str
    dimension: str
    lacking: float = -1.0
    worst: dict[str, Any] = field(default_factory=dict)
    losses: dict[str, str] = field(default_factory=dict)
    services: dict[str, None] = field(default_factory=dict)
    lines: dict[str, Step] = field(default_factory=dict)

    def add(self, estate: Estate, one: Headroom, stage: Stage) -> None:
        loss = _loss(estate, one)
        self.services[one.service] = None
        self.losses[loss["loss"]] = loss["kind"]
        lacking = stage.total - stage.carries
        if lacking > self.lacking:
            self.lacking = lacking
            self.worst = {
                "loss": loss["loss"],
                "carries": f"{stage.carries:g}",
                "asked": f"{stage.total:g}",
                "left": _left(stage),
            }
            self.lines = {
                str(why.location): Step(why.text, why.location, why.source) for why in stage.why if why.location
            }
        if one.demand.location is not None:
            self.lines[str(one.demand.location)] = Step(f"the peak of {one.service}", one.demand.location)

    def steps(self) -> dict[str, Step]:
        return {f"{self.stage}/{self.dimension}/{number}": step for number, step in enumerate(self.lines.values())}

    def data(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "dimension": self.dimension,
            "losses": [{"loss": loss, "kind": kind} for loss, kind in self.losses.items()],
            "services": list(self.services),
            "at": list(self.steps()),
            **self.worst,
        }


def _left(stage: Stage) -> str:
    """Return what is left of a group that has lost members, and where it stands; "" of what is whole."""
    if stage.remaining is None:
        return ""
    up, of = stage.remaining
    place = f" at site {stage.site}" if stage.site is not None else ""
    return f"{up} of {of} members{place}"


def _loss(estate: Estate, one: Headroom) -> dict[str, str]:
    """Return what is lost, in words, and its kind; both are empty where nothing is."""
    domains = [estate.domains[event.rpartition("/")[0]] for event in one.events]
    return {
        "loss": " with ".join(f"{domain.kind.replace('-', ' ')} {domain.name}" for domain in domains),
        "kind": domains[0].kind if domains else "",
    }
