"""Runs the line: sources, topology, analysis, policy, gate, report. The one function that knows all stations."""

from __future__ import annotations

import sys
import time
import traceback
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from resilience_checks import __version__
from resilience_checks.evaluation import Inputs, Options, circles, differing
from resilience_checks.gate.verdict import verdict
from resilience_checks.model.errors import CheckError, InputError
from resilience_checks.report.interface import Failure, Remark, Report, ServiceSummary, StackSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.analysis.answers import Answers
    from resilience_checks.analysis.change import EstateChange
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.evaluation import Group
    from resilience_checks.model.circle import Circle
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.result import Result
    from resilience_checks.policy.engine import Engine
    from resilience_checks.policy.matter import Matter
    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.together import Evaluated
    from resilience_checks.topology.estate import Estate

__all__ = ["Observer", "Options", "graphs", "run"]
ANALYSIS_SECONDS = 60.0
"""How long the analysis of one estate may take; what is not finished by then is unknown, and never a pass."""
_SWITCH = 0.0002
"""Seconds until a thread gives way: programs wait for the monitor while this process prepares the rest."""


class Observer(Protocol):
    """Is told what the check does; knows nothing else of it."""

    def __call__(self, what: str, /) -> None:
        """Take note of one step."""


@dataclass
class _Run:
    """What a check has gathered so far."""

    results: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    stacks: list[StackSummary] = field(default_factory=list)
    services: list[ServiceSummary] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    contradictions: list[Remark] = field(default_factory=list)
    circles: list[Remark] = field(default_factory=list)
    assumptions: list[Remark] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)
    not_enforced: dict[str, str] = field(default_factory=dict)
    said: set[object] = field(default_factory=set)

    def read(self, results: Sequence[Evaluated]) -> None:
        """Take note of every stack, read or not."""
        for result in results:
            if result.error is not None:
                self.failures.append(_failure(result.error, result.source.name))
            if result.graph is not None:
                self.stacks.append(_stack(result.graph))
                self.inputs[result.graph.name] = result.graph.digest

    def add(self, result: Result, stacks: frozenset[str]) -> None:
        """Add a result about these stacks; of a stack that two estates share it is told once."""
        said = (result.fingerprint, result.outcome, result.message, result.location, stacks)
        if said not in self.said:
            self.said.add(said)
            self.results.append(result)


def run(
    options: Options,
    observer: Observer = lambda _: None,
    ready: Sequence[Source] = (),
    engine: Engine | None = None,
) -> Report:
    """Check every selected stack, or those of the sources that are `ready`, and return the report.

    A stack that cannot be evaluated, or an estate that cannot be decided, becomes a failure in the report; the
    others are still checked. Raises CheckError where nothing can be checked at all.
    """
    begun = time.monotonic()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    gathered = _Run()
    sys.setswitchinterval(_SWITCH)
    with ExitStack() as stack:
        inputs = Inputs(options, ready)
        gathered.failures += [_failure(error, "") for error in inputs.failures]
        engine = stack.enter_context(engine or _engine(options))
        together = stack.enter_context(closing(inputs.evaluate(observer)))
        together.start()
        engine.start()
        with _timed(gathered, "preparation"):
            pack, catalogue = _prepare(inputs)
            inputs.load()
        with _timed(gathered, "programs"):
            results = together.results()
        gathered.read(results)
        gathered.contradictions += differing(results)
        found = tuple(circles(results, together.circles))
        gathered.circles += [Remark(circle.text, circle.locations) for circle in found]
        with _timed(gathered, "change"):
            beside = _Beside(options, found, _changes(options, gathered, observer))
        for group in inputs.groups(results):
            _Line(gathered, group, catalogue, pack, engine, observer, beside).check()
        name = f"{engine.name} {engine.version}"
    gathered.inputs |= {"policies": pack.digest, **catalogue.digests}
    gathered.timings["total"] = time.monotonic() - begun
    codes = [failure.exit_code for failure in gathered.failures]
    return Report(
        tool=__version__,
        started=started,
        engine=name,
        fail_on=str(options.fail_on) if options.fail_on else "never",
        results=tuple(gathered.results),
        verdict=verdict(gathered.results, options.fail_on, codes),
        stacks=tuple(gathered.stacks),
        left_out=inputs.left_out,
        services=tuple(gathered.services),
        policies=gathered.policies,
        disabled=tuple(sorted(gathered.disabled)),
        not_enforced=gathered.not_enforced,
        known_types=gathered.known,
        unknown_types=gathered.unknown,
        inputs=gathered.inputs,
        contradictions=tuple(gathered.contradictions),
        circles=tuple(gathered.circles),
        assumptions=tuple(gathered.assumptions),
        failures=tuple(gathered.failures),
        timings=gathered.timings,
    )


def graphs(options: Options) -> Iterator[ResourceGraph]:
    """Yield the graph of every selected stack; raise the first error."""
    inputs = Inputs(options)
    for failure in inputs.failures:
        raise failure
    with closing(inputs.evaluate()) as together:
        together.start()
        for result in together.results():
            if result.error is not None:
                raise result.error
            if result.graph is not None:
                yield result.graph


def policy_inputs(options: Options) -> tuple[bytes, ...]:
    """Return the documents that the enabled policies would read, one for each estate, as JSON; raise the first error."""
    from resilience_checks.policy.recorder import Recorder

    recorder = Recorder()
    for failure in run(options, engine=recorder).failures:
        raise InputError(failure.what, location=failure.location, why=failure.why, remedy=failure.remedy)
    return tuple(recorder.documents)


def _prepare(inputs: Inputs) -> tuple[Pack, Catalogue]:
    """Read policies and catalogue, and load what is needed later, while the programs run."""
    import resilience_checks.analysis.answers
    import resilience_checks.policy.outcome
    import resilience_checks.topology.estate_builder  # noqa: F401
    from resilience_checks.catalogue import loader
    from resilience_checks.policy import pack

    catalogue = loader.load(inputs.own("catalogue"))
    for package in catalogue.packages:
        catalogue.package(package)
    return pack.load(inputs.own("policy_packs")), catalogue


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known of all estates together and concerns each of them."""

    options: Options
    circles: tuple[Circle, ...]
    changes: tuple[EstateChange, ...]

    def matter(
        self,
        estate: Estate,
        answers: Answers,
        settings: Mapping[str, Settings],
        graphs: Sequence[ResourceGraph],
        types: tuple[str, ...],
    ) -> Matter:
        """Return what policies may read of one estate."""
        from resilience_checks.policy.matter import Matter

        names = {graph.name for graph in graphs}
        return Matter(
            estate,
            answers,
            settings,
            tuple(graphs),
            tuple(circle for circle in self.circles if names & set(circle.stacks)),
            next((each.change for each in self.changes if names & set(each.stacks)), None),
            change_given=self.options.base is not None or bool(self.options.previews),
            types=types,
            today=self.options.today,
        )


def _changes(options: Options, gathered: _Run, observer: Observer) -> tuple[EstateChange, ...]:
    """Return what is deployed, estate by estate; a base that cannot be read is a failure of the check.

    A preview that does not tell enough of the change leaves it unknown.
    """
    if options.base is None and not options.previews:
        return ()
    from resilience_checks.changes import BEFORE, known

    try:
        found = known(options, observer)
    except CheckError as error:
        if options.base is not None:
            gathered.failures.append(_failure(error, f"comparing with {options.base}"))
        return ()
    if found is None:
        return ()
    if options.base is not None:
        gathered.failures += [_failure(one.error, one.stack) for one in found.unread if one.side == BEFORE]
    return found.estates


@dataclass(frozen=True, slots=True)
class _Line:
    """Decides one estate, and adds what it finds to `gathered`."""

    gathered: _Run
    group: Group
    catalogue: Catalogue
    pack: Pack
    engine: Engine
    observer: Observer
    beside: _Beside

    def check(self) -> None:
        self.gathered.inputs.update(self.group.files)
        self.gathered.failures += [
            failure
            for name in sorted(self.group.undecided)
            if (failure := _undecided(name)) not in self.gathered.failures
        ]
        graphs = [member.graph for member in self.group.members if member.graph is not None]
        ready = [graph for graph in graphs if graph.name not in self.group.undecided]
        if not ready:
            return
        names = [graph.name for graph in ready]
        try:
            self._decide(ready, names)
        except CheckError as error:
            self.gathered.failures.append(_failure(error, ", ".join(names)))

    def _decide(self, graphs: Sequence[ResourceGraph], names: Sequence[str]) -> None:
        from resilience_checks.analysis.answers import answer
        from resilience_checks.policy import document as documents
        from resilience_checks.policy.outcome import decide
        from resilience_checks.policy.pack import reads, types
        from resilience_checks.policy.rounds import Asked, rounds
        from resilience_checks.policy.settings import settings as settle
        from resilience_checks.topology import estate_builder

        shown = ", ".join(names)
        settings = settle(self.pack, self.group.declarations.policies, self.group.declarations.policy_set)
        with _timed(self.gathered, "topology"):
            estate = estate_builder.build(graphs, self.group.declarations, self.catalogue)
        _summarise(self.gathered, estate)
        self.observer(f"analysing {shown}")
        with _timed(self.gathered, "analysis"):
            asked = Asked(self.pack, rounds(settings, estate, names))
            answers = asked.answered(answer(estate, asked.questions, deadline=ANALYSIS_SECONDS))
        self.observer(f"asking the policies about {shown}")
        with _timed(self.gathered, "policies"):
            matter = self._compared(self.beside.matter(estate, answers, settings, graphs, types(self.pack, settings)))
            document = documents.build(matter, reads(self.pack, settings))
            results = decide(self.pack, document, matter, self.engine)
        for item in results:
            evidence = {**item.evidence, "stacks": list(names)}
            about = _about(item, estate, names)
            advisory = (*item.advisory, *(("the stack is advisory",) if about <= self.group.advisory else ()))
            self.gathered.add(replace(item, evidence=evidence, advisory=advisory), about)
        for policy in self.pack.policies:
            why = settings[policy.id].not_enforced(self.beside.options.today)
            if settings[policy.id].enabled:
                self.gathered.policies[policy.id] = policy.title
                self.gathered.not_enforced |= {policy.id: "; ".join(why)} if why else {}
            for whom in settings[policy.id].off:
                self.gathered.disabled.add(f"{policy.id} ({whom or shown})")

    def _compared(self, matter: Matter) -> Matter:
        """Return the matter with what is declared, and where the settings before this change are found."""
        from resilience_checks.policy.loosening import Base

        options = self.beside.options
        directories = tuple(member.source.directory for member in self.group.members)
        base = (
            None if options.base is None else Base(options.base, options.root, directories, options.config, self.pack)
        )
        return replace(matter, declared=self.group.declarations, base=base)


def _about(result: Result, estate: Estate, names: Sequence[str]) -> frozenset[str]:
    """Return the stacks of a result's services, all of the estate where they have none."""
    stacks = {estate.services[name].stack for name in result.services if name in estate.services}
    return frozenset(stack for stack in stacks if stack is not None and None not in stacks) or frozenset(names)


def _summarise(gathered: _Run, estate: Estate) -> None:
    for mine, theirs in ((gathered.known, estate.coverage.known), (gathered.unknown, estate.coverage.unknown)):
        for token, count in theirs.items():
            mine[token] = mine.get(token, 0) + count
    gathered.services += [
        ServiceSummary(
            service.id, service.scope, service.tier, service.rto, service.rpo, service.declared, service.location
        )
        for service in estate.services.values()
    ]
    gathered.contradictions += [Remark(item.text, item.locations) for item in estate.contradictions]
    gathered.assumptions += [
        Remark(reason.text, (reason.location,) if reason.location else ()) for reason in estate.assumptions
    ]


def _engine(options: Options) -> Engine:
    if options.opa_url is not None:
        from resilience_checks.policy.opa_server import OpaServerEngine

        return OpaServerEngine(options.opa_url, options.policy_seconds)
    if options.engine == "opa":
        from resilience_checks.policy.opa_started import StartedOpaEngine

        return StartedOpaEngine(options.policy_seconds)
    from resilience_checks.policy.embedded import EmbeddedEngine

    return EmbeddedEngine(options.policy_seconds)


def _failure(error: CheckError, subject: str) -> Failure:
    trace = "".join(traceback.format_exception(error))
    return Failure(error.what, error.why, error.remedy, error.exit_code, error.location, subject, trace)


def _stack(graph: ResourceGraph) -> StackSummary:
    return StackSummary(
        graph.name,
        graph.source,
        graph.digest,
        len(graph.resources),
        graph.capabilities,
        graph.notes,
        graph.skipped,
    )


def _undecided(name: str) -> Failure:
    return Failure(
        f"{name} was not decided: another stack of its estate could not be evaluated",
        "what it stands on may be in the stack that is missing",
        "correct the other stack first",
        InputError.exit_code,
        subject=name,
    )


class _timed:  # noqa: N801 reads like a verb in a with statement
    """Adds the time that a block takes to a station's total."""

    def __init__(self, gathered: _Run, name: str) -> None:
        self._timings, self._name = gathered.timings, name

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._timings[self._name] = self._timings.get(self._name, 0.0) + time.monotonic() - self._begun
