"""Graphs of programs that were evaluated before, and that nothing they hang on has changed since."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import CheckError
from resilience_checks.sources import wire
from resilience_checks.sources.opening import OfProgram
from resilience_checks.sources.program import readable
from resilience_checks.sources.program.digest import digest
from resilience_checks.sources.program.standing import PACKAGE, mark, stands
from resilience_checks.sources.stacks.packed import UnreadableError, pack, unpack
from resilience_checks.sources.stacks.work import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.given import Given
    from resilience_checks.sources.stacks.evaluations import Make
    from resilience_checks.sources.store import Store

_log = logging.getLogger("resilience_checks.cache")
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PULUMI_NODEJS_TRANSPILE_ONLY", "PULUMI_NODEJS_TSCONFIG_PATH")
"""What a program sees of the caller's environment."""


class Kept:
    """The graphs in a store, for one check with what a user supplies to it."""

    def __init__(self, store: Store, given: Given) -> None:
        """Look at nothing yet."""
        self.store = store
        answers = json.dumps(
            [given.lookups_file, [(one.token, one.args, one.answer) for one in given.answers]], default=str
        )
        self._given = hashlib.sha256(answers.encode()).hexdigest()

    def key(self, make: Make, *, plain: bool) -> str | None:
        """Return what names the graph of a source: its own files, and all that it is evaluated with; None for others."""
        if not isinstance(make, OfProgram):
            return None
        project = make.stack.project
        told = {
            "evaluated by": identity(),
            "folder": str(project.directory),
            "root": str(make.root),
            "project": project.location.path,
            "stack": make.stack.stack,
            "files": digest(project.directory, make.limits.apart),
            "apart": sorted(
                str(path) for path in make.limits.apart if path.is_relative_to(project.directory.resolve())
            ),
            "interpreter": _interpreter(make),
            "answers": self._given,
            "environment": {name: os.environ.get(name) for name in _ENVIRONMENT},
            "memory": make.limits.memory,
            "readable": sorted(map(str, make.limits.readable)),
            "plain": plain,
        }
        return f"graph {hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()}"

    def find(self, key: str, hand: Callable[[str], Mapping[str, Any] | None]) -> ResourceGraph | None:
        """Return the graph, None where there is none or something that it hangs on is another.

        `hand` gives the outputs of the stack of a name, as the program would be given them.
        """
        data = self.store.get(key)
        if data is None:
            return None
        graph: ResourceGraph
        try:
            graph, asked = unpack(data)
        except UnreadableError:
            return None
        if not stands(graph.marks) or any(_told(hand(name)) != told for name, told in asked):
            return None
        return replace(graph, marks={})

    def keep(self, key: str, graph: ResourceGraph, handed: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Keep the graph of a program that was told this of other stacks, where it is known what it hangs on."""
        if graph.unseen:
            _log.debug("%s is evaluated each time: %s", graph.name, graph.unseen)
            return
        self.store.put(key, pack((graph, [(name, _told(told)) for name, told in handed.items()])))

    def has(self, key: str) -> bool:
        """Return whether there is something under the key."""
        return self.store.get(key) is not None


def kept(folder: Path | None, given: Given, root: Path) -> Kept | None:
    """Return what a folder keeps, None without one, or where it is not the user's own alone.

    It is not where the repository that holds `root` could have brought it, with a key that its author knows.
    """
    if folder is None:
        return None
    from resilience_checks.sources.store import Store, Untrusted

    if readable.brings(root, folder):
        _log.warning(
            "the cache is not used: %s stands in the repository that is checked, which could have brought it: "
            "name a folder outside of it by RESILIENCE_CACHE",
            folder,
        )
        return None
    try:
        store = Store(folder)
    except (Untrusted, OSError) as error:
        _log.warning("the cache is not used: %s", error)
        return None
    wire.use_key(store.derived("secrets"))  # what is kept must be equal to what is not
    return Kept(store, given)


def _told(outputs: Mapping[str, Any] | None) -> str:
    return hashlib.sha256(json.dumps(outputs, sort_keys=True, default=str).encode()).hexdigest()


def _interpreter(make: OfProgram) -> list[str]:
    """Return which Python, or which Node, runs the program, and how it stands; programs in YAML have none."""
    from resilience_checks.sources.program import interpreters

    if make.stack.project.runtime == "nodejs":
        node = shutil.which("node")
        return [] if node is None else [node, *_installed(node)]
    if make.stack.project.runtime != "python":
        return []
    try:
        python = interpreters.find(make.stack.project)
    except CheckError:
        return []
    return [python, *_installed(python)]


@lru_cache
def _installed(python: str) -> tuple[str, str]:
    real = os.path.realpath(python)
    return real, mark(PACKAGE, real)
