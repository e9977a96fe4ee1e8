"""From what a user names to estates: which stacks are checked, what each is read from, and which belong together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.circle import Circle
from resilience_checks.model.errors import NothingToCheckError
from resilience_checks.model.result import NEVER, Severity
from resilience_checks.report.interface import Remark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.model.errors import InputError
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value
    from resilience_checks.policy.trusting import TrustedSide
    from resilience_checks.report.interface import Override
    from resilience_checks.sources.discovery import Discovery, Stack
    from resilience_checks.sources.files.found import Files
    from resilience_checks.sources.given import Given
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.together import Evaluated, Make, Together
    from resilience_checks.sources.trusted import Trusted
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.trust import Project, Trust

DECLARATIONS = "resilience.yaml"


@dataclass(frozen=True, slots=True)
class Aside:
    """Projects that are left out, by their directories from the root, as nothing since `since` can affect them."""

    directories: frozenset[str]
    since: str


@dataclass(frozen=True, slots=True)
class Options:
    """What to check and how; `root` is the repository root, to which every shown path is relative."""

    paths: tuple[Path, ...]
    """Where programs are looked for; none of them runs where there is no path, and the files alone are checked."""
    root: Path
    stacks: tuple[str, ...] = ()
    config: Path | None = None
    policies: tuple[Path, ...] = ()
    catalogue: tuple[Path, ...] = ()
    """Catalogue files of the user's own, or folders of them."""
    engine: str = "embedded"
    opa_url: str | None = None
    policy_seconds: float | None = None
    """How long one evaluation of the policies may take; None: as the size of what they read wants it."""
    fail_on: Severity | None = Severity.MEDIUM
    fail_on_given: bool = False
    """Whether somebody asks for that threshold: what resilience.yaml says then counts only where it is stricter."""
    seconds: float = 60.0
    previews: tuple[Path, ...] = ()
    states: tuple[Path, ...] = ()
    lookups: Path | None = None
    stack_outputs: Path | None = None
    base: str | None = None
    """The commit to compare with, as a pull request does."""
    all_stacks: bool = False
    """Whether stacks are checked, too, that no change since the base can affect."""
    aside: Aside | None = None
    baseline: Path | None = None
    """A file of findings that stood before and do not block."""
    audit: bool = False
    """Whether the report holds what only the auditors' form of it shows."""
    settings: str | None = None
    """Where settings are trusted: a commit, or an organisation's resilience.yaml; None: what is checked is trusted."""
    override: Override | None = None
    """Who lets the change pass whatever is found, and why; never taken from what is checked."""
    waivers: Path | None = None
    """The file of waivers; None: resilience-waivers.yaml at the root, where there is one."""
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the check is held to have begun."""
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    """The day on which dates in declarations and waivers are judged."""
    written: frozenset[Path] = frozenset()
    """Files that this very run writes: no part of any program, wherever they stand."""
    timings: bool = False
    """Whether the report tells how long each station took, which differs from run to run."""

    @property
    def threshold(self) -> str:
        """The mildest severity that blocks, or never."""
        return str(self.fail_on) if self.fail_on is not None else NEVER


@dataclass(frozen=True, slots=True)
class _Subject:
    """One stack that is checked: its name and folder, its resilience.yaml, and what makes its source."""

    name: str
    directory: Path
    file: Path | None
    make: Make

    @property
    def stack(self) -> str:
        """The stack's own name."""
        return self.name.rpartition("/")[2]

    @property
    def project(self) -> Project:
        """The project that the stack is one of."""
        from resilience_checks.trust import Project

        return Project(self.directory, self.name.rpartition("/")[0], self.file)


@dataclass(frozen=True)
class Group:
    """The stacks of one estate with all that is declared for it; `advisory` are those whose findings block nothing."""

    declarations: Declarations
    files: Mapping[str, str]
    """SHA-256 of each resilience.yaml that takes part."""
    members: tuple[Evaluated, ...]
    undecided: frozenset[str]
    """Stacks that were read and hang on one that was not."""
    advisory: frozenset[str] = frozenset()
    thresholds: Mapping[str, str] = field(default_factory=dict)
    """The mildest severity that blocks, of each stack of which something is said."""
    trust: TrustedSide | None = None
    """What is said of the settings where they are trusted; None where what is checked is trusted itself."""


class Inputs:
    """All that one check reads."""

    def __init__(self, options: Options, ready: Sequence[Source] = ()) -> None:
        """Find the stacks, unless their sources are ready; nothing runs yet.

        Raises CheckError where nothing can be checked at all.
        """
        from resilience_checks.sources.discovery import Discovery

        self._options = options
        self._declared: dict[Path, Declarations] = {}
        self.trust = _trust(options)
        self._held = self.trust if self.trust is not None and self.trust.holds else None
        files = _files(options)
        found = Discovery(()) if ready else _programs(options, files)
        self.failures: tuple[InputError, ...] = (*files.failures, *found.failures)
        stacks, aside = self._apart(found.stacks)
        subjects = [*self._programs(stacks), *self._given((*files.sources, *ready))]
        others = [(stack.name, self._file(stack.project.directory)) for stack in (*found.others, *aside)]
        self._hold([*((subject.name, subject.file) for subject in subjects), *others])
        self._subjects = [subject for subject in subjects if self._strictness(subject) != "ignored"]
        ignored = [subject.name for subject in subjects if subject not in self._subjects]
        self.left_out = (*found.left_out, *files.left_out, *ignored)
        self._beside = [one for one in self._programs(aside) if self._strictness(one) != "ignored"]
        self.unaffected = tuple(subject.name for subject in self._beside)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to check, as no stack is affected."""
        return bool(self.unaffected) and not self._subjects and not self.failures

    def lacks(self, results: Sequence[Evaluated]) -> bool:
        """Return whether a program asks for the outputs of a stack that was left out as not affected: it is, then."""
        from resilience_checks.sources.stacks.names import meant

        names = [
            (reference.name, result.source)
            for result in results
            for reference in result.references.values()
            if reference.stack is None and reference.given is None
        ]
        return any(meant(name, source, self._beside) for name, source in names)

    def _apart(self, stacks: Sequence[Stack]) -> tuple[list[Stack], list[Stack]]:
        """Return the stacks that are checked, and those of projects that are set aside."""
        aside = self._options.aside.directories if self._options.aside is not None else frozenset()
        root = self._options.root.resolve()

        def is_aside(stack: Stack) -> bool:
            directory = stack.project.directory.resolve()
            return directory.is_relative_to(root) and directory.relative_to(root).as_posix() in aside

        left = [stack for stack in stacks if is_aside(stack)]
        return [stack for stack in stacks if stack not in left], left

    @property
    def trusted(self) -> Trusted | None:
        """Where settings are trusted; None where what is checked is trusted itself."""
        return None if self.trust is None else self.trust.files

    def own(self, key: str) -> tuple[Path, ...]:
        """Return the catalogue (or policy_packs) of the files that take part, then those of the command line.

        Where settings are trusted elsewhere, it is what the files there name, as it stands there. Raises UsageError at
        the line of one that is not there.
        """
        given = self._options.catalogue if key == "catalogue" else self._options.policies
        if self._held is not None:
            self.load()
            found = self._held.places(key, self._projects())
            return tuple({path.resolve(): path for path in (*found, *given)}.values())
        return tuple({path.resolve(): path for path in (*(path for _, path in self._named(key)), *given)}.values())

    def added_packs(self) -> tuple[Path, ...]:
        """Return the folders of policies that are named here alone, and not where settings are trusted."""
        if self._held is None:
            return ()
        trusted = self._held.names(self._projects())
        packs = ((where, path) for where, path in self._named("policy_packs") if where not in trusted)
        return tuple({path.resolve(): path for _, path in packs}.values())

    def shown(self, paths: Iterable[Path]) -> Mapping[Path, str]:
        """Return what each of these is called, wherever the command runs: its path from the root.

        A folder that trusted content was written to is called what people know it by.
        """
        from resilience_checks.sources.project import relative

        own = {path: relative(path, self._options.root) for path in paths}
        return own if self.trust is None else own | dict(self.trust.shown)

    def close(self) -> None:
        """Remove what was written."""
        if self.trust is not None:
            self.trust.close()

    def _projects(self) -> list[Project]:
        return list(dict.fromkeys(subject.project for subject in (*self._subjects, *self._beside)))

    def _named(self, key: str) -> Iterator[tuple[str, Path]]:
        """Yield the path from the root of each that the files name, as it is written, and where it is."""
        from resilience_checks.policy.loosening import own_paths
        from resilience_checks.topology.declared_paths import places

        files = dict.fromkeys(subject.file for subject in (*self._subjects, *self._beside))
        for file in files:
            if file is not None and _speaks_of(file, key):
                declared = self._declarations(file)
                written = [path for kind, path in own_paths(declared) if kind == key]
                yield from zip(written, places(getattr(declared, key), file, self._options.root), strict=True)

    def evaluate(self, observer: Callable[[str], None] = lambda _: None) -> Together:
        """Return what evaluates every stack that is checked, once it is started."""
        from resilience_checks.sources.stacks.together import Together

        elsewhere = (*self.left_out, *self.unaffected)
        return Together([subject.make for subject in self._subjects], self._supplied(), observer, elsewhere)

    def load(self) -> None:
        """Read every resilience.yaml; raise UsageError for one that is wrong."""
        for subject in self._subjects:
            self._declarations(subject.file)

    def groups(self, results: Sequence[Evaluated]) -> Iterator[Group]:
        """Yield the estates that the evaluated stacks form."""
        from resilience_checks.topology.declaration_union import united
        from resilience_checks.topology.grouping import Member, estates

        members = [
            Member(result.source.name.rpartition("/")[0], result.source.stack, subject.file, result.needs)
            for subject, result in zip(self._subjects, results, strict=True)
        ]
        for estate in estates(members):
            lost = self._lost(estate, results)
            declared = [self._declarations(self._subjects[index].file) for index in estate if index not in lost]
            own, mine = united(declared), [self._subjects[index] for index in estate]
            yield Group(
                files={part.path: part.digest for part in declared if part.path is not None and part.digest},
                members=tuple(results[index] for index in estate),
                undecided=frozenset(results[index].source.name for index in lost if results[index].graph is not None),
                advisory=frozenset(one.name for one in mine if self._strictness(one) == "advisory"),
                thresholds={one.name: found for one in mine if (found := self._threshold(one))},
                **{"declarations": own}
                | self._trusted(own, [self._subjects[index].project for index in estate if index not in lost]),
            )

    def _trusted(self, own: Declarations, projects: Sequence[Project]) -> dict[str, Any]:
        """Return what of an estate comes from where settings are trusted."""
        if self._held is None:
            return {}
        from resilience_checks.topology.declaration_strictness import objectives
        from resilience_checks.topology.declaration_trust import held

        files = dict.fromkeys(subject.file for subject in self._subjects)
        known = {name for file in files for name in objectives(self._declarations(file))}
        side = self._held.side(own, list(dict.fromkeys(projects)), self._projects(), known)
        declarations = held(own, side.tip, for_all=side.for_all)
        return {"declarations": declarations, "trust": side}

    def _lost(self, estate: Sequence[int], results: Sequence[Evaluated]) -> set[int]:
        """Return the stacks that cannot be decided: not read, standing on such a one, or declared in one file with it."""
        lost = {index for index in estate if results[index].graph is None}
        while True:
            files = {self._subjects[index].file for index in lost} - {None}
            more = {index for index in estate if results[index].needs & lost or self._subjects[index].file in files}
            if more <= lost:
                return lost
            lost |= more

    def _programs(self, stacks: Sequence[Stack]) -> Iterator[_Subject]:
        from resilience_checks.sources import opening
        from resilience_checks.sources.interface import Limits

        limits, root = Limits(self._options.seconds, apart=self._options.written), self._options.root
        for stack in stacks:

            def make(given: Given, stack: Stack = stack) -> Source:
                return opening.of_program(stack, root, limits, given)

            yield _Subject(stack.name, stack.project.directory, self._file(stack.project.directory), make)

    def _given(self, sources: Sequence[Source]) -> Iterator[_Subject]:
        from resilience_checks.sources.opening import Kept

        for source in sources:
            yield _Subject(source.name, source.directory, self._file(source.directory), Kept(source).again)

    def _supplied(self) -> Given:
        from resilience_checks.sources import given

        return given.load(self._options.lookups, self._options.stack_outputs)

    def _file(self, directory: Path) -> Path | None:
        """Return the resilience.yaml of a project: the one beside its Pulumi.yaml, else that of the root."""
        places = [directory / DECLARATIONS, self._options.root / DECLARATIONS]
        return self._options.config or next((place.resolve() for place in places if place.is_file()), None)

    def _declarations(self, file: Path | None) -> Declarations:
        from resilience_checks.topology.declared import Declarations

        if file is None:
            return Declarations.empty()
        if file not in self._declared:
            from resilience_checks.topology.declarations import load

            self._declared[file] = load(file, self._options.root, alone=False)
            if self.trust is not None:
                self.trust.know(self._declared[file])
        return self._declared[file]

    def _strictness(self, subject: _Subject) -> str:
        """Return how strictly the stack is gated; a file that says nothing of stacks is not read for that."""
        own = None
        if subject.file is not None and (subject.file in self._declared or _speaks_of(subject.file, "stacks")):
            own = self._declarations(subject.file).stacks.said(subject.name)
        if self._held is not None:
            return self._held.strictness(own, subject.name, subject.project)
        return own or "gated"

    def _threshold(self, subject: _Subject) -> str:
        """Return the mildest severity that blocks for the stack, "" where nobody says so."""
        own = "" if subject.file is None else self._declarations(subject.file).stacks.threshold(subject.name)
        if self._held is not None:
            return self._held.threshold(own, subject.name, subject.project, self._options.threshold)
        return own

    def _hold(self, found: Sequence[tuple[str, Path | None]]) -> None:
        """Make sure that each pattern of a file matches a stack, where all stacks that it can be about were looked for."""
        for file in dict.fromkeys(file for _, file in found if file is not None):
            looked_at = any(file.parent.resolve().is_relative_to(path.resolve()) for path in self._options.paths)
            if looked_at and _speaks_of(file, "stacks"):
                names, declared = [name for name, other in found if other == file], self._declarations(file)
                declared.stacks.hold(names)
                for settings in declared.policies.values():
                    settings.hold(names)


def circles(results: Sequence[Evaluated], found: Sequence[Sequence[int]]) -> Iterator[Circle]:
    """Yield the stacks that read each other's outputs, each circle with the lines where they do."""
    for circle in found:
        names = tuple(results[index].source.name for index in circle)
        inside = [results[index].graph for index in circle]
        places = [place for graph in inside if graph is not None for place in _links(graph, names)]
        yield Circle(names, tuple(dict.fromkeys(places)))


def differing(results: Sequence[Evaluated]) -> Iterator[Remark]:
    """Yield the outputs that are not as they were given."""
    graphs = {result.graph.name: result.graph for result in results if result.graph is not None}
    for result in results:
        for reference in result.references.values():
            there = graphs.get(reference.stack or "")
            if reference.given is None or there is None or reference.outputs is None or result.graph is None:
                continue
            for path in _differences(reference.outputs, there.outputs):
                yield Remark(
                    f"output {path} of stack {there.name} is another in {reference.given} than in its program",
                    tuple(dict.fromkeys((*_links(result.graph, [there.name]), there.project_file))),
                )


def _links(graph: ResourceGraph, names: Sequence[str]) -> Iterator[Location]:
    for link in graph.references:
        place = graph.by_urn[link.urn].location
        if link.stack in names and place is not None:
            yield place


def _differences(given: Mapping[str, Value], made: Mapping[str, Value]) -> Iterator[str]:
    """Yield the outputs that are known on both sides and not equal; neither value is told, as it may be a secret."""
    plain = (str, int, float, bool)
    for name, value in sorted(given.items()):
        other = made.get(name)
        if isinstance(value, plain) and isinstance(other, plain) and value != other:
            yield name


def _trust(options: Options) -> Trust | None:
    if options.settings is None:
        return None
    from resilience_checks.trust import Trust

    return Trust(options.settings, options.root, options.config)


def _speaks_of(file: Path, key: str) -> bool:
    try:
        return key.encode() in file.read_bytes()
    except OSError:
        return True  # told when it is read whole


def _files(options: Options) -> Files:
    from resilience_checks.sources.files.found import Files

    if not options.previews and not options.states:
        return Files()
    from resilience_checks.sources.files.reading import open_all

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
