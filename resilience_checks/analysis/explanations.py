"""The words of a diagnosis: what explains what is seen, and what to look at next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.analysis.candidates import Observed
    from resilience_checks.model.likelihood import Stated
    from resilience_checks.model.question import Doubt, Event, Horizon


@dataclass(frozen=True, slots=True)
class Explanation:
    """A smallest set of faults that explains what is seen; `place` is its rank from 1, shared by `tied` others.

    `depends_on` are the facts on which it hangs whether it explains it, where that is not sure. `encloses` is the index
    of an explanation, no less likely, that names a place within one of its own which has all of the same parts.
    """

    events: tuple[str, ...]
    sure: bool
    place: int
    tied: int
    depends_on: tuple[Doubt, ...] = ()
    encloses: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one answer to a further look would leave: the indices of explanations."""

    answer: str
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A further observation: of a service or of one fault's domain, and what each answer would leave."""

    subject: str
    service: bool
    answers: tuple[Answer, ...]

    @property
    def worst(self) -> int:
        """The most explanations that an answer leaves."""
        return max(len(answer.left) for answer in self.answers)

    @property
    def order(self) -> tuple[int, int, bool]:
        """What the best look has least of: explanations left at worst, those left in all, and not being a service."""
        return self.worst, sum(len(answer.left) for answer in self.answers), not self.service


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The smallest explanations, the likeliest first, of up to `finished` of the `order` faults that were asked for.

    `exact` is False where there were too many cases to look at: some possible ones may be none, and some sure ones
    may be called possible. `looks` are the further observations that best tell those `among` them apart that have the
    fewest faults, all equally good; `errors` the services that are lost with nothing failed, of which nothing can be said.
    """

    observed: Observed
    horizon: Horizon
    explanations: tuple[Explanation, ...]
    order: int
    finished: int
    exact: bool = True
    among: tuple[int, ...] = ()
    looks: tuple[Look, ...] = ()
    errors: tuple[str, ...] = ()
    events: Mapping[str, Event] = field(default_factory=dict)
    likelihoods: Mapping[str, Stated] = field(default_factory=dict)
