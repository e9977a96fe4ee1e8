"""What only an auditors' report shows of one estate: its picture, and the answers of the commands that ask about faults.

Nothing is evaluated or compiled again, and every answer has a limit of time and of size; what a limit cuts off is said.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from resilience_checks.estates import Built
    from resilience_checks.evaluation import Group
    from resilience_checks.model.question import Question
    from resilience_checks.model.resource import Resource
    from resilience_checks.model.result import Result
    from resilience_checks.report.below import Below
    from resilience_checks.sources.blame import LineChange

SECONDS = 20.0
"""How long each answer may take."""
ORDER = 2
"""The most faults of one cut set."""
MAX_CUTS = 200
"""Of how many cut sets of one service the report tells all; of more it tells the likeliest."""
MAX_FAULTS = 1000
"""Of how many faults the report tells all; of more it tells those that take something down."""
MAX_LOSSES = 20_000
"""How many times a service is asked whether it carries its peak after a loss."""


@dataclass
class Audit:
    """The data of one estate, made section by section; `limits` says what each leaves out.

    `asked` tells what a policy asks of a service; policies of `alone` read nothing but the answers.
    """

    built: Built
    group: Group
    results: Sequence[Result]
    authors: Authors
    asked: Callable[[str, str], tuple[Question, ...]] = lambda _policy, _service: ()
    alone: frozenset[str] = frozenset()
    limits: list[dict[str, str]] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """Return all of it as JSON values, held by audit.schema.json."""
        from resilience_checks.report.below import Below
        from resilience_checks.report.estate_picture import picture

        cut_sets, weakest = self._cut_sets()
        below = Below(self.built.estate)
        drawn, left_out = picture(self.built.estate, below, weakest)
        for text in left_out:
            self._limit("picture", text)
        return {
            "stacks": list(self.built.stacks),
            "picture": drawn,
            "cut_sets": cut_sets,
            "recovery": self._recovery(),
            "capacity": self._capacity(),
            "blast_radius": self._blast_radius(),
            "rests_on": self._rests_on(below),
            "limits": self.limits,
        }

    def _limit(self, section: str, text: str) -> None:
        self.limits.append({"section": section, "text": text})

    def _cut_sets(self) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:
        """Return the cut sets, and the smallest and likeliest of each service."""
        from resilience_checks.analysis.answers import Analysis
        from resilience_checks.analysis.cut_lists import most_likely
        from resilience_checks.model.question import FaultKind, Horizon, Question
        from resilience_checks.report import service_cut_sets as report

        estate = self.built.estate
        question = Question("cut-sets", tuple(FaultKind), order=ORDER, horizon=Horizon.RTO)
        analysis = Analysis(estate, _until(), compiled=self.built.compiled, questions=[question])
        found = analysis.cut_sets(question)
        data = report.as_data([(self.built.stacks, estate, found)], question, None, MAX_CUTS)
        cut_off = [name for name, sets in found.items() if not sets.complete]
        if cut_off:
            self._limit("cut_sets", f"a limit of time or size cut off the larger sets of {_counted(cut_off)}")
        longer = [name for name, sets in found.items() if max(len(sets.sure), len(sets.possible)) > MAX_CUTS]
        if longer:
            self._limit("cut_sets", f"the {MAX_CUTS} likeliest are told of {_counted(longer)}; all are counted")
        firsts = {name: most_likely(estate, sets.sure, 1) for name, sets in found.items()}
        return data, {name: first[0].events if first else () for name, first in firsts.items()}

    def _recovery(self) -> dict[str, Any]:
        from resilience_checks.analysis.recovery import places, recoveries
        from resilience_checks.report.recovery import data

        estate = self.built.estate
        asked = places(estate)
        found = recoveries(estate, asked, compiled=self.built.compiled, until=_until())
        self._untold("recovery", list(estate.services) if asked else [], {item.service for item in found})
        return data([(self.built.stacks, estate, found)])

    def _capacity(self) -> dict[str, Any]:
        from resilience_checks.analysis.capacity import headrooms, losses
        from resilience_checks.report.capacity import data

        estate = self.built.estate
        asking = [service.id for service in estate.services.values() if service.peak]
        asked = losses(estate)
        if len(asking) * len(asked) > MAX_LOSSES:
            kept = tuple(events for events in asked if self._shared(events))
            self._limit("capacity", f"{len(asked) - len(kept):,} losses of a single component are not asked about")
            asked = kept
        most = max(MAX_LOSSES // max(len(asking), 1), 1)
        if len(asked) > most:
            self._limit("capacity", f"{len(asked) - most:,} of {len(asked):,} losses are not asked about: too many")
            asked = asked[:most]
        found = headrooms(estate, asked, asking, self.built.compiled, until=_until()) if asking else ()
        self._untold("capacity", asking, {item.service for item in found})
        return data([(self.built.stacks, estate, tuple(estate.services), found)])

    def _shared(self, events: Sequence[str]) -> bool:
        """Return whether a loss hits more than one part, or none."""
        domains = (self.built.estate.domains[event.rpartition("/")[0]] for event in events)
        return all(len({member.part for member in domain.members}) > 1 for domain in domains)

    def _blast_radius(self) -> dict[str, Any]:
        from dataclasses import replace

        from resilience_checks.analysis.blast_radius import blast_radius
        from resilience_checks.report.blast_radius import as_data

        until = _until()
        found = blast_radius(self.built.estate, until=until, compiled=self.built.compiled)
        if time.monotonic() > until:
            self._limit("blast_radius", "a limit of time stopped the analysis: more is unknown than need be")
        kept = tuple(blast for blast in found.blasts if not blast.harmless)
        if len(found.blasts) > MAX_FAULTS and len(kept) < len(found.blasts):
            self._limit("blast_radius", f"{len(found.blasts) - len(kept):,} faults that take down nothing are left out")
            found = replace(found, blasts=kept)
        return as_data([(self.built.stacks, found)])

    def _rests_on(self, below: Below) -> dict[str, Any]:
        from resilience_checks.report.grounds import Grounds
        from resilience_checks.report.resting import MAX_DECLARATIONS, Resting
        from resilience_checks.topology.declaration_components import PACKAGE
        from resilience_checks.topology.declaration_tags import tags

        resources = [(graph, each) for graph in self.built.graphs for each in graph.resources if each.location]
        grounds = Grounds(self.built.estate, self.built.compiled, below, self.asked, self.alone, _until())
        resting = Resting(
            grounds,
            frozenset(self.group.files),
            {_line(each) for _, each in resources if each.type.startswith(PACKAGE)},
            {_line(each) for graph, each in resources if each.custom and tags(graph, each)},
            self.authors.of,
        )
        found = resting.of(self.results)
        if grounds.late:
            self._limit(
                "rests_on", "a limit of time stopped the search for what passes rest on: they rest on at most so much"
            )
        if resting.listed > MAX_DECLARATIONS:
            self._limit(
                "rests_on", f"of passes after the first {MAX_DECLARATIONS:,} declared lines only their number is told"
            )
        return found

    def _untold(self, section: str, asked: Sequence[str], told: set[str]) -> None:
        """Say of which services a limit of time let nothing be told."""
        untold = [name for name in asked if name not in told]
        if untold:
            self._limit(section, f"a limit of time let nothing be told of {_counted(untold)}")


@dataclass
class Authors:
    """Who last changed lines of the checkout below `root`, asked of git once a file."""

    root: Path
    _files: dict[str, Mapping[int, LineChange] | str] = field(default_factory=dict)

    def of(self, line: tuple[str, int]) -> tuple[str, str, str]:
        """Return the author, the day (YYYY-MM-DD) and why these are not known, each "" where there is none."""
        path, number = line
        if path not in self._files:
            self._files[path] = self._read(path)
        found = self._files[path]
        if isinstance(found, str):
            return "", "", found
        change = found.get(number)
        return ("", "", "git knows no such line") if change is None else (change.author, change.day, change.why)

    def _read(self, path: str) -> Mapping[int, LineChange] | str:
        from resilience_checks.model.errors import UsageError
        from resilience_checks.sources.worktrees import Repository

        try:
            return Repository(self.root / path).lines((self.root / path).resolve())
        except UsageError:
            return "git is not there, or the file is in no repository of it that can be read"


def _line(resource: Resource) -> tuple[str, int]:
    assert resource.location is not None
    return resource.location.path, resource.location.line


def _until() -> float:
    return time.monotonic() + SECONDS


def _counted(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3:,} more services" if len(names) > 3 else shown  # noqa: PLR2004 as many as shown
