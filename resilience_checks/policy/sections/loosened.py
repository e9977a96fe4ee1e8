"""`loosened`: settings that hold the estate less strictly than those of the base that it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.errors import CheckError
from resilience_checks.model.question import Step
from resilience_checks.policy.loosening import Held, loosened, read
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.policy.loosening import Loosening
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return whether there is a base to compare with, why it cannot be read, and each loosening.

    `base` is yes, no (none is given) or unknown (it cannot be read); `sure` says whether it is known to loosen.
    `counts` is empty, or why none of it counts: settings are trusted elsewhere. What is not `judged` any more is gone
    altogether.
    """
    if matter.trust is not None and matter.pack is not None:
        names = [graph.name for graph in matter.graphs]
        found = matter.trust.uncounted(matter.pack, matter.estate, names, matter.today)
        return _told((*found, *matter.loosened), [matter.trust.until])
    before = read(matter.base)
    if before is None or matter.declared is None:
        return _nothing("no")
    if isinstance(before, CheckError):
        return _nothing("unknown", before.what)
    assert matter.base is not None
    names = [graph.name for graph in matter.graphs]
    after = Held(matter.settings, matter.declared, matter.base.own(matter.declared))
    return _told((*loosened(before, after, matter.estate, names, matter.today), *matter.loosened), [])


def _nothing(base: str, why: str = "") -> Section:
    return Section({"base": base, "why": why, "advisory": [], "found": {}})


def _told(loosenings: Sequence[Loosening], advisory: Sequence[str]) -> Section:
    found = {one.parts[0]: one for one in loosenings}
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
            "judged": "yes" if one.judged else "no",
            "why": one.why,
            "must_be_known": one.must_be_known,
            "stacks": list(one.stacks),
        }
        for key, one in found.items()
    }
    places = {
        key: Step(f"{one.setting} is set here", one.location) for key, one in found.items() if one.location is not None
    }
    return Section({"base": "yes", "why": "", "advisory": list(advisory), "found": data}, places)
