"""What a policy says of a target: the unit that waivers, baselines and every report format work on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.location import Location, Related
    from resilience_checks.model.question import Step
    from resilience_checks.model.waiver import Waiver


NEVER = "never"
"""The threshold that no severity reaches."""


class Outcome(StrEnum):
    """How a policy came out for one target."""

    VIOLATION = "violation"
    PASS = "pass"  # noqa: S105 an outcome, not a password
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


class Severity(StrEnum):
    """How bad a violation is, mildest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Result:
    """One outcome of one policy for one target.

    A violation stands for one cause (`cause` is the sorted ids of its events) and names in `services` what it
    loses; pass, unknown and not_applicable stand for one service. `chain` leads from fault to loss.
    `evidence` holds further facts as JSON values. `blocks_when_unknown` is the `on_unknown: fail` setting as it
    applies to this target.
    """

    policy: str
    outcome: Outcome
    severity: Severity
    target: str
    title: str
    message: str
    location: Location | None = None
    related: tuple[Related, ...] = ()
    services: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    chain: tuple[Step, ...] = ()
    remediation: str = ""
    depends_on: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    evidence: Mapping[str, object] = field(default_factory=dict)
    blocks_when_unknown: bool = False
    advisory: tuple[str, ...] = ()
    """Why it blocks nothing, whatever its severity: the stack is advisory, or the policy is not enforced yet."""
    waiver: Waiver | None = None
    """What accepts it."""
    fail_on: str = ""
    """The mildest severity that blocks (never: none does) where resilience.yaml says so of it; "": that of the check."""
    known: str = ""
    """Where it stands already ("in baseline FILE"), so that it is not new and blocks nothing."""

    @property
    def fingerprint(self) -> str:
        """Return 16 hex digits of policy, target and cause: no line numbers, no order."""
        parts = "\n".join((self.policy, self.target, *sorted(self.cause)))
        return hashlib.sha256(parts.encode()).hexdigest()[:16]
