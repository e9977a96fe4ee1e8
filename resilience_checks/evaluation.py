"""From what a user names to estates: which stacks are checked, what each is read from, and which belong together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import NothingToCheckError, UsageError
from resilience_checks.model.files import content, stands
from resilience_checks.options import DECLARATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.model.errors import InputError
    from resilience_checks.options import Options
    from resilience_checks.policy.loosening import Loosening
    from resilience_checks.policy.trusting import TrustedSide
    from resilience_checks.sources.discovery import Discovery, Stack
    from resilience_checks.sources.files.found import Files
    from resilience_checks.sources.given import Given
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.evaluations import Make
    from resilience_checks.sources.stacks.together import Evaluated, Together
    from resilience_checks.sources.trusted import Trusted
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.trust import Project, Trust


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
        self._content: dict[Path, bytes | None] = {}
        self.trust = _trust(options)
        self._held = self.trust if self.trust is not None and self.trust.holds else None
        files = _files(options)
        found = Discovery(()) if ready else _programs(options, files)
        self.failures: tuple[InputError, ...] = (*files.failures, *found.failures)
        stacks, aside = self._apart(found.stacks)
        subjects = [*self._programs(stacks), *self._given((*files.sources, *ready))]
        others = [(stack.name, self._file(stack.project.directory)) for stack in (*found.others, *aside)]
        self._hold([*((subject.name, subject.file) for subject in subjects), *others])
        strictness = [self._strictness(subject) for subject in subjects]
        self._subjects = [one for one, said in zip(subjects, strictness, strict=True) if said != "ignored"]
        ignored = [one.name for one, said in zip(subjects, strictness, strict=True) if said == "ignored"]
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

        left = [is_aside(stack) for stack in stacks] if aside else [False] * len(stacks)
        both = list(zip(stacks, left, strict=True))
        return [stack for stack, out in both if not out], [stack for stack, out in both if out]

    @property
    def trusted(self) -> Trusted | None:
        """Where settings are trusted; None where what is checked is trusted itself."""
        return None if self.trust is None else self.trust.files

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of the projects whose stacks are checked."""
        return tuple(dict.fromkeys(subject.project.directory for subject in self._subjects))

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

    def taken_away(self) -> tuple[Loosening, ...]:
        """Return the projects and stacks that a change takes away, from where settings are trusted or else from its base."""
        from resilience_checks.taken_away import taken_away
        from resilience_checks.trust import Trust

        trust, base = self.trust, self._options.base
        if trust is None and base is not None:
            with suppress(UsageError):  # told by what compares the programs
                trust = Trust(base, self._options.root)
        return () if trust is None else taken_away(trust, self._projects())

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
            if file is not None and self._speaks_of(file, key):
                declared = self._declarations(file)
                written = [path for kind, path in own_paths(declared) if kind == key]
                yield from zip(written, places(getattr(declared, key), file, self._options.root), strict=True)

    def evaluate(self, observer: Callable[[str], None] = lambda _: None) -> Together:
        """Return what evaluates every stack that is checked, once it is started."""
        from resilience_checks.sources.stacks.choosing import chosen, processors
        from resilience_checks.sources.stacks.kept import kept
        from resilience_checks.sources.stacks.together import Together

        elsewhere, makes = (*self.left_out, *self.unaffected), [subject.make for subject in self._subjects]
        jobs = self._options.jobs or processors()
        workers = chosen(makes, jobs, self._options.scheduler)
        supplied = self._supplied()
        store = kept(self._options.cache, supplied, self._options.root)
        return Together(makes, supplied, observer, elsewhere, jobs, workers, store)

    def load(self) -> None:
        """Read every resilience.yaml; raise UsageError for one that is wrong."""
        for subject in self._subjects:
            self._declarations(subject.file)

    def settings(self) -> Iterator[Path]:
        """Yield the files and folders of this checkout that say how strictly it is checked, and with what.

        Those that settings name but are not there are told by what reads them.
        """
        from resilience_checks.gate.waiver_file import NAME as WAIVERS

        options = self._options
        yield from (subject.file for subject in (*self._subjects, *self._beside) if subject.file is not None)
        yield options.waivers or options.root / WAIVERS
        yield from filter(None, (options.baseline, options.lookups, options.stack_outputs))
        yield from (*options.catalogue, *options.policies)
        with suppress(UsageError):
            yield from (path for key in ("catalogue", "policy_packs") for _, path in self._named(key))

    def groups(self, results: Sequence[Evaluated]) -> Iterator[Group]:
        """Yield the estates that the evaluated stacks form."""
        from resilience_checks.topology.declaration_union import of_stacks
        from resilience_checks.topology.grouping import Member, estates

        members = [
            Member(result.source.name.rpartition("/")[0], result.source.stack, subject.file, result.needs)
            for subject, result in zip(self._subjects, results, strict=True)
        ]
        for estate in estates(members):
            lost = self._lost(estate, results)
            mine = [self._subjects[index] for index in estate]
            read = [self._subjects[index] for index in estate if index not in lost]
            declared = [self._declarations(one.file) for one in read]
            own = of_stacks(zip((one.name for one in read), declared, strict=True))
            yield Group(
                files={part.path: part.digest for part in declared if part.path is not None and part.digest},
                members=tuple(results[index] for index in estate),
                undecided=frozenset(results[index].source.name for index in lost if results[index].graph is not None),
                advisory=frozenset(one.name for one in mine if self._strictness(one) == "advisory"),
                thresholds={one.name: found for one in mine if (found := self._threshold(one))},
                **{"declarations": own} | self._trusted(own, [(one.name, one.project) for one in read]),
            )

    def _trusted(self, own: Declarations, stacks: Sequence[tuple[str, Project]]) -> dict[str, Any]:
        """Return what of an estate comes from where settings are trusted."""
        if self._held is None:
            return {}
        from resilience_checks.topology.declaration_strictness import objectives
        from resilience_checks.topology.declaration_trust import held

        files = dict.fromkeys(subject.file for subject in self._subjects)
        known = {name for file in files for name in objectives(self._declarations(file))}
        side = self._held.side(own, stacks, known)
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
        from resilience_checks.sources.program.readable import named

        kept, root = self._options.cache is not None, self._options.root.resolve()
        more = named(self._options.readable)
        limits = Limits(self._options.seconds, apart=self._options.written, marked=kept, readable=more)
        for stack in stacks:
            make = opening.OfProgram(stack, root, limits)
            yield _Subject(stack.name, stack.project.directory, self._file(stack.project.directory), make)

    def _given(self, sources: Sequence[Source]) -> Iterator[_Subject]:
        from resilience_checks.sources.opening import again

        for source in sources:
            yield _Subject(source.name, source.directory, self._file(source.directory), again(source))

    def _supplied(self) -> Given:
        from resilience_checks.sources import given

        return given.load(self._options.lookups, self._options.stack_outputs, self._options.root)

    def _file(self, directory: Path) -> Path | None:
        """Return the resilience.yaml of a project: the one beside its Pulumi.yaml, else that of the root."""
        places = [directory / DECLARATIONS, self._options.root / DECLARATIONS]
        return self._options.config or next((place.resolve() for place in places if stands(place)), None)

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

    def _speaks_of(self, file: Path, key: str) -> bool:
        """Return whether a file may hold a key; it is read once for all stacks that share it."""
        if file not in self._content:
            try:
                self._content[file] = content(file)
            except OSError:
                self._content[file] = None
        read = self._content[file]
        return read is None or key.encode() in read  # what cannot be read is told when it is read whole

    def _strictness(self, subject: _Subject) -> str:
        """Return how strictly the stack is gated; a file that says nothing of stacks is not read for that."""
        own = None
        if subject.file is not None and (subject.file in self._declared or self._speaks_of(subject.file, "stacks")):
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
            if looked_at and self._speaks_of(file, "stacks"):
                names, declared = [name for name, other in found if other == file], self._declarations(file)
                declared.stacks.hold(names)
                for settings in declared.policies.values():
                    settings.hold(names)


def _trust(options: Options) -> Trust | None:
    if options.settings is None:
        return None
    from resilience_checks.trust import Trust

    return Trust(options.settings, options.root, options.config)


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
