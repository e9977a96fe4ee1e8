"""What a check was asked for, written down so that it can be asked for again."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.result import NEVER, Severity
from resilience_checks.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ONE = ("config", "lookups", "stack_outputs", "baseline", "waivers")
"""Options that are one file, if any."""
_SEVERAL = ("paths", "policies", "catalogue", "previews", "states")
"""Options that are files or folders."""
_PLAIN = ("fail_on_given", "seconds", "policy_seconds", "all_stacks", "audit", "timings")
_STANDARD_INPUT = "-"
_SERVER = "opa-server"


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be checked anew: `commits` are what the names of commits stood for; `lacking` is why it cannot be."""

    options: Options | None
    commits: Mapping[str, str]
    lacking: tuple[str, ...] = ()


def asked(options: Options) -> dict[str, Any]:
    """Return the options of a check as JSON values: paths from the root, and the commits that names stood for.

    The address of an OPA server is left out, as it may hold credentials and is of one machine alone.
    """
    return {
        **{name: [_from_root(path, options.root) for path in getattr(options, name)] for name in _SEVERAL},
        **{name: _optional(getattr(options, name), options.root) for name in _ONE},
        **{name: getattr(options, name) for name in _PLAIN},
        **({"readable": _readable(options.readable, options.root)} if options.readable else {}),
        "stacks": list(options.stacks),
        "engine": _SERVER if options.opa_url is not None else options.engine,
        "fail_on": options.threshold,
        "base": options.base,
        "settings": _settings(options),
        "commits": _commits(options),
        "today": options.today.isoformat(),
    }


def again(report: Mapping[str, Any], root: Path, opa_url: str | None = None, readable: Sequence[Path] = ()) -> Again:
    """Return what the check of a report, as JSON values, is to be asked for anew on what stands under `root`.

    What programs may read outside of the repository is never taken from evidence, but has to be `readable` again.

    Raises UsageError where `opa_url` names a server and the check asked none.
    """
    told = report.get("options")
    if not isinstance(told, dict):
        return Again(None, {}, ("the evidence does not say what the check was asked for: an older version wrote it",))
    if opa_url is not None and told.get("engine") != _SERVER:
        raise UsageError(
            "--opa-url names a server, and the check asked none",
            why="another engine may word its errors otherwise, so the report would not be the same",
            remedy="leave it out",
        )
    try:
        lacking = (*_lacking(told, root, opa_url), *_unreadable(told, readable, root))
        if lacking:
            return Again(None, {}, lacking)
        options = replace(_options(told, report, root, opa_url), readable=tuple(readable))
        return Again(options, told.get("commits") or {})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Again(None, {}, (f"what the evidence says of the options cannot be read: {error!r}",))


def _options(told: Mapping[str, Any], report: Mapping[str, Any], root: Path, opa_url: str | None) -> Options:
    from resilience_checks.report.interface import Override

    override = report.get("override")
    several: dict[str, Any] = {name: tuple(_here(root, path) for path in told[name]) for name in _SEVERAL}
    one: dict[str, Any] = {name: None if told[name] is None else _here(root, told[name]) for name in _ONE}
    plain = {name: told[name] for name in _PLAIN}
    return Options(
        root=root,
        **several,
        **one,
        **plain,
        stacks=tuple(told["stacks"]),
        engine="opa" if told["engine"] == _SERVER else told["engine"],
        opa_url=opa_url,
        fail_on=None if told["fail_on"] == NEVER else Severity(told["fail_on"]),
        base=told["base"],
        settings=_where_trusted(root, told["settings"]),
        clock=datetime.fromisoformat(str(report["started"])),
        today=date.fromisoformat(told["today"]),
        override=None if override is None else Override(**override),
    )


def _lacking(told: Mapping[str, Any], root: Path, opa_url: str | None) -> Iterator[str]:
    """Yield why something that the check was asked for is not at hand any more."""
    if told.get("engine") == _SERVER and opa_url is None:
        yield "an OPA server evaluated the policies: name one with --opa-url"
    settings = told.get("settings") or {}
    for path in dict.fromkeys(_paths(told)):
        if path == _STANDARD_INPUT:
            yield "a preview or state was read from standard input, and was not kept"
        elif not ((root / path).is_file() or (root / path).is_dir()):
            yield f"{path} is not there any more"
    for path in told.get("paths") or ():
        if not (root / str(path)).resolve().is_relative_to(root.resolve()):
            yield f"{path} is not under the path: no program of another place is run"
    for name, commit in (told.get("commits") or {}).items():
        why = _unfound(root, str(commit))
        if why:
            yield f"{name} was {str(commit)[:10]}, {why}"
    names = [told.get("base"), settings.get("name") if settings.get("commit") else None]
    yield from (
        f"{name} was no commit when the check ran" for name in names if name and name not in (told.get("commits") or {})
    )


def _unreadable(told: Mapping[str, Any], readable: Sequence[Path], root: Path) -> Iterator[str]:
    before, now = set(told.get("readable") or ()), set(_readable(readable, root))
    yield from (f"programs were let read {path}: allow it again with --readable" for path in sorted(before - now))
    yield from (f"programs were not let read {path}: leave out its --readable" for path in sorted(now - before))


def _readable(paths: Sequence[Path], root: Path) -> list[str]:
    return sorted({_from_root(path, root) for path in paths})


def _paths(told: Mapping[str, Any]) -> Iterator[str]:
    for name in _SEVERAL:
        yield from map(str, told.get(name) or ())
    yield from (str(told[name]) for name in _ONE if told.get(name) is not None)
    settings = told.get("settings")
    if settings and not settings["commit"]:
        yield str(settings["name"])


def _unfound(root: Path, commit: str) -> str:
    """Return why a commit is not at hand, "" where it is."""
    from resilience_checks.sources.worktrees import Repository

    try:
        found = Repository(root).found(commit)
    except UsageError:
        return "and here is no git repository"
    return "" if found is not None else f"which is not in this clone: fetch it (`git fetch origin {commit}`)"


def _settings(options: Options) -> dict[str, Any] | None:
    """Return where settings are trusted: the name of a commit, or a file by its path from the root."""
    if options.settings is None:
        return None
    from resilience_checks.sources.worktrees import Repository

    try:
        commit = Repository(options.root).found(options.settings) is not None
    except UsageError:
        commit = False
    return {
        "name": options.settings if commit else _from_root(Path(options.settings), options.root),
        "commit": commit,
    }


def _commits(options: Options) -> dict[str, str]:
    """Return the commits that were named, by their names."""
    names = [name for name in (options.base, options.settings) if name is not None]
    if not names:
        return {}
    from resilience_checks.sources.worktrees import Repository

    try:
        repository = Repository(options.root)
    except UsageError:
        return {}
    found = {name: repository.found(name) for name in names}
    return {name: commit.id for name, commit in found.items() if commit is not None}


def _optional(path: Path | None, root: Path) -> str | None:
    return None if path is None else _from_root(path, root)


def _from_root(path: Path, root: Path) -> str:
    """Return a path from the root, `../` and all; standard input as it is."""
    if str(path) == _STANDARD_INPUT:
        return _STANDARD_INPUT
    return PurePosixPath(Path(os.path.relpath(path.resolve(), root.resolve()))).as_posix()


def _here(root: Path, name: str) -> Path:
    """Return a path from the root as somebody writes it who stands where this process does."""
    return Path(os.path.relpath(root / name))


def _where_trusted(root: Path, settings: Mapping[str, Any] | None) -> str | None:
    if settings is None or settings["commit"]:
        return None if settings is None else str(settings["name"])
    return _here(root, settings["name"]).as_posix()
