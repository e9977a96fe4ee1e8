"""Runs the line: sources, topology, analysis, policy, gate, report. The one function that knows all stations."""

from __future__ import annotations

import os
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from resilience_checks import __version__
from resilience_checks.gate.verdict import verdict
from resilience_checks.model.errors import CheckError, InputError, NothingToCheckError
from resilience_checks.model.result import Severity
from resilience_checks.report.interface import Failure, Remark, Report, ServiceSummary, StackSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.result import Result
    from resilience_checks.policy.engine import Engine
    from resilience_checks.policy.pack import Pack
    from resilience_checks.sources.discovery import Discovery, Stack
    from resilience_checks.sources.files import Files
    from resilience_checks.sources.interface import Source
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Estate

DECLARATIONS = "resilience.yaml"
_SWITCH = 0.0002
"""Seconds until a thread gives way: programs wait for the monitor while this process prepares the rest."""


class Observer(Protocol):
    """Is told what the check does; knows nothing else of it."""

    def __call__(self, what: str, /) -> None:
        """Take note of one step."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to check and how; `root` is the repository root, to which every shown path is relative."""

    paths: tuple[Path, ...]
    """Where programs are looked for; none of them runs where there is no path, and the files alone are checked."""
    root: Path
    stacks: tuple[str, ...] = ()
    config: Path | None = None
    policies: tuple[Path, ...] = ()
    engine: str = "embedded"
    opa_url: str | None = None
    fail_on: Severity | None = Severity.MEDIUM
    seconds: float = 60.0
    previews: tuple[Path, ...] = ()
    states: tuple[Path, ...] = ()
    lookups: Path | None = None
    stack_outputs: Path | None = None


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
    assumptions: list[Remark] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)


def run(options: Options, observer: Observer = lambda _: None, ready: Sequence[Source] = ()) -> Report:
    """Check every selected stack, or those of the sources that are `ready`, and return the report.

    A stack that cannot be evaluated, or an estate that cannot be decided, becomes a failure in the report; the
    others are still checked. Raises CheckError where nothing can be checked at all.
    """
    from resilience_checks.sources.discovery import Discovery

    begun = time.monotonic()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    gathered = _Run()
    sys.setswitchinterval(_SWITCH)
    files = _files(options)
    found = Discovery(()) if ready else _programs(options, files)
    gathered.failures += [_failure(error, "") for error in files.failures]
    gathered.failures += [_failure(error, "") for error in found.failures]
    with ExitStack() as stack:
        engine = stack.enter_context(_engine(options))
        sources = [stack.enter_context(closing(source)) for source in ready or _sources(found.stacks, options, files)]
        graphs = _Graphs(sources, observer)
        stack.callback(graphs.close)
        engine.start()
        with _timed(gathered, "preparation"):
            pack, catalogue = _prepare(options)
            groups = [(_declarations(file, options.root), members) for file, members in _groups(sources, options)]
        for declarations, members in groups:
            line = _Line(gathered, declarations, catalogue, pack, engine, observer)
            line.check([(source.name, graphs.of(source)) for source in members])
        name = f"{engine.name} {engine.version}"
    gathered.inputs["policies"] = pack.digest
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
        left_out=(*found.left_out, *files.left_out),
        services=tuple(gathered.services),
        policies=gathered.policies,
        disabled=tuple(sorted(gathered.disabled)),
        known_types=gathered.known,
        unknown_types=gathered.unknown,
        inputs=gathered.inputs,
        contradictions=tuple(gathered.contradictions),
        assumptions=tuple(gathered.assumptions),
        failures=tuple(gathered.failures),
        timings=gathered.timings,
    )


def graphs(options: Options) -> Iterator[ResourceGraph]:
    """Yield the graph of every selected stack; raise the first error."""
    files = _files(options)
    found = _programs(options, files)
    for failure in (*files.failures, *found.failures):
        raise failure
    for source in _sources(found.stacks, options, files):
        with closing(source):
            yield source.graph()


def repository_root(path: Path) -> Path:
    """Return the root of the repository that holds the path, or the current directory."""
    start = path.resolve()
    for directory in (start, *start.parents):
        if (directory / ".git").exists():
            return directory
    return Path.cwd() if start.is_relative_to(Path.cwd()) else (start if start.is_dir() else start.parent)


def _prepare(options: Options) -> tuple[Pack, Catalogue]:
    """Read policies and catalogue, and load what is needed later, while the programs run."""
    import resilience_checks.analysis.answers
    import resilience_checks.policy.outcome
    import resilience_checks.topology.estate_builder  # noqa: F401
    from resilience_checks.catalogue import loader
    from resilience_checks.policy import pack

    catalogue = loader.load()
    for package in catalogue.packages:
        catalogue.package(package)
    return pack.load(options.policies), catalogue


class _Graphs:
    """Evaluates the sources, as many at a time as there are processors, beginning at once."""

    def __init__(self, sources: Sequence[Source], observer: Observer) -> None:
        workers = max(1, os.cpu_count() or 1)
        for source in sources[:workers]:
            with suppress(InputError):  # told by graph(), which tries again
                source.start()
        self._sources = sources
        self._pool = ThreadPoolExecutor(max_workers=workers)
        self._futures = {id(source): self._pool.submit(self._evaluate, source, observer) for source in sources}

    def of(self, source: Source) -> Future[ResourceGraph]:
        return self._futures[id(source)]

    def close(self) -> None:
        """Stop what still runs; after an interrupt nobody waits for programs."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for source in self._sources:
            source.close()
        self._pool.shutdown()

    @staticmethod
    def _evaluate(source: Source, observer: Observer) -> ResourceGraph:
        observer(f"running {source.name}")
        return source.graph()


@dataclass(frozen=True, slots=True)
class _Line:
    """Checks the stacks that share one resilience.yaml as one estate, and adds what it finds to `gathered`."""

    gathered: _Run
    declarations: Declarations
    catalogue: Catalogue
    pack: Pack
    engine: Engine
    observer: Observer

    def check(self, members: Sequence[tuple[str, Future[ResourceGraph]]]) -> None:
        if self.declarations.path and self.declarations.digest:
            self.gathered.inputs[self.declarations.path] = self.declarations.digest
        ready = self._evaluated(members)
        if len(ready) < len(members):
            self.gathered.failures += [_undecided(graph.name) for graph in ready]
            return
        names = [graph.name for graph in ready]
        try:
            self._decide(ready, names)
        except CheckError as error:
            self.gathered.failures.append(_failure(error, ", ".join(names)))

    def _evaluated(self, members: Sequence[tuple[str, Future[ResourceGraph]]]) -> list[ResourceGraph]:
        ready: list[ResourceGraph] = []
        with _timed(self.gathered, "programs"):
            for name, future in members:
                try:
                    ready.append(future.result())
                except InputError as error:
                    self.gathered.failures.append(_failure(error, name))
        self.gathered.stacks += map(_stack, ready)
        self.gathered.inputs.update((graph.name, graph.digest) for graph in ready)
        return ready

    def _decide(self, graphs: Sequence[ResourceGraph], names: Sequence[str]) -> None:
        from resilience_checks.analysis.answers import answer
        from resilience_checks.policy import document as documents
        from resilience_checks.policy.outcome import decide
        from resilience_checks.policy.pack import questions
        from resilience_checks.policy.settings import settings as settle
        from resilience_checks.topology import estate_builder

        shown = ", ".join(names)
        settings = settle(self.pack, self.declarations.policies)
        with _timed(self.gathered, "topology"):
            estate = estate_builder.build(graphs, self.declarations, self.catalogue)
        _summarise(self.gathered, estate)
        self.observer(f"analysing {shown}")
        with _timed(self.gathered, "analysis"):
            answers = answer(estate, questions(self.pack, settings))
        self.observer(f"asking the policies about {shown}")
        with _timed(self.gathered, "policies"):
            document = documents.build(estate, answers, settings)
            results = decide(self.pack, document, answers, estate, settings, self.engine)
        stacks = {"stacks": list(names)}
        self.gathered.results += [replace(item, evidence={**item.evidence, **stacks}) for item in results]
        for policy in self.pack.policies:
            if settings[policy.id].enabled:
                self.gathered.policies[policy.id] = policy.title
            else:
                self.gathered.disabled.add(f"{policy.id} ({shown})")


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


def _files(options: Options) -> Files:
    from resilience_checks.sources.files import Files, open_all

    if not options.previews and not options.states:
        return Files()
    return open_all(options.previews, options.states, options.paths or (Path(),), options.root, options.stacks)


def _programs(options: Options, files: Files) -> Discovery:
    """Return the stacks whose programs are to run: none without a path, and none that a file stands for."""
    from resilience_checks.sources.discovery import Discovery, discover

    given = bool(options.previews or options.states)
    if given and not options.paths:
        return Discovery(())
    try:
        found = discover(options.paths, options.root, options.stacks)
    except NothingToCheckError:
        if not given:
            raise
        return Discovery(())
    return replace(found, stacks=tuple(stack for stack in found.stacks if not files.stand_for(stack)))


def _sources(stacks: Sequence[Stack], options: Options, files: Files) -> list[Source]:
    from resilience_checks.sources import given, opening
    from resilience_checks.sources.interface import Limits

    limits, supplied = Limits(seconds=options.seconds), given.load(options.lookups, options.stack_outputs)
    return [*(opening.of_program(stack, options.root, limits, supplied) for stack in stacks), *files.sources]


def _groups(sources: Sequence[Source], options: Options) -> list[tuple[Path | None, list[Source]]]:
    """Put stacks of one name that share a resilience.yaml together: the one beside Pulumi.yaml, else that of the root."""
    groups: dict[tuple[Path | None, str], list[Source]] = {}
    for source in sources:
        places = [source.directory / DECLARATIONS, options.root / DECLARATIONS]
        file = options.config or next((place for place in places if place.is_file()), None)
        groups.setdefault((file, source.stack), []).append(source)
    return [(file, members) for (file, _), members in groups.items()]


def _declarations(file: Path | None, root: Path) -> Declarations:
    from resilience_checks.topology.declared import Declarations

    if file is None:
        return Declarations.empty()
    from resilience_checks.topology.declarations import load

    return load(file, root)


def _engine(options: Options) -> Engine:
    if options.engine == "opa" or options.opa_url is not None:
        from resilience_checks.model.errors import UsageError
        from resilience_checks.policy.opa_server import OpaServerEngine

        if options.opa_url is None:
            raise UsageError(
                "--engine opa needs --opa-url",
                why="no server was named",
                remedy="start one with `opa run --server` and give its URL",
            )
        return OpaServerEngine(options.opa_url)
    from resilience_checks.policy.embedded import EmbeddedEngine

    return EmbeddedEngine()


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
