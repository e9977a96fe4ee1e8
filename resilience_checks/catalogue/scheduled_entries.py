"""The words of a catalogue entry about instances that a scheduler places on hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.catalogue.entries import Condition


@dataclass(frozen=True, slots=True)
class SchedulingRule:
    """Demands, each at `each` where its own inputs `when` hold, that keep instances apart over what `over` names.

    A demand is about what its selector `selects` selects, and works only if that is the instances themselves. With
    `skew`, so many more than elsewhere may stand in one place: with no more instances than that, all may.
    `empty` tells what a selector without any label selects: every instance, or (False) nobody knows what.
    """

    each: str
    over: str
    selects: str
    when: Condition = ()
    skew: str | None = None
    empty: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        own = (self.over, self.selects, *(path for path, _ in self.when), *((self.skew,) if self.skew else ()))
        return (self.each, *(f"{self.each}.{path}" for path in own))


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Instances run on hosts that a scheduler chooses; `labels` are what it knows them by.

    Only where `when` holds its rules count. `kinds` tells what the places are that a rule may name: host or zone.
    """

    labels: str
    rules: tuple[SchedulingRule, ...]
    kinds: Mapping[str, str]
    source: str
    remedy: str
    when: Condition = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        return (self.labels, *(path for path, _ in self.when), *(path for rule in self.rules for path in rule.paths))
