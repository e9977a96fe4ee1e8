"""Finds the waivers of a check: those of the checkout, those that are trusted, and those of the base."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.gate.waiver_file import NAME, WHY, Waivers, hold_policies, parsed
from resilience_checks.gate.waiver_trust import Versions, loosened
from resilience_checks.gate.waivers import Claim, State, Terms, apply
from resilience_checks.model import files as files_of
from resilience_checks.model.errors import UsageError
from resilience_checks.report.interface import WaiverUse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from resilience_checks.model.result import Result
    from resilience_checks.options import Options
    from resilience_checks.policy.loosening import Loosening
    from resilience_checks.policy.pack import Pack
    from resilience_checks.trust import Trust

_PERHAPS = "it may be about a stack that was not evaluated, as the change cannot affect it"


@dataclass(frozen=True, slots=True)
class Waiving:
    """The waivers of one check, what they have to meet, what of them is looser than before, and the digest of the file."""

    claims: tuple[Claim, ...]
    terms: Terms
    loosened: tuple[Loosening, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def applied(self, results: Sequence[Result], *, whole: bool = True) -> tuple[list[Result], tuple[WaiverUse, ...]]:
        """Return the results, with what accepts them, and what became of each waiver.

        Where the results are not `whole`, as stacks were left out, one that accepts nothing may be about those.
        """
        told, uses = apply(results, self.claims, self.terms)
        found = (WaiverUse(use.waiver, str(use.state), use.fingerprints, use.why) for use in uses)
        return told, tuple(use if whole or use.state != State.UNUSED else replace(use, why=_PERHAPS) for use in found)


def waiving(options: Options, trust: Trust | None, pack: Pack) -> Waiving:
    """Return the waivers that a check has to do with; raise UsageError at the line of one that is wrong."""
    own = read(options)
    hold_policies(own, (policy.id for policy in pack.policies))
    unwaivable = frozenset(policy.id for policy in pack.policies if not policy.waivable)
    files = {own.path: own.digest} if own.digest else {}
    if trust is not None and _can_change(options):
        sides = Versions(trust.name, own, *_trusted(trust, own, options.today), trust.for_all)
        terms = Terms(options.today, unwaivable, sides.longest())
        return Waiving(sides.claims(), terms, sides.loosened(), files)
    terms = Terms(options.today, unwaivable, own.longest)
    before = _base(options, own) if trust is None else None
    return Waiving(tuple(map(Claim, own.waivers)), terms, loosened(own, before) if before is not None else (), files)


def read(options: Options) -> Waivers:
    """Return the waivers of the checkout, none where there is no file; raise UsageError at what is wrong in it."""
    place = options.waivers or options.root / NAME
    name = Path(os.path.relpath(place, options.root)).as_posix()
    name = place.as_posix() if name.startswith("../") else name
    if options.waivers is None and not os.path.lexists(place):
        return Waivers(name)
    try:
        content = (files_of.content if options.waivers is None else files_of.given)(place, files_of.LARGEST)
    except OSError as error:
        what = f"{name} cannot be read: {error.strerror}"
        raise UsageError(what, why=WHY, remedy=files_of.remedy(error, "make it a readable file")) from error
    return parsed(content, name, options.today)


def _can_change(options: Options) -> bool:
    """Return whether what is checked has a say in the file: not in one of --waivers that stands elsewhere."""
    if options.waivers is None:
        return True
    root = options.root.resolve()
    places = (Path(os.path.normpath(Path.cwd() / options.waivers)), options.waivers.resolve())
    return any(place.is_relative_to(root) for place in places)


def _trusted(trust: Trust, own: Waivers, today: date) -> tuple[Waivers, Waivers]:
    """Return what is trusted now, and what was when the change left the place."""
    path = NAME if trust.for_all else own.path
    tip = _at(trust.tip.files.content(path), path, trust.name, today)
    return tip, tip if trust.fork is trust.tip else _at(trust.fork.files.content(path), path, trust.name, today)


def _base(options: Options, own: Waivers) -> Waivers | None:
    """Return the waivers where this version left the base; None without a base, or where the base has no say in them."""
    if options.base is None or not _can_change(options):
        return None
    from resilience_checks.sources.worktrees import Repository

    try:
        repository = Repository(options.root)
        fork = repository.fork_point(options.base, "HEAD")
        path = os.path.normpath(repository.within(options.root) / own.path)
        content = repository.contents(fork, [path])[0]
    except UsageError:
        return None  # told by what compares the programs
    return _at(content, own.path, options.base, options.today)


def _at(content: bytes | None, path: str, name: str, today: date) -> Waivers:
    if content is None:
        return Waivers(path)
    try:
        return parsed(content, path, today)
    except UsageError as error:
        raise UsageError(
            f"{path} of {name} is wrong: {error.what}",
            why="which waivers are new in this change cannot be told, so nothing was checked",
            remedy="correct it there first, or compare with another commit",
        ) from error
