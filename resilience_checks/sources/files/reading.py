"""A preview or a state as a source: read in this process, nothing runs."""

from __future__ import annotations

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


class FileSource:
    """One stack as a preview or state describes it."""

    def __init__(self, kind: str, content: Content, urn: Urn, home: Home, root: Path) -> None:
        """Remember what to read; `urn` is one of the stack's resources."""
        self._kind, self._urn, self._home, self._root = kind, urn, home, root
        self._content: Content | None = content

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

    def start(self) -> None:
        """Do nothing: there is no program to start."""

    def graph(self) -> ResourceGraph:
        """Read the whole file; its text is let go afterwards, so this can be asked for once."""
        assert self._content is not None
        content, self._content = self._content, None
        return _GRAPH[self._kind](content, self._urn, self._home, self._root)

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
    for kind, path in given:
        try:
            source = _open(kind, path, paths, root)
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
    left_out = [source.name for source in sources.values() if source not in taken]
    if not taken and not failures:
        raise UsageError(
            f"no stack matches {', '.join(stacks)}",
            why="nothing was checked",
            remedy=f"the stacks of the files are {', '.join(left_out)}",
        )
    return Files(tuple(taken), tuple(failures), tuple(left_out))


def open_earlier(previews: Sequence[Path], paths: Sequence[Path], root: Path) -> tuple[FileSource, ...]:
    """Return for each preview the source of what stands before the deployment; raise InputError for one that is none."""
    return tuple(_open(_EARLIER, path, paths, root) for path in previews)


def _open(kind: str, path: Path, paths: Sequence[Path], root: Path) -> FileSource:
    content = json_file.read(path, root)
    urn = _STACK_OF[kind](content)
    return FileSource(kind, content, urn, homes.find(urn.project, paths, root), root)
