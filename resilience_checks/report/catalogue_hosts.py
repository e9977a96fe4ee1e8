"""What a catalogue entry says of hosts, of rules about them, and of units behind one resource, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.report.catalogue_phrases import any_of, cited, holding, led_to, only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import Entry
    from resilience_checks.catalogue.host_entries import Units


def units(plan: Units) -> str:
    """Return how many units stand behind one resource or address."""
    if plan.besides:
        count = f"itself, and one for each of {any_of(plan.besides)}"
        count += f", in the region that its `{plan.region}` names" if plan.region else ""
    elif plan.number is not None:
        count = f"{plan.number} behind one resource"
    else:
        said = f"as many as `{plan.count}` says" if plan.count else "as many as are declared"
        count = f"{said} behind one address"
    if plan.either:
        count += f"; where `{plan.either}` is given, what refers to it means one of them, and no code shows which"
    return f"{count}{only(plan.when)}{cited(plan.source)}"


def hosts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what an entry says of hosts."""
    if entry.settings_of is not None:
        yield "settings", f"of what `{entry.settings_of}` refers to, where that is a resource; it is up with it then"
    if entry.hosted is not None:
        pool = f"what {any_of(entry.hosted.pool)} leads to" if entry.hosted.pool else "its provider instance"
        named = f"the {entry.hosted.over} that `{entry.hosted.host}` names, else " if entry.hosted.host else ""
        chosen = f"one of {pool}, which its platform chooses and others may share"
        yield entry.hosted.over, f"{named}{chosen}{cited(entry.hosted.source)}"
    if entry.apart is not None:
        members = f"{led_to(entry.apart.members)}, or what" if entry.apart.members is not None else "what"
        surely = only(entry.apart.when).replace(", if", ", surely if", 1)
        if entry.apart.within is not None:
            surely += f"; not where {led_to(entry.apart.within)} is a resource without that: {holding(entry.apart.within_when)}"
        yield "apart", f"{members} refers to it, in different places{surely}{cited(entry.apart.source)}"
    if entry.scheduled is not None:
        demands = any_of(rule.each for rule in entry.scheduled.rules)
        told = f"each instance on one that a scheduler chooses; surely on different ones by {demands}"
        told += f", over {any_of(entry.scheduled.kinds)}, for the labels of `{entry.scheduled.labels}`"
        yield "host", f"{told}{only(entry.scheduled.when)}{cited(entry.scheduled.source)}"
    if entry.restarts is not None:
        told = f"{led_to(entry.restarts.of)}{only(entry.restarts.when)}"
        yield "restarts", f"{told}, on another host, in a time that nobody states{cited(entry.restarts.source)}"
