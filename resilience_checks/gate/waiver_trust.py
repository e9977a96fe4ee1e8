"""Which waivers count where settings are trusted, and what a change accepts that was not accepted before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.gate.waivers import Claim
from resilience_checks.policy.loosening import Loosening
from resilience_checks.policy.trusting import counts_for_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.gate.waiver_file import Waivers
    from resilience_checks.model.waiver import Waiver

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Versions:
    """The waivers that are checked, those that are trusted now, and those that were when the change left the place.

    With `for_all` the trusted ones are an organisation's: they hold whether or not what is checked repeats them.
    """

    name: str
    own: Waivers
    tip: Waivers
    fork: Waivers
    for_all: bool = False

    def claims(self) -> tuple[Claim, ...]:
        """Return every waiver of both sides: what is trusted counts where the change has not taken it out."""
        return (*self._own(), *self._theirs())

    def longest(self) -> int | None:
        """Return the most days that a waiver may last: the stricter of both."""
        return min((side.longest for side in (self.own, self.tip) if side.longest is not None), default=None)

    def loosened(self) -> tuple[Loosening, ...]:
        """Return what the change accepts, neither where it left the trusted place nor there now."""
        there = {one.parts for one in loosened(self.own, self.tip)}
        return tuple(one for one in loosened(self.own, self.fork) if one.parts in there)

    def _own(self) -> Iterator[Claim]:
        trusted = _by_key(self.tip)
        for waiver in self.own.waivers:
            partners = _partners(waiver, trusted.get(_key(waiver), ()))
            if not partners:
                yield Claim(waiver, untrusted=counts_for_nothing(self.name))
            elif not self.for_all:
                for partner in partners:
                    yield Claim(_shared(waiver, partner), note=self._note(waiver, partner))

    def _theirs(self) -> Iterator[Claim]:
        own, before = _by_key(self.own), _by_key(self.fork)
        for waiver in self.tip.waivers:
            if self.for_all:
                yield Claim(waiver, elsewhere=True)
            elif _key(waiver) not in own and _key(waiver) not in before:
                yield Claim(waiver)

    def _note(self, own: Waiver, trusted: Waiver) -> str:
        """Return what of the waiver is wider than what is trusted, and counts for nothing yet."""
        wider = [f"until {own.expires}"] if own.expires > trusted.expires else []
        if trusted.fingerprints and set(own.fingerprints or ["all"]) - set(trusted.fingerprints):
            wider.append("for more findings")
        return f"that it holds {' and '.join(wider)} {counts_for_nothing(self.name)}" if wider else ""


def loosened(own: Waivers, before: Waivers) -> tuple[Loosening, ...]:
    """Return what `own` accepts beyond what was accepted before: waivers that are new, longer or wider."""
    known = _by_key(before)
    found = [_loosening(waiver, known.get(_key(waiver), ())) for waiver in own.waivers]
    return tuple(one for one in (*found, _longer(own, before)) if one is not None)


def _loosening(waiver: Waiver, before: Sequence[Waiver]) -> Loosening | None:
    wide = [one for one in before if _covers(one.fingerprints, waiver.fingerprints)]
    if any(one.expires >= waiver.expires for one in wide):
        return None
    if before and not wide:
        earlier = ", ".join(dict.fromkeys(name for one in before for name in one.fingerprints))
        return _of(waiver, "findings", earlier, ", ".join(waiver.fingerprints) or "all")
    last = max((one.expires for one in wide), default=None)
    return _of(waiver, "last day", "none" if last is None else str(last), str(waiver.expires))


def _of(waiver: Waiver, setting: str, was: str, now: str) -> Loosening:
    only = f" ({', '.join(waiver.fingerprints)})" if waiver.fingerprints else ""
    name = f"{waiver.policy} at {waiver.target}{only}"
    part = f"waiver {name}: {setting}"
    return Loosening("waiver", (name,), setting, was, now, location=waiver.location, parts=(part,))


def _longer(own: Waivers, before: Waivers) -> Loosening | None:
    if before.longest is None or (own.longest is not None and own.longest <= before.longest) or not own.digest:
        return None
    after = "not given" if own.longest is None else f"{own.longest}d"
    part = f"{own.path}: longest"
    return Loosening("file", (own.path,), "longest", f"{before.longest}d", after, (), own.longest_at, parts=(part,))


def _covers(trusted: Sequence[str], own: Sequence[str]) -> bool:
    return not trusted or (bool(own) and set(own) <= set(trusted))


def _partners(waiver: Waiver, trusted: Sequence[Waiver]) -> list[Waiver]:
    """Return the trusted waivers that accept some of what a waiver accepts; of those the very same one alone."""
    same = [one for one in trusted if replace(one, location=waiver.location) == waiver]
    if same:
        return same[:1]
    return [one for one in trusted if _both(waiver, one) or not (waiver.fingerprints and one.fingerprints)]


def _shared(waiver: Waiver, trusted: Waiver) -> Waiver:
    """Return what both accept, in the words of the trusted one, at the line of the other."""
    both = _both(waiver, trusted) or waiver.fingerprints or trusted.fingerprints
    expires = min(waiver.expires, trusted.expires)
    return replace(trusted, expires=expires, fingerprints=tuple(both), location=waiver.location)


def _both(one: Waiver, other: Waiver) -> tuple[str, ...]:
    return tuple(sorted(set(one.fingerprints) & set(other.fingerprints)))


def _key(waiver: Waiver) -> _Key:
    return waiver.policy, waiver.target


def _by_key(waivers: Waivers) -> dict[_Key, list[Waiver]]:
    found: dict[_Key, list[Waiver]] = {}
    for waiver in waivers.waivers:
        found.setdefault(_key(waiver), []).append(waiver)
    return found
