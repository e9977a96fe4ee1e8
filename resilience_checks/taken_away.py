"""Projects and stacks that a change takes away: what they run on may run on, and nothing of it is judged."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import InputError
from resilience_checks.model.files import LARGEST_PROGRAM, content
from resilience_checks.model.location import Location
from resilience_checks.policy.loosening import Loosening
from resilience_checks.sources.project import read_project, stack_names
from resilience_checks.sources.trusted import SETTINGS, TrustedCommit
from resilience_checks.topology.declaration_strictness import objectives
from resilience_checks.topology.declared_settings import Strictness

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from resilience_checks.trust import Project, Trust


def taken_away(trust: Trust, projects: Collection[Project]) -> tuple[Loosening, ...]:
    """Return the projects and stacks that were there when the change left the trusted place, and are not any more.

    `projects` are those that are checked. What is not there now either is not this change's doing.
    """
    if not isinstance(trust.fork.files, TrustedCommit):
        return ()
    here = {one.name: one.directory for one in projects}
    found: list[Loosening] = []
    for name, file in trust.fork.project_files.items():
        if name in trust.tip.projects:
            one = _Earlier(trust, name, file)
            found += one.lost(here.get(name, trust.root / one.folder))
    return tuple(sorted(found, key=lambda one: one.parts))


@dataclass(frozen=True, slots=True)
class _Earlier:
    """One project as it was when the change left: its name, and its Pulumi.yaml from the root."""

    trust: Trust
    name: str
    file: str

    @property
    def folder(self) -> str:
        return Path(self.file).parent.as_posix()

    def lost(self, directory: Path) -> Iterator[Loosening]:
        """Yield the project where no Pulumi.yaml is in `directory`, else its stacks that are not there any more."""
        place = next(directory.glob("Pulumi.y*ml"), None)
        if place is not None:
            yield from self._stacks(place)
            return
        stacks = tuple(f"{self.name}/{stack}" for stack in sorted(self.trust.fork.stacks[self.name]))
        yield _gone(self.file, "no project of its name is checked", stacks, must=self._holds_first_tier())

    def _stacks(self, place: Path) -> Iterator[Loosening]:
        """Yield the stacks whose files are gone, but those that are ignored where settings are trusted."""
        stacks, tip = self.trust.fork.stacks[self.name], self.trust.tip
        if self._stands_as_it_was(stacks.values()):
            return
        try:
            here = stack_names(read_project(place, self.trust.root))
        except InputError:  # told by what evaluates it
            return
        for stack in sorted(stacks.keys() & tip.stacks[self.name].keys() - set(here)):
            known = f"{self.name}/{stack}"
            said = tip.declared(tip.file(self.folder, self.name)).stacks.said(known)
            if said is not Strictness.IGNORED:
                remedy = f"where it is gone for good, let `stacks: {{ignored: [{known}]}}` say so in a change before this one"
                must = said is not Strictness.ADVISORY and self._holds_first_tier()
                yield _gone(stacks[stack], f"stack {known} is not checked ({remedy})", (known,), must=must)

    def _stands_as_it_was(self, files: Collection[str]) -> bool:
        here = self.trust.root / self.file
        try:
            same = content(here, LARGEST_PROGRAM) == self.trust.fork.files.content(self.file)
        except OSError:
            return False
        return same and all((self.trust.root / file).is_file() for file in files)

    def _holds_first_tier(self) -> bool:
        """Return whether it has a file of settings of its own, with a service of the first tier."""
        file = self.trust.tip.file(self.folder, self.name)
        if file is None or file != os.path.normpath(f"{self.folder}/{SETTINGS}"):
            return False
        return any(one.tier == 1 for one in objectives(self.trust.tip.declared(file)).values())


def _gone(path: str, why: str, stacks: tuple[str, ...], *, must: bool) -> Loosening:
    return Loosening(
        "file",
        (path,),
        "content",
        "there",
        "gone",
        location=Location(path, 1),
        sure=False,
        parts=(f"{path}: content",),
        judged=False,
        why=why,
        must_be_known=must,
        stacks=stacks,
    )
