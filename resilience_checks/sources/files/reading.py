"""A preview or a state as a source: read in this process, nothing runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.errors import InputError, UsageError
from resilience_checks.sources.discovery import wanted
from resilience_checks.sources.files import homes, json_file, kinds, preview, state
from resilience_checks.sources.files.found import Files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.files.homes import Home
    from resilience_checks.sources.files.json_file import Content
    from resilience_checks.sources.files.snapshot import Urn
    from resilience_checks.sources.given import Given

_SECONDS = 60.0
_BYTES_PER_SECOND = 20 << 20
_EARLIER = "what a preview shows as standing"
_STACK_OF: Mapping[str, Callable[[Content], Urn]] = {
    kinds.PREVIEW: preview.stack_of,
    kinds.STATE: state.stack_of,
    _EARLIER: preview.stack_of,
}
_GRAPH: Mapping[str, Callable[[Content, Urn, Home, Path], ResourceGraph]] = {
    kinds.PREVIEW: preview.graph,
    kinds.STATE: state.graph,
    _EARLIER: preview.before,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file that a stack is read from, and its digest when it was looked at; `urn` is one of the stack's resources."""

    kind: str
    path: Path
    digest: str
    size: int
    urn: Urn
    home: Home
    root: Path

    @property
    def travels(self) -> bool:
        """Whether another process can read it."""
        return str(self.path) != json_file.STANDARD_INPUT

    @property
    def seconds(self) -> float:
        """How long reading it may take."""
        return _SECONDS

    @property
    def share(self) -> float:
        """The seconds that reading it keeps this process busy, about."""
        return self.size / _BYTES_PER_SECOND

    def __call__(self, given: Given) -> FileSource:
        """Return a new source."""
        _ = given
        return FileSource(self)


class FileSource:
    """One stack as a preview or state describes it."""

    def __init__(self, file: File, content: Content | None = None) -> None:
        """Remember what to read, and its text where that is kept."""
        self.file = file
        self._urn, self._home = file.urn, file.home
        self._content = content

    @property
    def name(self) -> str:
        """`project/stack`."""
        return f"{self._urn.project}/{self._urn.stack}"

    @property
    def stack(self) -> str:
        """The stack's own name."""
        return self._urn.stack

    @property
    def directory(self) -> Path:
        """Where the project's Pulumi.yaml stands, else the current directory."""
        return self._home.directory

    @property
    def kept(self) -> bool:
        """Whether its text is kept until it is read."""
        return self._content is not None

    def start(self) -> None:
        """Do nothing: there is no program to start."""

    def graph(self) -> ResourceGraph:
        """Read the whole file; its text is let go afterwards."""
        content, self._content = self._content, None
        content = content or self._again()
        return _GRAPH[self.file.kind](content, self._urn, self._home, self.file.root)

    def _again(self) -> Content:
        content = json_file.read(self.file.path, self.file.root)
        if content.digest != self.file.digest:
            raise InputError(
                f"{content.name} was changed while it was checked",
                why="what it holds now may be of another stack, or half written",
                remedy="repeat the check once nothing writes to it",
            )
        return content

    def close(self) -> None:
        """Let the text go."""
        self._content = None


def open_all(
    previews: Sequence[Path], states: Sequence[Path], paths: Sequence[Path], root: Path, stacks: Sequence[str] = ()
) -> Files:
    """Read enough of each file to know its stack; its project is looked for under `paths`.

    `stacks` are the globs of the stacks that are wanted (none: all). Raises UsageError when standard input is named twice, or two files are of the same stack.
    """
    given = [*((kinds.PREVIEW, path) for path in previews), *((kinds.STATE, path) for path in states)]
    if sum(str(path) == json_file.STANDARD_INPUT for _, path in given) > 1:
        raise UsageError(
            "standard input is named twice", why="it can be read only once", remedy="give the other input as a file"
        )
    sources: dict[str, FileSource] = {}
    failures: list[InputError] = []
    found_homes = homes.Homes(paths, root)
    for kind, path in given:
        try:
            source = _open(kind, path, found_homes, root, keep=len(given) == 1)
        except InputError as error:
            failures.append(error)
            continue
        if source.name in sources:
            raise UsageError(
                f"two files are of the stack {source.name}",
                why="it is not clear which of them is to be checked",
                remedy="give one preview or state of each stack",
            )
        sources[source.name] = source
    taken = [source for source in sources.values() if wanted(source, stacks)]
    left_out = [source.name for source in sources.values() if not wanted(source, stacks)]
    if not taken and not failures:
        raise UsageError(
            f"no stack matches {', '.join(stacks)}",
            why="nothing was checked",
            remedy=f"the stacks of the files are {', '.join(left_out)}",
        )
    return Files(tuple(taken), tuple(failures), tuple(left_out))


def open_earlier(previews: Sequence[Path], paths: Sequence[Path], root: Path) -> tuple[FileSource, ...]:
    """Return for each preview the source of what stands before the deployment; raise InputError for one that is none."""
    found = homes.Homes(paths, root)
    return tuple(_open(_EARLIER, path, found, root) for path in previews)


def _open(kind: str, path: Path, found: homes.Homes, root: Path, *, keep: bool = False) -> FileSource:
    """Return the source of a file; its text is kept where there is one alone, or it cannot be read again."""
    content = json_file.read(path, root)
    urn = _STACK_OF[kind](content)
    place = path if str(path) == json_file.STANDARD_INPUT else path.absolute()
    file = File(kind, place, content.digest, len(content.text), urn, found.of(urn.project), root.resolve())
    return FileSource(file, content if keep or not file.travels else None)
