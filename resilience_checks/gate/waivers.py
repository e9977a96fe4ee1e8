"""Which findings somebody accepts, and what becomes of each waiver: pure functions of results, waivers and the day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result
from resilience_checks.topology.selectors import Glob

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from resilience_checks.model.waiver import Waiver

SOON = 14
"""From how many days before its end on a waiver is warned of."""
_ACCEPTABLE = {Outcome.VIOLATION, Outcome.UNKNOWN}
"""What can be accepted; a policy that failed has found out nothing that anybody could accept."""


class State(StrEnum):
    """What became of a waiver."""

    APPLIED = "applied"
    EXPIRED = "expired"
    UNUSED = "unused"
    REFUSED = "refused"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True)
class Claim:
    """A waiver, and why it counts for nothing where settings are trusted (`untrusted`); `note` tells more of it.

    One that is `elsewhere` speaks of what is not checked here as well: unless it is used nothing is told of it.
    """

    waiver: Waiver
    untrusted: str = ""
    note: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a waiver has to meet: the day, the policies that cannot be waived, the most days that it may last."""

    today: date
    unwaivable: Collection[str] = ()
    longest: int | None = None

    def refuse(self, waiver: Waiver) -> str:
        """Return why the waiver is refused, "" where it is not."""
        if waiver.policy in self.unwaivable:
            return f"{waiver.policy} cannot be waived"
        days = (waiver.expires - waiver.created).days
        if self.longest is not None and days > self.longest:
            return f"it lasts {days} days, and {self.longest} are the most"
        return ""


@dataclass(frozen=True, slots=True)
class Use:
    """One waiver, what became of it and why, and the fingerprints of the findings that it is about."""

    waiver: Waiver
    state: State
    fingerprints: tuple[str, ...] = ()
    why: str = ""


@dataclass
class _Claimed:
    """A claim with its state before it is held against any finding, and the findings that it is about."""

    claim: Claim
    state: State
    why: str
    found: dict[str, None] = field(default_factory=dict)

    @cached_property
    def rank(self) -> tuple[object, ...]:
        """What sorts waivers of one finding, so that the order in the file decides nothing: the last to expire is first."""
        waiver = self.claim.waiver
        return (-waiver.expires.toordinal(), waiver.created, waiver.location, waiver.target)


def apply(results: Iterable[Result], claims: Sequence[Claim], terms: Terms) -> tuple[list[Result], tuple[Use, ...]]:
    """Return the results, those that are accepted with their waiver, and what became of each claim, in their order.

    A finding whose waivers all count for nothing says so in its message.
    """
    claimed = [_Claimed(claim, *_state(claim, terms)) for claim in claims]
    index = _Index(claimed)
    told = [_waived(result, index.of(result)) for result in results]
    return told, tuple(_use(one, terms.today) for one in claimed if one.found or not one.claim.elsewhere)


def matching(results: Iterable[Result], waiver: Waiver) -> list[Result]:
    """Return the findings that the waiver is about, whatever its days."""
    one = _Claimed(Claim(waiver), State.APPLIED, "")
    index = _Index([one])
    return [result for result in results if index.of(result)]


class _Index:
    """Claims by policy and by the names that they are about; each name is held against a policy's patterns once."""

    def __init__(self, claimed: Sequence[_Claimed]) -> None:
        self._claimed = claimed
        self._exact: dict[tuple[str, str], set[int]] = {}
        self._globs: dict[str, list[tuple[int, Glob]]] = {}
        self._known: dict[tuple[str, str], frozenset[int]] = {}
        for number, one in enumerate(claimed):
            policy, target = one.claim.waiver.policy, one.claim.waiver.target
            if any(char in target for char in "*?["):
                self._globs.setdefault(policy, []).append((number, Glob(target)))
            else:
                self._exact.setdefault((policy, target), set()).add(number)
        self._policies = {one.claim.waiver.policy for one in claimed}

    def of(self, result: Result) -> list[_Claimed]:
        """Return the claims about a finding, the one that counts first."""
        if result.policy not in self._policies or result.outcome not in _ACCEPTABLE:
            return []
        about: set[int] = set()
        for aspect in filter(None, _aspects(result)):
            things = (frozenset().union(*(self._naming(result.policy, word) for word in words)) for words in aspect)
            about |= frozenset.intersection(*things)
        found = (self._claimed[number] for number in about)
        return sorted(
            (one for one in found if result.fingerprint in (one.claim.waiver.fingerprints or (result.fingerprint,))),
            key=lambda one: (one.state is not State.APPLIED, one.rank),
        )

    def _naming(self, policy: str, word: str) -> frozenset[int]:
        """Return which claims on a policy name a word."""
        key = (policy, word)
        if key not in self._known:
            globs = (number for number, glob in self._globs.get(policy, ()) if glob.matches(word))
            self._known[key] = frozenset(globs) | self._exact.get(key, frozenset())
        return self._known[key]


def _aspects(result: Result) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return what a waiver may name a finding by: its target, or all services, all faults or all resources of it.

    Each of them is a list of things, and each thing has one or more names. A waiver has to name every thing of one
    aspect, so that it never accepts the loss of a service, or a fault, that it does not name.
    """
    resources = result.evidence.get("resources")
    urns = [str(urn) for urn in resources] if isinstance(resources, (list, tuple)) else []
    return (
        ((result.target,),),
        tuple((service,) for service in result.services),
        tuple((event, event.rpartition("/")[0] or event) for event in result.cause),
        tuple((urn,) for urn in urns),
    )


def _state(claim: Claim, terms: Terms) -> tuple[State, str]:
    """Return the state of a claim, as far as it does not depend on findings, and why."""
    waiver = claim.waiver
    if claim.untrusted:
        return State.UNTRUSTED, claim.untrusted
    if why := terms.refuse(waiver):
        return State.REFUSED, why
    if waiver.expires < terms.today:
        return State.EXPIRED, f"expired on {waiver.expires}, {_days((terms.today - waiver.expires).days)} ago"
    return State.APPLIED, ""


def _waived(result: Result, claimed: Sequence[_Claimed]) -> Result:
    for one in claimed:
        one.found[result.fingerprint] = None
    if not claimed:
        return result
    first = claimed[0]
    if first.state is State.APPLIED:
        return replace(result, waiver=first.claim.waiver)
    return replace(result, message=f"{result.message}; {_lapsed(first)}")


def _lapsed(one: _Claimed) -> str:
    waiver = one.claim.waiver
    if one.state is State.EXPIRED:
        return f"the waiver that accepted it expired on {waiver.expires} ({waiver.location})"
    if one.state is State.UNTRUSTED:
        return f"its waiver {one.why} ({waiver.location})"
    return f"its waiver is refused: {one.why} ({waiver.location})"


def _use(one: _Claimed, today: date) -> Use:
    """Return what became of a claim, once every finding is told."""
    waiver, state, why = one.claim.waiver, one.state, one.why
    left = (waiver.expires - today).days
    if state is State.APPLIED and not one.found:
        state, why = State.UNUSED, "nothing that was checked is what it is about"
    elif state is State.APPLIED and left <= SOON:
        why = f"expires in {_days(left)}" if left else "expires today"
    gone = [name for name in waiver.fingerprints if name not in one.found]
    if state is State.APPLIED and gone and one.found:
        why = "; ".join(filter(None, (why, f"no finding has the fingerprint {', '.join(gone)} any more")))
    why = "; ".join(filter(None, (why, one.claim.note)))
    return Use(waiver, state, tuple(sorted(one.found)), why)


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
