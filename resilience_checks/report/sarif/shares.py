"""Which run of the file each finding stands in: one run for each stack, so that uploads of one leave the others alone."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.model.location import Location
from resilience_checks.report.sarif.places import inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Report, StackSummary

    Group = tuple[Result, ...]

MAX_RUNS = 20
_TOOL = "resilience-checks"


@dataclass
class Share:
    """One run: what tells it from others (GitHub's category), its stacks, and groups of results that are one finding."""

    id: str
    stacks: tuple[str, ...]
    anchor: Location
    """Where a finding stands that has no place in the repository."""
    groups: list[Group] = field(default_factory=list)


def shares(report: Report, groups: Iterable[Group], limit: int | None = MAX_RUNS) -> list[Share]:
    """Return the runs, those of clean stacks too, so that what was found there before is closed.

    A stack that could not be decided has no run: one without results would close what is open there. More stacks than
    `limit` are dealt to that many runs by a digest of their names, so that each stays in its run.
    """
    stacks = {stack.name: stack for stack in report.stacks}
    dealt = len(stacks) > limit if limit is not None else False
    found: dict[str, Share] = {}
    of = {name: _id(name, dealt=dealt) for name in stacks}
    for name, stack in stacks.items():
        share = found.setdefault(of[name], Share(of[name], (), _anchor(report, stack)))
        share.stacks = (*share.stacks, name)
    for group in groups:
        name = _stack(group[0], report.stacks)
        key = of[name] if name else f"{_TOOL}/"
        found.setdefault(key, Share(key, (), _anchor(report, None))).groups.append(group)
    lost = {of[name] for name in undecided(report) if name in of}
    return [share for key, share in found.items() if key not in lost] or [Share(f"{_TOOL}/", (), _anchor(report, None))]


def undecided(report: Report) -> set[str]:
    """Return the stacks that a failure is about and that no result tells of."""
    told = {name for result in report.results for name in _told(result)}
    return {name for failure in report.failures for name in failure.subject.split(", ")} - told


def _id(name: str, *, dealt: bool) -> str:
    if not dealt:
        return f"{_TOOL}/{name}/"
    return f"{_TOOL}/part-{int(hashlib.sha256(name.encode(errors='replace')).hexdigest(), 16) % MAX_RUNS:02}/"


def _told(result: Result) -> list[str]:
    stacks = result.evidence.get("stacks")
    return [str(name) for name in stacks] if isinstance(stacks, list) else []


def _stack(result: Result, stacks: Sequence[StackSummary]) -> str:
    """Return the stack that a result is shown with: of those that it is about the one whose files hold its place."""
    told = _told(result)
    about = [stack for stack in stacks if stack.name in told] or list(stacks)
    holding = [(len(_folder(stack)), stack.name) for stack in about if _holds(stack, result.location)]
    longest = max((length for length, _ in holding), default=0)
    return next((name for length, name in holding if length == longest), about[0].name if about else "")


def _holds(stack: StackSummary, place: Location | None) -> bool:
    return place is not None and stack.location is not None and f"{place.path}/".startswith(_folder(stack))


def _folder(stack: StackSummary) -> str:
    folder = posixpath.dirname(stack.location.path) if stack.location is not None else ""
    return f"{folder}/" if folder else ""


def _anchor(report: Report, stack: StackSummary | None) -> Location:
    """Return the Pulumi.yaml of the stack, else where the first service is declared."""
    others = (service.location for service in report.services)
    places = (stack.location if stack is not None else None, *others)
    return next((place for place in places if place is not None and inside(place)), Location("Pulumi.yaml", 1))
