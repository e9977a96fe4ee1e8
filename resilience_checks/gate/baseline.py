"""What stood before: which findings are not new, which are worse than they were, and which are gone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

WORSE = "worse_than"
"""The evidence of a finding that stood before and was less bad: in what it is worse."""
_FOUND = frozenset({Outcome.VIOLATION, Outcome.UNKNOWN})
_DECIDED = frozenset({Outcome.VIOLATION, Outcome.PASS})


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as it stood: what it was about, and how bad it was.

    `stacks` are those of its estate. One that is `quiet` blocks nothing: that it is gone is not worth a line.
    """

    fingerprint: str
    policy: str
    outcome: Outcome
    severity: Severity
    target: str
    message: str
    services: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    quiet: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What sorts entries, and tells two of them apart."""
        return (
            self.policy,
            self.target,
            self.fingerprint,
            self.stacks,
            self.severity.rank,
            self.outcome,
            self.services,
        )


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is compared with: its name (`main (0a1b2c3d4e)`), and where a finding stands that is not new (`at main ...`).

    Findings of the policies in `never` are about the change itself: nothing of them stood before.
    """

    name: str
    where: str
    entries: tuple[Entry, ...]
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compared:
    """The results, those that stood before known as such, and the entries that are gone.

    `open` counts the entries that are not found and of which nobody can say that they are gone: what they were about
    was not decided this time.
    """

    results: tuple[Result, ...]
    gone: tuple[Entry, ...]
    open: int


def entries(results: Iterable[Result], *, whole: bool = False) -> tuple[Entry, ...]:
    """Return the findings of a check, sorted, each once: violations, and unknowns that block; `whole`: all unknowns.

    What a waiver accepts is not among them: it is accepted until a day, and a baseline has none.
    """
    found = (_entry(result) for result in results if result.outcome in _FOUND and result.waiver is None)
    return tuple(sorted({entry for entry in found if whole or not entry.quiet}, key=lambda entry: entry.key))


def compare(results: Sequence[Result], earlier: Earlier) -> Compared:
    """Say of each finding whether it stood before and is not worse, and of each entry whether it is gone.

    The same finding is one of the same fingerprint in the same estate. It is worse where its severity is higher, where
    it loses a service or cuts off a consumer that it did not, or where it was not known to be violated.
    """
    index: dict[str, list[Entry]] = defaultdict(list)
    for entry in earlier.entries:
        if entry.policy not in earlier.never:
            index[entry.fingerprint].append(entry)
    told = tuple(_told(result, index, earlier) for result in results)
    found: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.outcome in _FOUND:
            found[result.fingerprint].append(result)
    loud = (entry for entry in chain.from_iterable(index.values()) if not entry.quiet)
    missing = [entry for entry in loud if not _stands(entry, found[entry.fingerprint])]
    decided = _Decided(results)
    gone = tuple(sorted((entry for entry in missing if decided.about(entry)), key=lambda entry: entry.key))
    return Compared(told, gone, len(missing) - len(gone))


def worse(result: Result) -> str:
    """Return in what a finding is worse than it was before, "" where it is new or known."""
    text = result.evidence.get(WORSE)
    return text if isinstance(text, str) else ""


def _entry(result: Result) -> Entry:
    return Entry(
        result.fingerprint,
        result.policy,
        result.outcome,
        result.severity,
        result.target,
        result.message,
        tuple(sorted(result.services)),
        tuple(sorted(_names(result, "consumers"))),
        tuple(sorted(_names(result, "stacks"))),
        quiet=result.outcome is Outcome.UNKNOWN and (not result.blocks_when_unknown or bool(result.advisory)),
    )


def _names(result: Result, key: str) -> tuple[str, ...]:
    found = result.evidence.get(key)
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def _told(result: Result, index: Mapping[str, Sequence[Entry]], earlier: Earlier) -> Result:
    if result.outcome not in _FOUND or result.known:
        return result
    now = _entry(result)
    before = [entry for entry in index.get(now.fingerprint, ()) if _same_estate(entry.stacks, now.stacks)]
    if not before:
        return result
    why = "; ".join(_worse(now, before))
    if not why:
        return replace(result, known=earlier.where)
    return replace(result, evidence={**result.evidence, WORSE: f"worse than {earlier.where}: {why}"})


def _worse(now: Entry, before: Sequence[Entry]) -> Iterator[str]:
    """Yield in what a finding is worse than all that stood before together."""
    if now.outcome is Outcome.VIOLATION:
        before = [entry for entry in before if entry.outcome is Outcome.VIOLATION]
        if not before:
            yield "it was not known whether it is violated"
            return
    more = _without(now.services, (entry.services for entry in before))
    if more:
        yield f"also {'loses' if now.outcome is Outcome.VIOLATION else 'concerns'} {', '.join(more)}"
    cut_off = _without(now.consumers, (entry.consumers for entry in before))
    if cut_off:
        yield f"also cuts off {', '.join(cut_off)}"
    milder = _milder(now, before, frozenset(more))
    if milder is not None:
        yield f"{now.severity}, was {milder}"


def _milder(now: Entry, before: Sequence[Entry], new: frozenset[str]) -> Severity | None:
    """Return how severe it was where it is more severe now for what it was about already, else None."""
    as_bad = [entry for entry in before if entry.severity.rank >= now.severity.rank]
    if not now.services:
        found = [] if as_bad else list(before)
    else:
        raised = set(_without(now.services, (new, *(entry.services for entry in as_bad))))
        found = [entry for entry in before if not raised.isdisjoint(entry.services)]
    return max((entry.severity for entry in found), key=lambda severity: severity.rank, default=None)


def _without(names: Iterable[str], others: Iterable[Iterable[str]]) -> list[str]:
    known = set(chain.from_iterable(others))
    return [name for name in names if name not in known]


def _same_estate(one: Collection[str], other: Collection[str]) -> bool:
    """Return whether two lists of stacks can be the same estate at two times.

    They share a stack, and no project of theirs stands in different environments: what dev and prod both read from does
    not make one estate of them.

    >>> _same_estate(["net/shared", "app/prod"], ["app/prod"])
    True
    >>> _same_estate(["net/shared", "app/prod"], ["net/shared", "app/dev"])
    False
    """
    if not one or not other:
        return True
    if set(one).isdisjoint(other):
        return False
    mine, theirs = _environments(one), _environments(other)
    shared = mine.keys() & theirs.keys()
    return all(mine[project] <= theirs[project] or theirs[project] <= mine[project] for project in shared)


def _environments(stacks: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name in stacks:
        project, _, stack = name.rpartition("/")
        found[project].add(stack)
    return found


def _stands(entry: Entry, results: Iterable[Result]) -> bool:
    """Return whether one of the results of its fingerprint is the finding, for some of its services at least."""
    for result in results:
        meets = not entry.services or not result.services or not set(entry.services).isdisjoint(result.services)
        if meets and _same_estate(entry.stacks, _names(result, "stacks")):
            return True
    return False


@dataclass
class _Decided:
    """What a check decided: of which service of which estate each policy came to a pass or to another violation."""

    results: Sequence[Result]
    by_policy: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    stacks: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Sort the results by policy."""
        for result in self.results:
            self.by_policy[result.policy].append(result)
            self.stacks.update(_names(result, "stacks"))

    def about(self, entry: Entry) -> bool:
        """Return whether all that the entry was about was decided, so that its absence says that it is gone."""
        if not self.stacks.issuperset(entry.stacks):
            return False
        mine = [one for one in self.by_policy[entry.policy] if _same_estate(entry.stacks, _names(one, "stacks"))]
        if any(one.outcome is Outcome.ERROR for one in self.by_policy[entry.policy]):
            return False
        if not entry.services:
            return any(one.outcome in _DECIDED for one in mine) and not any(
                one.outcome is Outcome.UNKNOWN and not one.services for one in mine
            )
        decided = {name for one in mine if one.outcome in _DECIDED for name in one.services}
        unsure = {name for one in mine if one.outcome is Outcome.UNKNOWN for name in one.services}
        return decided.issuperset(entry.services) and unsure.isdisjoint(entry.services)
