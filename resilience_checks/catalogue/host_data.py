"""From the data of a catalogue file to what entries say of hosts and units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.basic_data import condition, paths, sure_target, target
from resilience_checks.catalogue.host_entries import Apart, Hosted, Restarts, Units
from resilience_checks.catalogue.scheduled_entries import Scheduled, SchedulingRule

if TYPE_CHECKING:
    from collections.abc import Mapping


def units(data: Mapping[str, Any] | None) -> Units | None:
    """Return the units behind one resource."""
    if data is None:
        return None
    n = {} if data["n"] == "declared" else data["n"]
    besides = n.get("besides", {})
    return Units(
        count=n.get("count"),
        when=condition(data.get("when")),
        source=data.get("source"),
        number=n.get("number"),
        besides=paths(besides.get("each")),
        region=besides.get("region"),
        either=data.get("either"),
    )


def hosted(data: Mapping[str, Any] | None) -> Hosted | None:
    """Return on which hosts it runs."""
    if data is None:
        return None
    rules = tuple(sure_target(item) for item in data.get("rules", ()))
    return Hosted(data["source"], tuple(data.get("pool", ())), data.get("host"), data.get("over", "host"), rules)


def scheduled(data: Mapping[str, Any] | None) -> Scheduled | None:
    """Return what a scheduler does with its instances."""
    if data is None:
        return None
    rules = tuple(
        SchedulingRule(
            item["each"],
            item["over"],
            item["selects"],
            condition(item.get("when")),
            item.get("skew"),
            item.get("empty") == "all",
        )
        for item in data["rules"]
    )
    return Scheduled(data["labels"], rules, data["kinds"], data["source"], data["remedy"], condition(data.get("when")))


def restarts(data: Mapping[str, Any] | None) -> Restarts | None:
    """Return what its platform restarts."""
    return None if data is None else Restarts(sure_target(data["of"]), data["source"], condition(data.get("when")))


def apart(data: Mapping[str, Any] | None) -> Apart | None:
    """Return what it keeps apart."""
    if data is None:
        return None
    within = data.get("within", {})
    members, around = target(data.get("members")), target(within.get("of"))
    return Apart(data["source"], members, condition(data.get("when")), around, condition(within.get("when")))
