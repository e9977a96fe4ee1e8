"""From what a user names to built estates: what every question about faults begins with."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.evaluation import Inputs
from resilience_checks.model.errors import CheckError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from resilience_checks.analysis.bounds import Compiled
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.evaluation import Group
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.options import Options
    from resilience_checks.sources.interface import Source
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Estate


@dataclass(frozen=True)
class Built:
    """One estate, with the stacks that form it and what is declared for them."""

    stacks: tuple[str, ...]
    graphs: tuple[ResourceGraph, ...]
    declarations: Declarations
    estate: Estate
    lost: Mapping[str, str] = field(default_factory=dict)
    """Services that are declared where settings are trusted alone and cannot be built any more, and why."""

    @cached_property
    def compiled(self) -> Compiled:
        """The estate's equations, for all that asks about its faults."""
        from resilience_checks.analysis.bounds import Compiled

        return Compiled.of(self.estate)


def built(group: Group, catalogue: Catalogue) -> Built | None:
    """Return the estate of those stacks of the group that can be decided, None without any; raise CheckError."""
    from resilience_checks.topology import estate_builder

    graphs = tuple(
        member.graph
        for member in group.members
        if member.graph is not None and member.graph.name not in group.undecided
    )
    if not graphs:
        return None
    declared, lost = _with_trusted(group, lambda declared: estate_builder.build(graphs, declared, catalogue))
    return Built(tuple(graph.name for graph in graphs), graphs, declared.declarations, declared.estate, lost)


@dataclass(frozen=True, slots=True)
class _Tried:
    """An estate, and what was declared for it."""

    declarations: Declarations
    estate: Estate


def _with_trusted(group: Group, build: Callable[[Declarations], Estate]) -> tuple[_Tried, Mapping[str, str]]:
    """Build an estate with every service that is declared on the trusted side alone and that there still is.

    Returns why each of the others cannot be built: mostly, that what its entry selects is gone as well.
    """
    from resilience_checks.topology.declaration_trust import restored

    own, side = group.declarations, group.trust
    names = side.going if side is not None else ()
    if side is None or not (names or side.bare):
        return _Tried(own, build(own)), {}
    tip = side.tip

    def tried(services: Sequence[str], *, whole: bool = False) -> _Tried:
        declared = restored(own, tip, services, whole=whole)
        return _Tried(declared, build(declared))

    try:
        return tried(names, whole=side.bare), {}
    except UsageError:
        best, pending = _Tried(own, build(own)), [names] if names else []
    kept: tuple[str, ...] = ()
    lost: dict[str, str] = {}
    while pending:
        some = pending.pop()
        try:
            best = tried((*kept, *some))
            kept = (*kept, *some)
        except UsageError as error:
            if len(some) == 1:
                lost[some[0]] = error.what
            else:
                pending += [some[len(some) // 2 :], some[: len(some) // 2]]
    return best, lost


def tried(group: Group, catalogue: Catalogue) -> Built | CheckError | None:
    """Return the estate of those stacks of a group that can be decided, why it cannot be built, or None without any."""
    try:
        return built(group, catalogue)
    except CheckError as error:
        return error


def estates(
    options: Options, observer: Callable[[str], None] = lambda _: None, ready: Sequence[Source] = ()
) -> tuple[Built, ...]:
    """Return every estate of the selected stacks, or of the sources that are `ready`.

    Raises CheckError for the first stack that cannot be evaluated: a question that part of an estate is missing
    from has no answer.
    """
    from resilience_checks.catalogue import loader

    inputs = Inputs(options, ready)
    for failure in inputs.failures:
        raise failure
    with closing(inputs.evaluate(observer)) as together:
        together.start()
        catalogue = loader.load(inputs.own("catalogue"))
        inputs.load()
        results = together.results()
    for result in results:
        if result.error is not None:
            raise result.error
    found = []
    for group in inputs.groups(results):
        estate = None if group.undecided else built(group, catalogue)
        if estate is None:
            raise InputError(
                f"{', '.join(sorted(group.undecided))} cannot be decided: another stack of its estate is missing",
                why="what it stands on may be in the stack that is missing",
                remedy="correct the other stack first",
            )
        found.append(estate)
    return tuple(found)
