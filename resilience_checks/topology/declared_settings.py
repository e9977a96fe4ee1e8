"""What resilience.yaml says of judging: how strictly each policy and each stack is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Severity
    from resilience_checks.topology.selectors import Glob

Lines: TypeAlias = "Mapping[str, Location]"


class OnUnknown(StrEnum):
    """What an unknown outcome of a policy does to the verdict."""

    FAIL = "fail"
    WARN = "warn"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """What is set for one policy; None: as the policy itself says. The id has not been checked."""

    id: str
    location: Location
    enabled: bool | None = None
    severity: Severity | None = None
    on_unknown: OnUnknown | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    at: Lines = field(default_factory=dict)


class Strictness(StrEnum):
    """What findings about a stack do: block, be shown, or not be looked for."""

    GATED = "gated"
    ADVISORY = "advisory"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class StackGlob:
    """A pattern over `project/stack`, and where it stands."""

    glob: Glob
    location: Location


@dataclass(frozen=True, slots=True)
class Stacks:
    """How strictly stacks are gated. `gated` wins over `ignored`, and that over `advisory`; the rest is gated."""

    gated: tuple[StackGlob, ...] = ()
    advisory: tuple[StackGlob, ...] = ()
    ignored: tuple[StackGlob, ...] = ()
    at: Lines = field(default_factory=dict)

    def of(self, name: str) -> Strictness:
        """Return how strictly the stack `project/stack` is gated."""
        for strictness, patterns in (
            (Strictness.GATED, self.gated),
            (Strictness.IGNORED, self.ignored),
            (Strictness.ADVISORY, self.advisory),
        ):
            if any(pattern.glob.matches(name) for pattern in patterns):
                return strictness
        return Strictness.GATED

    def hold(self, names: Sequence[str]) -> None:
        """Raise UsageError at the first pattern that matches none of the stacks."""
        for pattern in (*self.gated, *self.advisory, *self.ignored):
            if not any(pattern.glob.matches(name) for name in names):
                raise UsageError(
                    f'stacks: "{pattern.glob}" matches no stack',
                    location=pattern.location,
                    why="what it was meant to say of a stack would be said of none",
                    remedy=f"the stacks found are {', '.join(sorted(names))}",
                )
