"""`loosened`: settings that hold the estate less strictly than those of the base that it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.errors import CheckError
from resilience_checks.model.question import Step
from resilience_checks.policy.loosening import Held, loosened, read
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return whether there is a base to compare with, why it cannot be read, and each loosening.

    `base` is yes, no (none is given) or unknown (it cannot be read); `sure` says whether it is known to loosen.
    """
    before = read(matter.base)
    if before is None or matter.declared is None:
        return Section({"base": "no", "why": "", "found": {}})
    if isinstance(before, CheckError):
        return Section({"base": "unknown", "why": before.what, "found": {}})
    names = [graph.name for graph in matter.graphs]
    assert matter.base is not None
    after = Held(matter.settings, matter.declared, matter.base.own(matter.declared))
    found = {one.parts[0]: one for one in loosened(before, after, matter.estate, names, matter.today)}
    data = {
        key: {
            "target": one.target,
            "kind": one.kind,
            "names": list(one.names),
            "setting": one.setting,
            "before": one.before,
            "after": one.after,
            "services": list(one.services),
            "sure": "yes" if one.sure else "unknown",
            "cause": list(one.parts),
        }
        for key, one in found.items()
    }
    places = {
        key: Step(f"{one.setting} is set here", one.location) for key, one in found.items() if one.location is not None
    }
    return Section({"base": "yes", "why": "", "found": data}, places)
