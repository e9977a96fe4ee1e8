"""`start_cycles`: parts that wait for each other after a full stop, and the services that wait for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.start_order import start_order
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.analysis.start_order import StartCycle
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return each cycle by its parts, and of each service whether it can start: yes, no, unknown, or lost at rest."""
    order = start_order(matter.estate, matter.answers.analysis)
    cycles = {" + ".join(cycle.members): cycle for cycle in order.cycles}
    starts = dict.fromkeys(matter.estate.services, "yes") | dict.fromkeys(order.lost, "lost")
    for answer in ("unknown", "no"):
        for cycle in cycles.values():
            if (cycle.holds == "yes") == (answer == "no"):
                starts |= dict.fromkeys(cycle.services, answer)
    places = {f"{name}/{number}": step for name, cycle in cycles.items() for number, step in enumerate(cycle.lines)}
    return Section({"cycles": {name: _cycle(name, cycle) for name, cycle in cycles.items()}, "starts": starts}, places)


def _cycle(name: str, cycle: StartCycle) -> dict[str, object]:
    return {
        "holds": str(cycle.holds),
        "parts": list(cycle.members),
        "labels": list(cycle.labels),
        "services": list(cycle.services),
        "at": [f"{name}/{number}" for number in range(len(cycle.lines))],
        "hangs_on": [f"{doubt.reason.text}; to make it known: {doubt.remedy}" for doubt in cycle.doubts],
    }
