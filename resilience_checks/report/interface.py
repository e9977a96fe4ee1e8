"""What a check leaves behind, and the seam of its renderers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.gate.verdict import Verdict
    from resilience_checks.model.graph import Capabilities, SkippedCallback
    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Result, Severity
    from resilience_checks.model.waiver import Waiver

VERSION = "resilience-report/v1"


@dataclass(frozen=True, slots=True)
class StackSummary:
    """One stack that was read: from what, with which limits, and what a reader must know of the run.

    `location` is the Pulumi.yaml of its project, where there is one.
    """

    name: str
    source: str
    digest: str
    resources: int
    capabilities: Capabilities
    notes: tuple[str, ...] = ()
    skipped: tuple[SkippedCallback, ...] = ()
    location: Location | None = None


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
    stacks: tuple[str, ...] = ()
    """Those of its estate."""


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """What a policy says of itself: `severity` as it comes, `controls` of standards with their titles ("" unknown).

    `page` is its README in Markdown, "" where it has none.
    """

    description: str
    severity: Severity
    remediation: str
    controls: Mapping[str, str]
    waivable: bool = True
    page: str = ""


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


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """One waiver and what became of it; `fingerprints` are those of the results that it is about.

    `state` is applied, expired, unused, refused (it cannot be waived, or not for so long) or untrusted (it is not on
    the trusted side yet); `why` tells more where there is more to tell.
    """

    waiver: Waiver
    state: str
    fingerprints: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A finding of the baseline, or of the base, that is gone."""

    fingerprint: str
    policy: str
    severity: Severity
    target: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Override:
    """An emergency override: why nothing blocks, who says so, and the ticket where it is followed up."""

    reason: str
    actor: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Where a check ran: commit and branch of the checkout, page and actor of the CI run, and its system.

    `dirty`: files of the checkout differ from the commit, or are in none.
    """

    commit: str = ""
    branch: str = ""
    url: str = ""
    actor: str = ""
    system: str = ""
    dirty: bool = False


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
    unaffected: tuple[str, ...] = ()
    """Stacks that were not evaluated, as the change since the base cannot affect them."""
    services: tuple[ServiceSummary, ...] = ()
    policies: Mapping[str, str] = field(default_factory=dict)
    """Title of every policy that was evaluated."""
    policy_details: Mapping[str, PolicySummary] = field(default_factory=dict)
    """What each of them says of itself."""
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
    waivers: tuple[WaiverUse, ...] = ()
    compared_with: str = ""
    """The baseline or the base, by which results are known; empty without one."""
    fixed: tuple[Fixed, ...] = ()
    settings_from: str = ""
    """Where settings are trusted; empty where they are those of the checkout."""
    declared_here: tuple[Remark, ...] = ()
    """Facts that are declared otherwise than there: they count, and are shown to whoever reviews the change."""
    override: Override | None = None
    run: Run | None = None
    options: Mapping[str, Any] | None = None
    """What the check was asked for, as JSON values, so that it can be asked for again; None where nobody wrote it down."""
    audit: tuple[Mapping[str, Any], ...] = ()
    """For each estate what only the auditors' report shows, as JSON values; empty where nobody asked for it."""

    @property
    def remarks(self) -> tuple[tuple[str, Remark], ...]:
        """What warns of the estate without being a policy's result: what each is, and the remark."""
        circles = (("circle", remark) for remark in self.circles)
        return (*(("contradiction", remark) for remark in self.contradictions), *circles)


class Renderer(Protocol):
    """One form of the report."""

    def render(self, report: Report) -> str:
        """Return the report as text."""
