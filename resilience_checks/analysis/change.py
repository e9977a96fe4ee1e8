"""What a change does to redundancy: what it touches at once, replaces, makes shared, takes away and adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.deployments import evaluate, together
from resilience_checks.analysis.probe import Probe
from resilience_checks.analysis.redundancy import Redundancy, compare
from resilience_checks.analysis.replaced import Replacement, replacements
from resilience_checks.analysis.shared import Shared, newly_shared
from resilience_checks.model.operation import DELETE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.analysis.bounds import Compiled
    from resilience_checks.analysis.touched import Deployment, ResourceChange
    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.question import Horizon
    from resilience_checks.topology.estate import Estate

ORDER = 2


@dataclass(frozen=True, slots=True)
class Change:
    """The answer about one estate, and what policies on changes read.

    `deployments` has one for each stack that changes anything; `at_once` is what they would do together, where there
    are several. `redundancy` is None where one of the two estates is not there to compare.
    """

    deployments: tuple[Deployment, ...]
    at_once: Deployment | None
    replacements: tuple[Replacement, ...]
    shared: tuple[Shared, ...]
    redundancy: Redundancy | None

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        compared = self.redundancy
        same = compared is None or not (compared.changed or compared.appearing or compared.disappearing)
        return same and not (self.deployments or self.replacements or self.shared)


@dataclass(frozen=True, slots=True)
class Unread:
    """A stack, or all of one side where it has no name, that could not be evaluated, and why."""

    side: str
    stack: str
    error: CheckError


@dataclass(frozen=True, slots=True)
class EstateChange:
    """The change of one estate; without an answer where a stack of it could not be evaluated, whose names are `missing`."""

    stacks: tuple[str, ...]
    change: Change | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What is compared, the answer about each estate, and what could not be read."""

    before: str
    after: str
    estates: tuple[EstateChange, ...]
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where the question is answered, else the code of the worst error."""
        return min((one.error.exit_code for one in self.unread), default=0)


def change(
    before: Estate | None,
    after: Estate | None,
    changes: Mapping[str, Sequence[ResourceChange]],
    horizon: Horizon,
    order: int = ORDER,
    compiled: Compiled | None = None,
) -> Change:
    """Return what the changes of each stack do to the estate; one that is None did not exist, or no longer does.

    `compiled` is the estate after, where it is compiled already.
    """
    standing = before or after
    if standing is None:
        return Change((), None, (), (), None)
    deployed = {stack: each for stack, each in changes.items() if any(one.operation.changes for one in each)}
    everything = [one for each in deployed.values() for one in each if one.operation.op != DELETE]
    shared: tuple[Shared, ...] = ()
    redundancy = None
    if before is not None and after is not None:
        old, new = Probe(before, horizon), Probe(after, horizon, compiled=compiled)
        shared, redundancy = newly_shared(old, after, horizon), compare(old, new, order)
    return Change(
        deployments=tuple(evaluate(stack, each, before, after, horizon) for stack, each in deployed.items()),
        at_once=together(deployed, before, after, horizon) if len(deployed) > 1 else None,
        replacements=replacements(standing, everything, horizon),
        shared=shared,
        redundancy=redundancy,
    )
