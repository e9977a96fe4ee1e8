"""Gates that are not monotone, between the largest monotone one below and the smallest above (SEMANTICS, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.topology.gates import NEVER, AnyOf, Case, Gate, Quorum, Up, Vote

if TYPE_CHECKING:
    from resilience_checks.model.values import Reason
    from resilience_checks.topology.facts import FactBook


def recounted(name: str, fixed: Quorum, why: Reason, book: FactBook) -> Gate:
    """Return a quorum whose votes are counted anew after each loss.

    Losses one after the other may leave one voter, the same at once leave none. Below lies that any one voter is
    enough, above that more than half of all votes are.
    """
    text = f"{name} counts its votes anew after each loss: what it survives hangs on the order of the losses"
    reason = book.note(text, why.location)
    fact = book.doubt(
        f"votes of {name} are counted anew in time",
        ("yes", "no"),
        reason.text,
        "leave `recounted` out where losses at once must be survived",
        location=why.location,
    )
    last = AnyOf(tuple(_alone(vote, Up(vote.voter, fixed.nature, why), book) for vote in fixed.votes), why)
    return Case(fact, {"yes": last, "no": fixed})


def _alone(vote: Vote, up: Gate, book: FactBook) -> Gate:
    """Return that a voter is up, and is one: of what does not vote nothing is left."""
    for doubted, value in vote.when:
        up = Case(doubted, {other: up if other == value else NEVER for other in book.facts[doubted].values})
    return up
