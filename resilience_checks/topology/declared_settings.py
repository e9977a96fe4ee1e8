"""What resilience.yaml says of judging: how strictly each policy and each stack is held."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from resilience_checks.model.errors import UsageError
from resilience_checks.model.thresholds import strictest
from resilience_checks.topology.selectors import Glob

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Severity

Lines: TypeAlias = "Mapping[str, Location]"


class OnUnknown(StrEnum):
    """What an unknown outcome of a policy does to the verdict."""

    FAIL = "fail"
    WARN = "warn"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """What is set for one policy; None: as the policy itself says. The id has not been checked.

    Where `stacks` or `tiers` are given it holds for services of these alone; `also` are further settings of the
    same policy.
    """

    id: str
    location: Location
    enabled: bool | None = None
    severity: Severity | None = None
    on_unknown: OnUnknown | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    fail_on: str = ""
    enforce_from: date | None = None
    stacks: tuple[StackGlob, ...] = ()
    tiers: tuple[int, ...] = ()
    at: Lines = field(default_factory=dict)
    parameters_at: Lines = field(default_factory=dict)
    also: tuple[PolicySettings, ...] = ()

    @property
    def scoped(self) -> bool:
        """Whether it holds for some stacks or tiers alone."""
        return bool(self.stacks or self.tiers)

    @property
    def scope(self) -> str:
        """Words for the stacks and tiers that it holds for."""
        parts = [f"stacks {', '.join(str(one.glob) for one in self.stacks)}"] if self.stacks else []
        parts += [f"tiers {', '.join(map(str, self.tiers))}"] if self.tiers else []
        return " of ".join(parts)

    def holds_for(self, tier: int | None, stacks: Collection[str]) -> bool:
        """Return whether it holds for what is of this tier (None: not known, and of no listed one) and these stacks."""
        for_tier = not self.tiers or tier in self.tiers
        return for_tier and (not self.stacks or all(any(one.matches(name) for one in self.stacks) for name in stacks))

    def hold(self, names: Sequence[str]) -> None:
        """Raise UsageError at the first pattern of it, or of what is set besides, that matches none of the stacks."""
        for settings in (self, *self.also):
            _hold(settings.stacks, names, f"policies.{self.id}.stacks")


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policy set that a file pins, such as 2026.1, and where."""

    name: str
    location: Location

    @property
    def rank(self) -> tuple[int, ...]:
        """What sorts sets in the order in which they came."""
        return rank(self.name)


def rank(name: str) -> tuple[int, ...]:
    """Return what sorts policy sets in the order in which they came.

    >>> rank("2026.2") < rank("2026.10") < rank("2027.1")
    True
    """
    return tuple(int(part) for part in name.split("."))


class Strictness(StrEnum):
    """What findings about a stack do: block, be shown, or not be looked for."""

    GATED = "gated"
    ADVISORY = "advisory"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class StackGlob:
    """A pattern of stacks, and where it stands.

    `STACK` is about the stack's own name, `PROJECT/STACK` about both. Of `ORGANISATION/PROJECT/STACK` the first part is
    passed over, as no program says in which organisation it is deployed.
    """

    glob: Glob
    location: Location
    among: frozenset[str] | None = None
    """The stacks whose file it stands in, where there are others; it is about none but them."""

    def matches(self, name: str) -> bool:
        """Return whether the stack `project/stack` is one of them."""
        if self.among is not None and name not in self.among:
            return False
        pattern, parts = str(self.glob), name.split("/")
        if "/" not in pattern:
            return self.glob.matches(parts[-1])
        surplus = pattern.count("/") + 1 - len(parts)
        glob = Glob(pattern.split("/", surplus)[-1]) if surplus > 0 else self.glob
        return glob.matches(name)


@dataclass(frozen=True, slots=True)
class Stacks:
    """How strictly stacks are gated. `gated` wins over `ignored`, and that over `advisory`; the rest is gated.

    `fail_on` pairs thresholds with the stacks that they hold for.
    """

    gated: tuple[StackGlob, ...] = ()
    advisory: tuple[StackGlob, ...] = ()
    ignored: tuple[StackGlob, ...] = ()
    fail_on: tuple[tuple[str, StackGlob], ...] = ()
    at: Lines = field(default_factory=dict)

    def of(self, name: str) -> Strictness:
        """Return how strictly the stack `project/stack` is gated."""
        return self.said(name) or Strictness.GATED

    def said(self, name: str) -> Strictness | None:
        """Return how strictly the stack is said to be gated, None where no pattern is about it."""
        for strictness, patterns in (
            (Strictness.GATED, self.gated),
            (Strictness.IGNORED, self.ignored),
            (Strictness.ADVISORY, self.advisory),
        ):
            if any(pattern.matches(name) for pattern in patterns):
                return strictness
        return None

    def threshold(self, name: str) -> str:
        """Return the mildest severity that blocks for the stack `project/stack`, "" where no pattern is about it."""
        return strictest(severity for severity, pattern in self.fail_on if pattern.matches(name))

    def among(self, names: frozenset[str]) -> Stacks:
        """Return what is said of these stacks, and of no others."""

        def of(patterns: tuple[StackGlob, ...]) -> tuple[StackGlob, ...]:
            return tuple(replace(pattern, among=names) for pattern in patterns)

        thresholds = tuple((severity, replace(pattern, among=names)) for severity, pattern in self.fail_on)
        return Stacks(of(self.gated), of(self.advisory), of(self.ignored), thresholds, self.at)

    def beside(self, other: Stacks) -> Stacks:
        """Return what both say."""
        return Stacks(
            (*self.gated, *other.gated),
            (*self.advisory, *other.advisory),
            (*self.ignored, *other.ignored),
            (*self.fail_on, *other.fail_on),
            {**other.at, **self.at},
        )

    def hold(self, names: Sequence[str]) -> None:
        """Raise UsageError at the first pattern that matches none of the stacks."""
        thresholds = (pattern for _, pattern in self.fail_on)
        _hold((*self.gated, *self.advisory, *self.ignored, *thresholds), names, "stacks")


def _hold(patterns: Sequence[StackGlob], names: Sequence[str], where: str) -> None:
    for pattern in patterns:
        if not any(pattern.matches(name) for name in names):
            raise UsageError(
                f'{where}: "{pattern.glob}" matches no stack',
                location=pattern.location,
                why="what it was meant to say of a stack would be said of none",
                remedy=f"the stacks found are {', '.join(sorted(names))}",
            )
