"""Copies of data that a provider keeps in other regions, as the program orders them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.topology.estate import Replicas
from resilience_checks.topology.ordered_copies import ordered, place_of
from resilience_checks.topology.places import region_name
from resilience_checks.topology.selectors import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.values import Reason
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.placement import Placements
    from resilience_checks.topology.things import Things


def region_replicas(
    things: Things, parts: Parts, placements: Placements, lags: Mapping[str, tuple[float, Reason]]
) -> dict[str, Replicas]:
    """Return by part the regions besides its own that hold a copy of its data, with the lag that is declared for it.

    A region that is not known is left out: nobody knows that it is another one.
    """
    asked: dict[str, list[str]] = defaultdict(list)
    for thing, copies, of in ordered(things, parts, backup=False):
        place = place_of(things, placements, thing, copies)
        asked[of.id] += [region for region, when in (place.regions if place else ()) if not when]
    found = {}
    for thing in parts.things.values():
        path = thing.entry.placement.replicas if thing.entry.placement else None
        if (path is None and thing.id not in asked) or thing.id not in parts.places:
            continue
        own = {region for region, _ in parts.places[thing.id].regions}
        named = [text(value) for _, value in thing.values(path)] if path is not None else []
        names = [*(region_name(name) for name in named if name is not None), *asked[thing.id]]
        regions = tuple(dict.fromkeys(region for region in names if region not in own))
        if regions:
            lag = lags.get(thing.id)
            found[thing.id] = Replicas((thing.id, *parts.units_of(thing.id)), regions, None if lag is None else lag[0])
    return found
