"""`project:///path#line,column`, as the engine writes it, to a line of the repository."""

from __future__ import annotations

import os.path
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from resilience_checks.model.location import Location

if TYPE_CHECKING:
    from pathlib import Path

_SCHEME = "project:///"
_LINE = re.compile(r"[1-9][0-9]{0,8}")
_DEPENDENCIES = frozenset({"node_modules", "site-packages", ".venv", "venv"})
"""Folders of other people's code that often stand inside a project."""


class Positions:
    """Finds where resources of one project were made; equal places are one object."""

    def __init__(self, directory: Path, root: Path) -> None:
        """Take the directory of the project's Pulumi.yaml and the repository root, which shown paths start from."""
        real, top = os.path.realpath(directory), os.path.realpath(root)
        inside = real == top or real.startswith(top.rstrip(os.sep) + os.sep)
        self._base = os.path.relpath(real, top).replace(os.sep, "/") if inside else real.replace(os.sep, "/")
        self._known: dict[str, Location | None] = {}

    def find(self, state: dict[str, Any]) -> Location | None:
        """Return the first frame of the resource's stack inside the project, else its position if that is inside."""
        trace = state.get("stackTrace")
        for frame in trace if isinstance(trace, list) else ():
            if isinstance(frame, dict):
                found = self._at(frame.get("sourcePosition"))
                if found is not None:
                    return found
        return self._at(state.get("sourcePosition"))

    def _at(self, uri: object) -> Location | None:
        if not isinstance(uri, str):
            return None
        if uri not in self._known:
            self._known[uri] = self._parsed(uri)
        return self._known[uri]

    def _parsed(self, uri: str) -> Location | None:
        """Return the place of a position inside the project.

        >>> from pathlib import Path
        >>> str(Positions(Path("/repo/web"), Path("/repo"))._at("project:///src/a%20b.py#7,3"))
        'web/src/a b.py:7'
        >>> Positions(Path("/repo/web"), Path("/repo"))._at("project:///../lib/c.py#7") is None
        True
        """
        if not uri.startswith(_SCHEME):
            return None
        path, _, fragment = uri.removeprefix(_SCHEME).partition("#")
        path = os.path.normpath(unquote(path))
        line = fragment.partition(",")[0]
        steps = path.split("/")
        if _LINE.fullmatch(line) is None or steps[0] in {"", ".", ".."}:
            return None
        if not _DEPENDENCIES.isdisjoint(steps) or "\0" in path:
            return None
        whole = path if self._base == "." else f"{self._base}/{path}"
        return Location(whole, int(line))
