"""Runs the line: sources, topology, analysis, policy, gate, report. The one function that knows all stations."""

from __future__ import annotations

import gc
import hashlib
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Protocol

from resilience_checks.between_stacks import circles, differing
from resilience_checks.catalogue import bundled
from resilience_checks.decided import decisions
from resilience_checks.evaluation import Inputs
from resilience_checks.gathered import Gathered
from resilience_checks.line import Beside, Line
from resilience_checks.model.errors import CheckError, InputError
from resilience_checks.model.interrupts import held_back
from resilience_checks.model.refusals import refused
from resilience_checks.options import Options
from resilience_checks.report.interface import Remark
from resilience_checks.sources.wire import key_put_back
from resilience_checks.untouched import Untouched
from resilience_checks.waiving import waiving

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.changes import Comparison
    from resilience_checks.evidence.witness import Witness
    from resilience_checks.gate.baseline import Earlier
    from resilience_checks.model.circle import Circle
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.policy.engine import Engine
    from resilience_checks.policy.pack import Pack
    from resilience_checks.report.interface import Report
    from resilience_checks.sides import Side
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.together import Evaluated, Together

__all__ = ["Observer", "Options", "graphs", "run"]
_SWITCH = 0.0002
"""Seconds until a thread gives way: programs wait for the monitor while this process prepares the rest."""

_COLLECTIONS = 100_000, 20, 100
"""How seldom garbage is collected: nearly all that is made of a large estate lives as long as the check."""


class Observer(Protocol):
    """Is told what the check does; knows nothing else of it."""

    def __call__(self, what: str, /) -> None:
        """Take note of one step."""


def run(
    options: Options,
    observer: Observer = lambda _: None,
    ready: Sequence[Source] = (),
    engine: Engine | None = None,
    witness: Witness | None = None,
) -> Report:
    """Check every selected stack, or those of the sources that are `ready`, and return the report.

    A stack that cannot be evaluated, or an estate that cannot be decided, becomes a failure in the report; the
    others are still checked; a `witness` is shown what was read. Raises CheckError where nothing can be checked at all.
    """
    from resilience_checks.narrowing import narrowed

    try:
        try:
            return _run(narrowed(options), observer, ready, engine, witness)
        except _LackingError:
            return _run(options, observer, ready, engine, witness)
    except OSError as error:
        raise refused(error) from error


class _LackingError(Exception):
    """A program reads from a stack that was taken for not affected."""


def _run(
    options: Options, observer: Observer, ready: Sequence[Source], given: Engine | None, witness: Witness | None
) -> Report:
    begun = time.monotonic()
    started = options.clock.astimezone(UTC).isoformat(timespec="seconds")
    gathered = Gathered(options.threshold, override=options.override)
    with ExitStack() as stack:
        stack.enter_context(_attuned())
        stack.enter_context(key_put_back())
        inputs = stack.enter_context(closing(Inputs(options, ready)))
        gathered.settings_from = "" if inputs.trusted is None else inputs.trusted.name
        gathered.fail(*inputs.failures)
        standing = _baseline(options, inputs, gathered)
        gathered.unaffected = inputs.unaffected
        if inputs.nothing and options.aside is not None:
            gathered.compared_with = [options.aside.since]
            return gathered.report(options, started, "none", inputs.left_out)
        stack.callback(gc.unfreeze)
        engine = stack.enter_context(given or _engine(options))
        together = stack.enter_context(closing(inputs.evaluate(observer)))
        untouched = Untouched(inputs.settings(), options.root)
        with held_back():  # the threads of the programs import, too
            _begin(together, engine)
        with gathered.timed("preparation"), held_back():
            pack, titles, catalogue = _prepare(inputs, ahead=together.runs)
            inputs.load()
            accepted = waiving(options, inputs.trust, pack)
            loosened = (*accepted.loosened, *inputs.taken_away())
        with gathered.timed("programs"):
            results = together.results()
        gathered.fail(*untouched.changes())
        if inputs.lacks(results):
            raise _LackingError
        if witness is not None:
            witness.see([result.graph for result in results if result.graph is not None], *_own(inputs))
        found = _read(gathered, results, together)
        # Who evaluates the policies himself is asked each time.
        before = decisions(None if engine is given else together.store, options, pack, catalogue, found, loosened)
        lines = [Line(gathered, group, before).build(catalogue) for group in inputs.groups(results)]
        with gathered.timed("change"):
            after = _Head(inputs.failures, results, lines, catalogue)
            compared = _compared(options, gathered, after, observer)
            changed = () if compared is None else compared.changes.estates
            beside = Beside(options, pack, engine, observer, found, changed, loosened)
        for line in lines:
            line.decide(beside)
        if compared is not None and options.base is not None:
            with gathered.timed("base"):
                standing.append(_at_base(compared, lines, beside))
        name = f"{engine.name} {engine.version}"
        gathered.inputs |= {**_digests(pack), **catalogue.digests, **accepted.files, **_supplied(options, inputs)}
    gathered.describe(pack, titles)
    never = frozenset(policy.id for policy in pack.policies if policy.judges_change)
    for earlier in standing:
        gathered.hold_against(replace(earlier, never=never))
    gathered.results, gathered.waivers = accepted.applied(gathered.results, whole=not inputs.unaffected)
    gathered.timings["total"] = time.monotonic() - begun
    return gathered.report(options, started, name, inputs.left_out)


def _begin(together: Together, engine: Engine) -> None:
    """Begin the programs, and the engine where there are any: what was decided before needs none."""
    together.start()
    if together.runs:
        engine.start()


@contextmanager
def _attuned() -> Iterator[None]:
    """Let threads give way soon, and collect garbage seldom while the check runs."""
    sys.setswitchinterval(_SWITCH)
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _digests(pack: Pack) -> dict[str, str]:
    """Return those of all policies together and of the catalogue that the tool comes with."""
    return {"policies": pack.digest, "catalogue": bundled.digest(bundled.files())}


def _read(gathered: Gathered, results: Sequence[Evaluated], together: Together) -> tuple[Circle, ...]:
    """Take note of what was read, and of what stacks say of each other; return the circles among them."""
    gathered.read(results)
    gathered.contradictions += differing(results)
    found = tuple(circles(results, together.circles))
    gathered.circles += [Remark(circle.text, circle.locations) for circle in found]
    return found


def _at_base(compared: Comparison, lines: Sequence[Line], beside: Beside) -> Earlier:
    """Return what stood at the base, held to what the change is held to."""
    from resilience_checks.earlier import of_base

    return of_base(compared, [line.yardstick for line in lines if line.yardstick], beside)


def known_graphs(options: Options) -> tuple[tuple[ResourceGraph, ...], Catalogue]:
    """Return the graph of every selected stack, and the catalogue that holds for them; raise the first error."""
    from resilience_checks.catalogue import loader

    inputs = Inputs(options)
    found = tuple(_graphs(inputs))
    own = inputs.own("catalogue")
    return found, loader.load(own, inputs.shown(own))


def graphs(options: Options) -> Iterator[ResourceGraph]:
    """Yield the graph of every selected stack; raise the first error."""
    return _graphs(Inputs(options))


def _graphs(inputs: Inputs) -> Iterator[ResourceGraph]:
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


def _prepare(inputs: Inputs, *, ahead: bool) -> tuple[Pack, Mapping[str, str], Catalogue]:
    """Read policies, the titles of controls and the catalogue; `ahead`: and load what is needed later."""
    from resilience_checks.catalogue import loader
    from resilience_checks.policy import controls, pack

    own = inputs.own("catalogue")
    catalogue = loader.load(own, inputs.shown(own))
    if ahead:
        _load(catalogue, inputs.folders)
    folders, added = inputs.own("policy_packs"), inputs.added_packs()
    found = pack.load(folders, added, inputs.shown((*folders, *added)))
    return found, controls.titles(added) | controls.titles(folders), catalogue


def _load(catalogue: Catalogue, folders: Collection[Path]) -> None:
    """Load what topology, analysis and policies need of the projects in these folders, while their programs run."""
    import resilience_checks.analysis.answers
    import resilience_checks.policy.outcome
    import resilience_checks.topology.estate_builder  # noqa: F401
    from resilience_checks.catalogue.named import named

    for package in named(catalogue.packages, folders):
        catalogue.package(package)


def _own(inputs: Inputs) -> tuple[dict[Path, str], dict[Path, str]]:
    """Return where the user's own policies stand, and the catalogue files, each with what it is called."""
    found = (*inputs.own("policy_packs"), *inputs.added_packs()), inputs.own("catalogue")
    policies, catalogue = ({path: inputs.shown(paths)[path] for path in paths} for paths in found)
    return policies, catalogue


@dataclass(frozen=True, slots=True)
class _Head:
    """The version under check, evaluated and built."""

    failures: Sequence[CheckError]
    results: Sequence[Evaluated]
    lines: Sequence[Line]
    catalogue: Catalogue

    def side(self, root: Path) -> Side:
        """Return it as the later side of a change, so that nothing of it is evaluated again."""
        from resilience_checks.sides import AFTER, Side

        side = Side(AFTER, root, self.catalogue)
        side.read(self.failures, self.results)
        for line in self.lines:
            side.add(line.group, line.built)
        return side


def _compared(options: Options, gathered: Gathered, head: _Head, observer: Observer) -> Comparison | None:
    """Return what is deployed and what stood before; a base that is no commit is a failure of the check.

    A stack that cannot be evaluated at the base is none, or a change that breaks there could never be mended: what
    becomes of it is unknown, and all of its findings count. Nor is a preview that does not tell enough of the change.
    """
    if options.base is None and not options.previews:
        return None
    from resilience_checks.changes import known

    try:
        return known(options, head.side(options.root), observer)
    except CheckError as error:
        if options.base is not None:
            gathered.fail(error, subject=f"comparing with {options.base}")
        return None


def _supplied(options: Options, inputs: Inputs) -> dict[str, str]:
    """Return the digests of what a user supplies: answers, outputs, and settings that are trusted and in no commit."""
    from resilience_checks.gate.waiver_file import NAME as WAIVERS
    from resilience_checks.sources.given import digests

    settings = () if inputs.trust is None else inputs.trust.files.unnamed(WAIVERS)
    return digests((*filter(None, (options.lookups, options.stack_outputs)), *settings), options.root)


def _baseline(options: Options, inputs: Inputs, gathered: Gathered) -> list[Earlier]:
    """Return what stands in the baseline file, where one is given, and take note of its digest."""
    if options.baseline is None:
        return []
    from resilience_checks.earlier import baseline

    found = baseline(options, inputs.trusted)
    assert found is not None
    if found.content is not None:
        gathered.inputs[found.name] = hashlib.sha256(found.content).hexdigest()
    return [found.earlier()]


def _engine(options: Options) -> Engine:
    if options.opa_url is not None:
        from resilience_checks.policy.opa_server import OpaServerEngine

        return OpaServerEngine(options.opa_url, options.policy_seconds)
    if options.engine == "opa":
        from resilience_checks.policy.opa_started import StartedOpaEngine

        return StartedOpaEngine(options.policy_seconds)
    from resilience_checks.policy.embedded import EmbeddedEngine

    return EmbeddedEngine(options.policy_seconds)
