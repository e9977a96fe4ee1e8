"""`stack_circles`: stacks that read each other's outputs, so that none can be restored first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return whether any stack reads another's outputs, and the circles by the names of their stacks.

    The lines of each circle are at `ID/N`, N from 0.
    """
    circles = {" + ".join(circle.stacks): circle for circle in matter.circles}
    data = {
        name: {"stacks": list(circle.stacks), "at": [f"{name}/{number}" for number in range(len(circle.locations))]}
        for name, circle in circles.items()
    }
    places = {
        f"{name}/{number}": Step("an output of another stack is read here", location)
        for name, circle in circles.items()
        for number, location in enumerate(circle.locations)
    }
    linked = any(graph.references for graph in matter.graphs)
    return Section({"linked": "yes" if linked else "no", "circles": data}, places)
