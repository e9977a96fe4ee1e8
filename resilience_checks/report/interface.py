"""What a check leaves behind, and the seam of its renderers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.gate.verdict import Verdict
    from resilience_checks.model.graph import Capabilities, SkippedCallback
    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Result

VERSION = "resilience-report/v1"


@dataclass(frozen=True, slots=True)
class StackSummary:
    """One stack that was read: from what, with which limits, and what a reader must know of the run."""

    name: str
    source: str
    digest: str
    resources: int
    capabilities: Capabilities
    notes: tuple[str, ...] = ()
    skipped: tuple[SkippedCallback, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """One service that was checked, with the objectives it is held to (times in seconds)."""

    id: str
    scope: str | None
    tier: int | None
    rto: float | None
    rpo: float | None
    declared: bool
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be evaluated: what, where, why it matters, what to do, and its exit code.

    `subject` is the stack, or the stacks, that it is about. `trace` is what only `--debug` shows: the traceback
    and what the program printed; it is in no report.
    """

    what: str
    why: str
    remedy: str
    exit_code: int
    location: Location | None = None
    subject: str = ""
    trace: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """An assumption, contradiction or circle of the estate, and where it shows."""

    text: str
    locations: tuple[Location, ...] = ()


@dataclass(frozen=True)
class Report:
    """One check, whole: what was read, what was found, and the verdict."""

    tool: str
    started: str
    engine: str
    fail_on: str
    results: tuple[Result, ...]
    verdict: Verdict
    stacks: tuple[StackSummary, ...] = ()
    left_out: tuple[str, ...] = ()
    services: tuple[ServiceSummary, ...] = ()
    policies: Mapping[str, str] = field(default_factory=dict)
    """Title of every policy that was evaluated."""
    disabled: tuple[str, ...] = ()
    """Policies that a resilience.yaml switched off, and for which stacks."""
    not_enforced: Mapping[str, str] = field(default_factory=dict)
    """Policies whose findings block nothing yet, and why: a day to come, or a pinned policy set that is older."""
    known_types: Mapping[str, int] = field(default_factory=dict)
    unknown_types: Mapping[str, int] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of everything that was read, by name."""
    contradictions: tuple[Remark, ...] = ()
    circles: tuple[Remark, ...] = ()
    """Stacks that need each other: none of them can be restored first."""
    assumptions: tuple[Remark, ...] = ()
    failures: tuple[Failure, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def remarks(self) -> tuple[tuple[str, Remark], ...]:
        """What warns of the estate without being a policy's result: what each is, and the remark."""
        circles = (("circle", remark) for remark in self.circles)
        return (*(("contradiction", remark) for remark in self.contradictions), *circles)


class Renderer(Protocol):
    """One form of the report."""

    def render(self, report: Report) -> str:
        """Return the report as text."""
