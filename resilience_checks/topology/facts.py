"""What is not known of an estate, collected while it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Contradiction, Fact

if TYPE_CHECKING:
    from resilience_checks.model.location import Location


class FactBook:
    """Every unknown once, under an id that does not depend on order, and every contradiction found."""

    def __init__(self) -> None:
        """Start with nothing unknown."""
        self.facts: dict[str, Fact] = {}
        self.contradictions: list[Contradiction] = []
        self.notes: list[Reason] = []
        """What is judged between two bounds, because it cannot be told what it does."""

    def doubt(
        self,
        key: str,
        values: tuple[str, ...],
        why: str,
        remedy: str,
        *,
        location: Location | None = None,
        basis: Basis = Basis.UNKNOWN,
    ) -> str:
        """Register a fact that may have any of `values` and return its id; the same key is the same fact."""
        if key not in self.facts:
            self.facts[key] = Fact(key, values, Reason(why, basis, location), remedy)
        return key

    def note(self, text: str, location: Location | None) -> Reason:
        """Say, and return, what is judged between two bounds."""
        reason = Reason(text, location=location)
        self.notes.append(reason)
        return reason

    def contradict(self, subject: str, text: str, *locations: Location | None) -> None:
        """Register two statements that cannot both be true."""
        known = tuple(sorted({location for location in locations if location is not None}))
        self.contradictions.append(Contradiction(subject, text, known))
