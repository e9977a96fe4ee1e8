"""From what a user names to the two estates of a change and what is deployed between them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.analysis.change import ORDER, Changes, EstateChange, change
from resilience_checks.catalogue import loader
from resilience_checks.model.errors import NothingToCheckError
from resilience_checks.model.operation import CREATE, DELETE, Operation
from resilience_checks.model.question import Horizon
from resilience_checks.sides import AFTER, BEFORE, PREVIEW, Side, evaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.touched import ResourceChange
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.estates import Built
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.options import Options
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.worktrees import Repository
    from resilience_checks.topology.estate import Estate

    Observer = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a change: how long a service may wait for a failover, and up to which size cuts are told."""

    horizon: Horizon
    order: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is deployed between two sides, and the earlier of them."""

    changes: Changes
    before: Side


def known(options: Options, after: Side, observer: Observer = lambda _: None) -> Comparison | None:
    """Return what the options say is deployed, by a base to compare with or by previews; None where neither is given.

    `after` is what is checked, evaluated already.
    """
    asked = Asked(Horizon.RTO, ORDER)
    if options.base is not None:
        return _versions(options, options.base, None, asked, observer, after)
    return _previews(options, asked, observer, after) if options.previews else None


def of_versions(
    options: Options, base: str, head: str | None, asked: Asked, observer: Observer = lambda _: None
) -> Changes:
    """Compare two versions of the programs: where `head` left `base`, and `head` itself, else the working tree.

    Raises CheckError where neither side can be read at all.
    """
    return _versions(options, base, head, asked, observer).changes


def of_previews(options: Options, asked: Asked, observer: Observer = lambda _: None) -> Changes:
    """Read what previews say is deployed; with paths, the programs under them are the estate's other stacks, unchanged."""
    return _previews(options, asked, observer).changes


def _versions(
    options: Options, base: str, head: str | None, asked: Asked, observer: Observer, after: Side | None = None
) -> Comparison:
    """Compare two versions; `after` is the working tree, where it is evaluated already."""
    from resilience_checks.sources.discovery import projects
    from resilience_checks.sources.worktrees import Repository

    repository = Repository(options.paths[0])
    paths = [repository.within(path) for path in options.paths]
    fork = repository.fork_point(base, head or "HEAD")
    here = [project.directory for project in projects([path for path in options.paths if path.exists()], options.root)]
    notes = [f"{fork.why}"] if fork.why else []
    catalogue = loader.load(options.catalogue) if after is None else after.catalogue
    with ExitStack() as stack:
        observer(f"checking out {fork.short}")
        root = stack.enter_context(repository.checked_out(fork, here))
        before = evaluated(Side(BEFORE, root, catalogue), _moved(options, repository, root, paths), observer)
        notes += _submodules(repository, fork.id, paths, BEFORE)
        if head is None:
            dirty = repository.uncommitted(options.paths)
            notes += [_uncommitted(dirty)] if dirty else []
            other, name = repository.root, "the working tree"
            moved = replace(options, root=other)
        else:
            commit = repository.commit(head)
            other, name = stack.enter_context(repository.checked_out(commit, here)), f"{head} ({commit.short})"
            moved = _moved(options, repository, other, paths)
            notes += _submodules(repository, commit.id, paths, AFTER)
        after = after or evaluated(Side(AFTER, other, catalogue), moved, observer)
    _hold_something(before, after)
    observer("comparing")
    found = _compared(before, after, asked, partial(_differing, (str(root), str(other))))
    unread = (*before.unread, *after.unread)
    return Comparison(Changes(f"{base} ({fork.short})", name, found, unread, tuple(notes)), before)


def _previews(options: Options, asked: Asked, observer: Observer, after: Side | None = None) -> Comparison:
    """Read previews; `after` is what they and the programs show, where it is evaluated already."""
    if after is None:
        after = evaluated(Side(AFTER, options.root, loader.load(options.catalogue)), options, observer)
    for unread in after.unread:
        raise unread.error
    standing = tuple(_earlier(options, after))
    before = Side(BEFORE, options.root, after.catalogue)
    evaluated(before, replace(options, paths=(), previews=(), settings=None), observer, standing)
    observer("comparing")
    notes = [f"what stands cannot be compared: {one.error}" for one in before.unread]
    before.lacking.clear()  # what the preview itself says is deployed is known without it
    found = _compared(before, after, asked, _told)
    names = ", ".join(sorted(name for name, graph in after.graphs.items() if graph.source == PREVIEW))
    return Comparison(Changes("what stands", f"the preview of {names}", found, notes=tuple(notes)), before)


def _hold_something(before: Side, after: Side) -> None:
    """Raise the first error where no stack of either side can be read."""
    if before.estates or after.estates:
        return
    for unread in (*after.unread, *before.unread):
        raise unread.error
    raise NothingToCheckError(
        "no Pulumi.yaml in either version",
        why="nothing was compared",
        remedy="name the directory of a Pulumi project",
    )


def _compared(
    before: Side,
    after: Side,
    asked: Asked,
    operations: Callable[[ResourceGraph | None, ResourceGraph | None], Mapping[str, Operation]],
) -> tuple[EstateChange, ...]:
    found = []
    lacking = before.lacking | after.lacking
    for old, new in _pairs(before.estates, after.estates):
        names = tuple(dict.fromkeys(name for built in (*new, *old) for name in built.stacks))
        missing = tuple(name for name in names if name in lacking)
        if missing or ("" in lacking and not (old and new)):
            found.append(EstateChange(names, None, missing))
            continue
        one, other = _graphs(old), _graphs(new)
        changes = {
            name: tuple(resource_changes(one.get(name), other.get(name), operations(one.get(name), other.get(name))))
            for name in names
        }
        # A preview's earlier estate that cannot be built is not known; where nothing stood, it is empty.
        stood = _united(old, before.catalogue) if old or not before.unread else None
        stands, compiled = _united(new, after.catalogue), new[0].compiled if len(new) == 1 and stood else None
        found.append(EstateChange(names, change(stood, stands, changes, asked.horizon, asked.order, compiled)))
    return tuple(found)


def _pairs(before: Sequence[Built], after: Sequence[Built]) -> Iterator[tuple[list[Built], list[Built]]]:
    """Yield the estates of both sides that share stacks, directly or through others."""
    from resilience_checks.analysis.components import components

    everything = [*before, *after]
    edges = [
        [index for index, other in enumerate(everything) if set(other.stacks) & set(built.stacks)]
        for built in everything
    ]
    for joined in components(edges):
        yield (
            [everything[index] for index in sorted(joined) if index < len(before)],
            [everything[index] for index in sorted(joined) if index >= len(before)],
        )


def _graphs(estates: Iterable[Built]) -> dict[str, ResourceGraph]:
    return {graph.name: graph for built in estates for graph in built.graphs}


def _united(estates: Sequence[Built], catalogue: Catalogue) -> Estate:
    """Return one estate, an empty one of none; several that the other side has joined are built anew as one."""
    from resilience_checks.topology import estate_builder
    from resilience_checks.topology.declaration_union import united
    from resilience_checks.topology.estate import Estate

    if not estates:
        return Estate({}, {}, {})
    if len(estates) == 1:
        return estates[0].estate
    graphs = [graph for built in estates for graph in built.graphs]
    return estate_builder.build(graphs, united([built.declarations for built in estates]), catalogue)


def _differing(
    moved: tuple[str, str], before: ResourceGraph | None, after: ResourceGraph | None
) -> Mapping[str, Operation]:
    from resilience_checks.sources.difference import operations

    if before is not None and after is not None:
        return operations(before, after, moved)
    graph, what = (after, CREATE) if after is not None else (before, DELETE)
    return {resource.urn: Operation(what) for resource in graph.resources} if graph is not None else {}


def _told(before: ResourceGraph | None, after: ResourceGraph | None) -> Mapping[str, Operation]:
    _ = before
    return after.operations if after is not None else {}


def resource_changes(
    before: ResourceGraph | None, after: ResourceGraph | None, operations: Mapping[str, Operation]
) -> Iterator[ResourceChange]:
    """Yield every change of a resource that a provider makes; one that goes is shown at its stack's Pulumi.yaml."""
    from resilience_checks.analysis.touched import ResourceChange

    sides = [graph for graph in (after, before) if graph is not None]
    for urn, operation in operations.items():
        resource = next((graph.by_urn[urn] for graph in sides if urn in graph.by_urn), None)
        if resource is None or not resource.custom or not operation.changes:
            continue
        made = after is not None and urn in after.by_urn
        place = resource.location if made else None
        graph = sides[0]
        yield ResourceChange(graph.name, urn, resource.type, resource.name, operation, place or graph.project_file)


def _moved(options: Options, repository: Repository, root: Path, paths: Iterable[Path]) -> Options:
    """Return the options for another version: what does not exist there has no other version."""
    config = options.config
    if config is not None and config.resolve().is_relative_to(repository.root):
        config = root / repository.within(config)
        config = config if config.is_file() else None
    there = tuple(root / path for path in paths if (root / path).exists())
    return replace(options, paths=there, root=root, config=config, settings=None)


def _submodules(repository: Repository, commit: str, paths: Sequence[Path], side: str) -> list[str]:
    near = [
        name
        for name in repository.submodules(commit)
        if any(Path(name).is_relative_to(path) or path.is_relative_to(name) for path in paths)
    ]
    return [f"{side}: the submodule {name} is empty, as only the repository itself was checked out" for name in near]


def _uncommitted(files: Sequence[str]) -> str:
    what = (
        "1 file that is not committed: it counts"
        if len(files) == 1
        else f"{len(files)} files that are not committed: they count"
    )
    return f"the working tree has {what}"


def _earlier(options: Options, after: Side) -> Iterator[Source]:
    """Yield a source for every stack that stands: as its preview shows it, else as its program has it."""
    from resilience_checks.sources.files.reading import open_earlier
    from resilience_checks.sources.opening import Fixed

    older = {source.name: source for source in open_earlier(options.previews, options.paths or (Path(),), options.root)}
    for name, graph in after.graphs.items():
        if name not in older:
            yield Fixed(graph, options.root)
        elif (stands := older[name].graph()).resources:
            yield Fixed(stands, options.root)
