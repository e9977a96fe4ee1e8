"""What to check, and how: all that a caller chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from resilience_checks.model.result import NEVER, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Override

DECLARATIONS = "resilience.yaml"


@dataclass(frozen=True, slots=True)
class Aside:
    """Projects that are left out, by their directories from the root, as nothing since `since` can affect them."""

    directories: frozenset[str]
    since: str


@dataclass(frozen=True, slots=True)
class Options:
    """What to check and how; `root` is the repository root, to which every shown path is relative."""

    paths: tuple[Path, ...]
    """Where programs are looked for; none of them runs where there is no path, and the files alone are checked."""
    root: Path
    stacks: tuple[str, ...] = ()
    config: Path | None = None
    policies: tuple[Path, ...] = ()
    catalogue: tuple[Path, ...] = ()
    """Catalogue files of the user's own, or folders of them."""
    engine: str = "embedded"
    opa_url: str | None = None
    policy_seconds: float | None = None
    """How long one evaluation of the policies may take; None: as the size of what they read wants it."""
    fail_on: Severity | None = Severity.MEDIUM
    fail_on_given: bool = False
    """Whether somebody asks for that threshold: what resilience.yaml says then counts only where it is stricter."""
    seconds: float = 60.0
    readable: tuple[Path, ...] = ()
    """Files and folders outside of the repository that programs may read, too; never taken from what is checked."""
    jobs: int | None = None
    """How many stacks are evaluated at a time; None: as many as there are processors."""
    cache: Path | None = None
    """The folder that keeps what was found before; None: everything is evaluated."""
    scheduler: str | None = None
    """The Dask scheduler whose workers evaluate the stacks; None: this machine does."""
    previews: tuple[Path, ...] = ()
    states: tuple[Path, ...] = ()
    lookups: Path | None = None
    stack_outputs: Path | None = None
    base: str | None = None
    """The commit to compare with, as a pull request does."""
    all_stacks: bool = False
    """Whether stacks are checked, too, that no change since the base can affect."""
    aside: Aside | None = None
    baseline: Path | None = None
    """A file of findings that stood before and do not block."""
    audit: bool = False
    """Whether the report holds what only the auditors' form of it shows."""
    settings: str | None = None
    """Where settings are trusted: a commit, or an organisation's resilience.yaml; None: what is checked is trusted."""
    override: Override | None = None
    """Who lets the change pass whatever is found, and why; never taken from what is checked."""
    waivers: Path | None = None
    """The file of waivers; None: resilience-waivers.yaml at the root, where there is one."""
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the check is held to have begun."""
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    """The day on which dates in declarations and waivers are judged."""
    written: frozenset[Path] = frozenset()
    """Files that this very run writes: no part of any program, wherever they stand."""
    timings: bool = False
    """Whether the report tells how long each station took, which differs from run to run."""

    @property
    def threshold(self) -> str:
        """The mildest severity that blocks, or never."""
        return str(self.fail_on) if self.fail_on is not None else NEVER
