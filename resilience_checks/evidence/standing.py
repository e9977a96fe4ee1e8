"""What stands in a checkout, held against what was checked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from resilience_checks import __version__
from resilience_checks.evidence.witness import CATALOGUE
from resilience_checks.report.verification import Compared, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from resilience_checks.evidence.statement import Statement
    from resilience_checks.evidence.witness import Subject

Changes = tuple[tuple[str, State], ...]
_AT_ROOT = ("resilience.yaml", "resilience-waivers.yaml")
"""Files that count wherever they stand at the root of a repository."""


def compare(statement: Statement, path: Path, root: Path, apart: frozenset[Path]) -> tuple[Compared, ...]:
    """Return how each thing that was checked stands under `root`, and what of `path` was not checked at all.

    `apart` are files that are none of it, such as the evidence itself.
    """
    found = [_subject(one, root, apart) for one in statement.subjects]
    return (*found, *_unchecked(statement, path, root))


def consistent(statement: Statement) -> Iterator[Compared]:
    """Yield each subject whose digest is not the one that the report in the same statement gives."""
    told = statement.report.get("inputs")
    inputs = told if isinstance(told, dict) else {}
    names = dict.fromkeys((*(one.name for one in statement.subjects), *inputs))
    digests = {one.name: one.sha256 for one in statement.subjects}
    for name in names:
        if digests.get(name) != inputs.get(name):
            yield Compared(name, State.CHANGED, "the statement and the report in it do not give the same digest of it")


def _subject(subject: Subject, root: Path, apart: frozenset[Path]) -> Compared:
    told = subject.annotations
    match told.get("kind"):
        case "stack" if told.get("source") == "program":
            return _program(subject, root, apart)
        case "stack":
            return _file(subject, root, str(told.get("file") or ""))
        case "policies":
            return _policies(subject, root)
        case "catalogue":
            return _catalogue(subject)
    return _file(subject, root, subject.name)


def _program(subject: Subject, root: Path, apart: frozenset[Path]) -> Compared:
    from resilience_checks.sources.program.digest import digest, files

    folder = _within(root, str(subject.annotations.get("folder")))
    if folder is None:
        return _outside(subject.name)
    if not folder.is_dir():
        return Compared(subject.name, State.MISSING, f"there is no folder {subject.annotations.get('folder')}")
    own = {place for name in subject.annotations.get("apart") or () if (place := _within(root, name)) is not None}
    if digest(folder, apart | own) == subject.sha256:
        return Compared(subject.name, State.SAME)
    prefix = "" if folder == root.resolve() else f"{folder.relative_to(root.resolve()).as_posix()}/"
    changes = _changes(subject.annotations.get("files") or {}, files(folder, apart | own))
    told = tuple((f"{prefix}{name}", state) for name, state in changes)
    return Compared(subject.name, State.CHANGED, "" if told else "the digest of its folder is another", told)


def _policies(subject: Subject, root: Path) -> Compared:
    from resilience_checks.policy import held, pack

    changes = _named("policies", _changes(subject.annotations.get("bundled") or {}, held.files(pack.bundled())))
    why, unknown = _other_tool("policies", subject) if changes else "", []
    for name, before in (subject.annotations.get("folders") or {}).items():
        place = _within(root, name)
        if place is None or _is_elsewhere(name, place):
            unknown.append(name)
        else:
            changes += _named(name, _changes(before, held.files(place) if place.is_dir() else {}))
    if changes:
        return Compared(subject.name, State.CHANGED, why, changes)
    if unknown:
        return Compared(subject.name, State.UNKNOWN, f"not under the path: {', '.join(unknown)}")
    return Compared(subject.name, State.SAME)


def _catalogue(subject: Subject) -> Compared:
    from resilience_checks.catalogue import bundled

    now = bundled.files()
    if bundled.digest(now) == subject.sha256:
        return Compared(subject.name, State.SAME)
    changes = _named("catalogue", _changes(subject.annotations.get("files") or {}, now))
    return Compared(subject.name, State.CHANGED, _other_tool("catalogue", subject), changes)


def _other_tool(what: str, subject: Subject) -> str:
    """Return why what comes with the tool is not what checked."""
    checked = subject.annotations.get("version")
    of = f"version {checked} checked" if checked != __version__ else f"it was changed within version {__version__}"
    return f"what of the {what} comes with this tool, {__version__}, is not what checked: {of}"


def _named(folder: str, changes: Changes) -> Changes:
    return tuple((f"{folder}/{name}", state) for name, state in changes)


def _file(subject: Subject, root: Path, name: str) -> Compared:
    from resilience_checks.sources.program.digest import content

    if not name:
        return Compared(subject.name, State.UNKNOWN, "it was read from standard input, or from a file that was gone")
    place = _within(root, name)
    if place is None:
        return _outside(subject.name)
    if _is_elsewhere(name, place):
        return Compared(
            subject.name, State.UNKNOWN, f"it was read from {name.partition(':')[0]}, where settings were trusted"
        )
    if not place.is_file():
        return Compared(subject.name, State.MISSING, f"there is no file {name}")
    same = content(place).hex() == subject.sha256
    return Compared(subject.name, State.SAME if same else State.CHANGED)


def _added(statement: Statement, root: Path, names: Collection[str]) -> Iterator[Compared]:
    """Yield the files that stand in folders of the user's own catalogue and were not read."""
    for subject in statement.subjects:
        for folder in subject.annotations.get("folders") or () if subject.name == CATALOGUE else ():
            place = _within(root, folder)
            for file in sorted(place.glob("*.yaml")) if place is not None else ():
                if f"{folder}/{file.name}" not in names:
                    yield Compared(f"{folder}/{file.name}", State.UNCHECKED, f"it was added to {folder}")


def _unchecked(statement: Statement, path: Path, root: Path) -> Iterator[Compared]:
    """Yield the stacks and declarations that stand there and were not part of the check."""
    from resilience_checks.model.errors import CheckError
    from resilience_checks.sources.discovery import discover

    names = {one.name for one in statement.subjects}
    for key in ("left_out", "unaffected"):
        told = statement.report.get(key)
        names.update(name for name in told if isinstance(name, str)) if isinstance(told, list) else None
    failed = _failed(statement.report)
    try:
        stacks = discover([path], root).stacks
    except CheckError:
        stacks = ()
    for stack in stacks:
        if stack.name not in names:
            why = "it could not be evaluated when the others were checked" if stack.name in failed else ""
            yield Compared(stack.name, State.UNCHECKED, why)
    yield from _added(statement, root, names)
    for name in _AT_ROOT:
        alike = any(other.rpartition("/")[2].rpartition(":")[2] == name for other in names)
        if (root / name).is_file() and not alike:
            yield Compared(name, State.UNCHECKED)


def _failed(report: Mapping[str, Any]) -> set[str]:
    failures = report.get("failures")
    subjects = (str(one.get("subject")) for one in failures or () if isinstance(one, dict))
    return {name for subject in subjects for name in subject.split(", ")}


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> Changes:
    """Return what is not the same on both sides, by name."""
    return tuple(
        (name, State.UNCHECKED if name not in before else State.MISSING if name not in now else State.CHANGED)
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    )


def _within(root: Path, name: str) -> Path | None:
    """Return the place of a path from the root, None where it leads out of it."""
    try:
        found = (root / name).resolve()
    except (ValueError, RuntimeError):  # no name of any file, or links that lead to each other
        return None
    return found if found.is_relative_to(root.resolve()) else None


def _is_elsewhere(name: str, place: Path) -> bool:
    """Return whether a name is of a file as it stands where settings are trusted: `COMMIT:PATH`."""
    return ":" in name and not place.exists()


def _outside(name: str) -> Compared:
    return Compared(name, State.UNKNOWN, "it is not under the path")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
