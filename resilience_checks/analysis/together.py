"""The demands of all services in one dimension after one loss: what they bring to each part, found once for all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.sharing import best_scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.analysis.loads import Spread

SLACK = 1e-9
"""Relative: sums of shares are not exact."""


@dataclass(frozen=True)
class Both:
    """The spread of one service's demand in the best and in the worst case, and how much that demand is."""

    amount: float
    best: Spread
    worst: Spread

    def spread(self, *, pessimistic: bool) -> Spread:
        """Return the spread in one of the cases."""
        return self.worst if pessimistic else self.best

    @cached_property
    def limited(self) -> frozenset[str]:
        """The parts of limited capacity that a request may pass in either case."""
        return frozenset(
            part
            for spread in (self.best, self.worst)
            for part in spread.reachable()
            if self.best.carries(part) < inf or self.worst.carries(part) < inf
        )


@dataclass
class Together:
    """The demands of all services that ask for one dimension, after losses that leave all their ways the same."""

    of: Mapping[str, Both]
    _loads: dict[bool, Mapping[str, float]] = field(default_factory=dict)
    _forced: dict[bool, Mapping[frozenset[str], Mapping[str, float]]] = field(default_factory=dict)
    _fitting: dict[str, bool | None] = field(default_factory=dict)

    def loads(self, *, pessimistic: bool) -> Mapping[str, float]:
        """Return what the plain spreads of all services bring to each part."""
        if pessimistic not in self._loads:
            loads: dict[str, float] = {}
            for both in self.of.values():
                for part, share in both.spread(pessimistic=pessimistic).carried.items():
                    loads[part] = loads.get(part, 0.0) + both.amount * share
            self._loads[pessimistic] = loads
        return self._loads[pessimistic]

    def forced(self, parts: frozenset[str], *, pessimistic: bool) -> Mapping[str, float]:
        """Return what of each service surely passes one of these parts."""
        if pessimistic not in self._forced:
            found: dict[frozenset[str], dict[str, float]] = defaultdict(dict)
            for name, both in self.of.items():
                for limits, share in both.spread(pessimistic=pessimistic).forced_through.items():
                    found[limits][name] = both.amount * share
            self._forced[pessimistic] = dict(found)
        return self._forced[pessimistic].get(parts, {})

    def asked(self, part: str) -> Mapping[str, float]:
        """Return what the plain spread of each service asks of a part in the best case."""
        return self._asked.get(part, {})

    @cached_property
    def _asked(self) -> Mapping[str, Mapping[str, float]]:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for name, both in self.of.items():
            for part, share in both.best.carried.items():
                found[part][name] = both.amount * share
        return dict(found)

    def fits(self, service: str) -> bool | None:
        """Return whether some spread fits of all services that share limited parts with this one, None where unknown."""
        if service not in self._fitting:
            names = self.sharing(service)
            self._fitting |= dict.fromkeys(names, _fits([self.of[name] for name in names]))
        return self._fitting[service]

    def sharing(self, service: str) -> list[str]:
        """Return the services that share a limited part with this one, or with one that does, itself among them."""
        found, pending = {service}, [service]
        while pending:
            for part in self.of[pending.pop()].limited:
                more = [name for name in self._users.get(part, ()) if name not in found]
                found.update(more)
                pending += more
        return [name for name in self.of if name in found]

    @cached_property
    def _users(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name, part in self._limited():
            found[part].append(name)
        return dict(found)

    def _limited(self) -> Iterator[tuple[str, str]]:
        for name, both in self.of.items():
            for part in both.limited:
                yield name, part


def _fits(near: Sequence[Both]) -> bool | None:
    """Return what the best spread of these demands says."""
    if all(both.worst.serves for both in near):
        scale = best_scale([(both.amount, both.worst) for both in near])
        if scale is not None and scale >= 1 - SLACK:
            return True
    scale = best_scale([(both.amount, both.best) for both in near if both.best.serves])
    return False if scale is not None and scale < 1 - SLACK else None
