"""Decides one estate: topology, analysis and policies, one after the other."""

from __future__ import annotations

import gc
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.decided import Decided, Summary
from resilience_checks.model.errors import CheckError, InputError
from resilience_checks.model.result import Outcome
from resilience_checks.model.thresholds import strictest
from resilience_checks.report.interface import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from resilience_checks.analysis.answers import Answers
    from resilience_checks.analysis.change import EstateChange
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.decided import Decisions
    from resilience_checks.estates import Built
    from resilience_checks.evaluation import Group
    from resilience_checks.gathered import Gathered
    from resilience_checks.model.circle import Circle
    from resilience_checks.model.result import Result
    from resilience_checks.options import Options
    from resilience_checks.policy.engine import Engine
    from resilience_checks.policy.loosening import Loosening
    from resilience_checks.policy.matter import Matter
    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings
    from resilience_checks.topology.estate import Estate

ANALYSIS_SECONDS = 60.0
"""How long the analysis of one estate may take; what is not finished by then is unknown, and never a pass."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What every estate is decided with, and what is known of all estates together and concerns each of them."""

    options: Options
    pack: Pack
    engine: Engine
    observer: Callable[[str], None]
    circles: tuple[Circle, ...] = ()
    changes: tuple[EstateChange, ...] = ()
    loosened: tuple[Loosening, ...] = ()
    """What is loosened of other things than settings, such as waivers."""

    def matter(self, built: Built, answers: Answers, settings: Mapping[str, Settings], group: Group) -> Matter:
        """Return what policies may read of one estate."""
        from resilience_checks.policy.loosening import Base
        from resilience_checks.policy.matter import Matter
        from resilience_checks.policy.pack import types

        names, options = set(built.stacks), self.options
        folders = tuple((member.source.name, member.source.directory) for member in group.members)
        return Matter(
            built.estate,
            answers,
            settings,
            built.graphs,
            tuple(circle for circle in self.circles if names & set(circle.stacks)),
            next((each.change for each in self.changes if names & set(each.stacks)), None),
            change_given=options.base is not None or bool(options.previews),
            base=None if options.base is None else Base(options.base, options.root, folders, options.config, self.pack),
            declared=group.declarations,
            types=types(self.pack, settings),
            today=options.today,
            trust=None if group.trust is None else replace(group.trust, services=built.lost),
            pack=self.pack,
            loosened=self.loosened,
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The mildest severity that blocks, as policies and stacks (by name) are set and as the check was asked for."""

    settings: Mapping[str, Settings]
    stacks: Mapping[str, str]
    options: Options

    def of(self, result: Result, estate: Estate, stacks: Sequence[str]) -> str:
        """Return the threshold of a result, the strictest of its services' ones; "" where it is that of the check."""
        how = self.settings.get(result.policy)
        if how is None or not (self.stacks or how.thresholds_set):
            return ""
        known = [estate.services[name] for name in result.services if name in estate.services]
        of = dict.fromkeys((one.tier, (one.stack,) if one.stack is not None else tuple(stacks)) for one in known)
        found = [self._within(how, tier, names) for tier, names in of or [(None, tuple(stacks))]]
        if not any(found):
            return ""
        asked = (self.options.threshold,) if self.options.fail_on_given else ()
        return strictest((*(one or self.options.threshold for one in found), *asked))

    def _within(self, how: Settings, tier: int | None, stacks: Sequence[str]) -> str:
        """Return the threshold for what is of a tier and of stacks, "" where nobody says so."""
        own, of_stacks = how.within(tier, stacks), [self.stacks.get(name, "") for name in stacks]
        if not any((*own.fail_on, *of_stacks)):
            return ""
        return own.threshold(strictest(one or self.options.threshold for one in of_stacks))


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What an estate was held to: its policies' settings, and scope, tier, RTO and RPO of each service."""

    stacks: tuple[str, ...]
    settings: Mapping[str, Settings]
    objectives: Mapping[str, Mapping[str, Any]]

    @staticmethod
    def of(built: Built, settings: Mapping[str, Settings]) -> Yardstick:
        """Return it for an estate that is decided with these settings."""
        objectives = {
            one.id: {"scope": one.scope, "tier": one.tier, "rto": one.rto, "rpo": one.rpo}
            for one in built.estate.services.values()
        }
        return Yardstick(built.stacks, settings, objectives)


@dataclass(slots=True)
class Line:
    """One estate on its way to a verdict: first it is built, then decided; what is found is added to `gathered`.

    Neither is done where `decisions` have one about it.
    """

    gathered: Gathered
    group: Group
    decisions: Decisions | None = None
    key: str | None = None
    found: Decided | None = None
    """What was decided before."""
    built: Built | CheckError | None = None
    yardstick: Yardstick | None = None
    """What it was held to, once it is decided."""

    def build(self, catalogue: Catalogue) -> Line:
        """Build the estate of those stacks that can be decided, and return this line."""
        from resilience_checks.estates import tried

        self.gathered.inputs.update(self.group.files)
        self.gathered.failures += [
            failure
            for name in sorted(self.group.undecided)
            if (failure := _undecided(name)) not in self.gathered.failures
        ]
        if self._is_decided():
            return self
        with self.gathered.timed("topology"):
            self.built = tried(self.group, catalogue)
        if isinstance(self.built, CheckError):
            self.gathered.fail(self.built, subject=", ".join(self._names()))
        elif self.built is not None:
            self.gathered.summarise(Summary.of(self.built.estate, self.built.stacks))
            if self.group.trust is not None:
                self.gathered.declare(self.group.trust.declared_here())
        return self

    def _is_decided(self) -> bool:
        """Return whether the estate was decided before, with all that it hangs on as it is now."""
        if self.decisions is not None:
            self.key = self.decisions.key(self.group)
            self.found = self.decisions.find(self.key) if self.key is not None else None
        if self.found is not None:
            self.gathered.summarise(self.found.summary)
        return self.found is not None

    def decide(self, beside: Beside) -> None:
        """Ask the policies about the estate, where there is one, and let go of it."""
        if self.found is not None:
            self.gathered.take(self.found)
        built, self.built, self.found = self.built, None, None
        if isinstance(built, CheckError) or built is None:
            return
        try:
            self._decide(built, beside)
        except CheckError as error:
            self.gathered.fail(error, subject=", ".join(built.stacks))

    def _decide(self, built: Built, beside: Beside) -> None:
        from resilience_checks.policy.settings import settings as settle

        shown, pack = ", ".join(built.stacks), beside.pack
        declared, trust = self.group.declarations, self.group.trust
        settings = settle(pack, declared.policies, declared.policy_set) if trust is None else trust.settings(pack)
        gc.freeze()  # it lives as long as the check: no collection need look at it again
        beside.observer(f"analysing {shown}")
        judgement = judged(
            built,
            settings,
            beside,
            lambda answers: beside.matter(built, answers, settings, self.group),
            self.gathered.timed,
        )
        decided = self._decided(judgement.results, built, beside, settings)
        self.gathered.take(decided)
        if self.decisions is not None and self.key is not None and judgement.whole:
            self.decisions.keep(self.key, decided)
        if beside.options.audit:
            self._audit(judgement.results, built, beside, settings)
        self.yardstick = Yardstick.of(built, settings)

    def _audit(self, results: Sequence[Result], built: Built, beside: Beside, settings: Mapping[str, Settings]) -> None:
        """Collect what only auditors read of the estate."""
        from resilience_checks.audit import Audit, Authors
        from resilience_checks.policy.rounds import Asked, rounds

        asked = Asked(beside.pack, rounds(settings, built.estate, built.stacks))
        alone = frozenset(policy.id for policy in beside.pack.policies if not policy.reads)
        beside.observer(f"collecting what auditors read of {', '.join(built.stacks)}")
        with self.gathered.timed("audit"):
            authors = Authors(beside.options.root)
            self.gathered.audit.append(Audit(built, self.group, results, authors, asked.of, alone).data())

    def _decided(
        self, results: Sequence[Result], built: Built, beside: Beside, settings: Mapping[str, Settings]
    ) -> Decided:
        thresholds = Thresholds(settings, self.group.thresholds, beside.options)
        on = [policy for policy in beside.pack.policies if settings[policy.id].enabled]
        why = {policy.id: "; ".join(settings[policy.id].not_enforced(beside.options.today)) for policy in on}
        shown = ", ".join(built.stacks)
        return Decided(
            Summary.of(built.estate, built.stacks),
            tuple(self._told(results, built, thresholds)),
            {policy.id: policy.title for policy in on},
            {name: text for name, text in why.items() if text},
            tuple(
                f"{policy.id} ({whom or shown})" for policy in beside.pack.policies for whom in settings[policy.id].off
            ),
        )

    def _told(
        self, results: Sequence[Result], built: Built, thresholds: Thresholds
    ) -> Iterator[tuple[Result, frozenset[str]]]:
        """Yield the results, each with the stacks that it is about; nothing blocks that is about advisory ones alone."""
        stacks, whole = list(built.stacks), frozenset(built.stacks)  # once: there are thousands, and more results
        for item in results:
            evidence = {"stacks": stacks, **item.evidence}
            about = _about(item, built.estate, whole)
            advisory = (*item.advisory, *(("the stack is advisory",) if about <= self.group.advisory else ()))
            fail_on = thresholds.of(item, built.estate, built.stacks)
            yield replace(item, evidence=evidence, advisory=advisory, fail_on=fail_on), about

    def _names(self) -> list[str]:
        graphs = [member.graph for member in self.group.members if member.graph is not None]
        return [graph.name for graph in graphs if graph.name not in self.group.undecided]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policies find in an estate; `whole` where another run would find the same, whatever else the machine does."""

    results: tuple[Result, ...]
    whole: bool


def judged(
    built: Built,
    settings: Mapping[str, Settings],
    beside: Beside,
    matter: Callable[[Answers], Matter],
    timed: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> Judgement:
    """Return what the policies find in an estate; `matter` tells what they may read, once the analysis has answered."""
    from resilience_checks.analysis.answers import answer
    from resilience_checks.policy import document as documents
    from resilience_checks.policy.outcome import decide
    from resilience_checks.policy.pack import reads
    from resilience_checks.policy.rounds import Asked, rounds

    begun = time.monotonic()
    with timed("analysis"):
        asked = Asked(beside.pack, rounds(settings, built.estate, built.stacks))
        found = answer(built.estate, asked.questions, deadline=ANALYSIS_SECONDS, compiled=built.compiled)
        answers = asked.answered(found)
    gc.freeze()
    beside.observer(f"asking the policies about {', '.join(built.stacks)}")
    with timed("policies"):
        told, answered = matter(answers), time.monotonic()
        document = documents.build(told, reads(beside.pack, settings))
        built_by = time.monotonic()
        in_time = built_by - begun < ANALYSIS_SECONDS and built_by - answered < documents.SECONDS
        results = decide(beside.pack, document, told, beside.engine)
    return Judgement(results, in_time and all(result.outcome is not Outcome.ERROR for result in results))


def _about(result: Result, estate: Estate, names: frozenset[str]) -> frozenset[str]:
    """Return the stacks that a result names, else those of its services, all of the estate where they have none."""
    told = result.evidence.get("stacks")
    if isinstance(told, list) and told:
        return frozenset(map(str, told))
    stacks = {estate.services[name].stack for name in result.services if name in estate.services}
    return frozenset(stack for stack in stacks if stack is not None and None not in stacks) or names


def _undecided(name: str) -> Failure:
    return Failure(
        f"{name} was not decided: another stack of its estate could not be evaluated",
        "what it stands on may be in the stack that is missing",
        "correct the other stack first",
        InputError.exit_code,
        subject=name,
    )
