"""What things are called: by the estate's own names, so that renaming resources in a program changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import PROVIDER, Thing, kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import Name
    from resilience_checks.topology.things import Things


def natural(thing: Thing) -> str | None:
    """Return what the estate itself calls it, None where the program does not say."""
    parts = [text(value) for path in thing.entry.named for _, value in thing.values(path)[:1]]
    known = [part for part in parts if part]
    return "/".join(known) if known else None


def name_values(thing: Thing, name: Name) -> Iterator[str]:
    """Yield each full name; a name of several paths takes the first value of each."""
    if len(name.paths) == 1:
        values = [[text(value)] for _, value in thing.values(name.paths[0])]
    else:
        values = [[text(thing.value(path)) for path in name.paths]]
    for parts in values:
        known = [part for part in parts if part is not None]
        if len(known) == len(parts):
            stripped = [re.sub(name.strip, "", part) if name.strip else part for part in known]
            yield name.join.join(stripped)


def scope(thing: Thing, name: Name) -> int | None:
    """Return what the name is unique in: a device, a stack, or (None) the estate."""
    if name.scope == "provider":
        return id(thing.device or thing)
    return id(thing.graph) if name.scope == "stack" else None


def give_ids(things: Things) -> None:
    """Name each thing by the estate's names, adding what only tells apart where two would be equal.

    That is its type, then what it stands in, then its stack and logical name.
    """

    def base(thing: Thing) -> str:
        own = thing.natural or thing.logical_name
        device = thing.device
        if thing.entry.token.startswith(PROVIDER) or device is None or thing.entry.estate == "cloud":
            return own
        if device.source is None and device.natural is None:
            return own  # a default provider that nothing names tells nobody more
        return f"{device.natural or device.logical_name}/{own}"

    suffixes = (
        base,
        lambda thing: f"{kind(thing.entry.token)} {base(thing)}",
        lambda thing: f"{kind(thing.entry.token)} {base(thing)}{_within(things, thing)}",
        lambda thing: f"{kind(thing.entry.token)} {base(thing)} ({thing.graph.name})",
        lambda thing: f"{kind(thing.entry.token)} {base(thing)} ({thing.graph.name}:{thing.logical_name})",
    )
    pending = things.all
    taken: set[str] = set()
    for candidate in suffixes:
        counts = Counter(candidate(thing) for thing in pending)
        left = []
        for thing in pending:
            name = candidate(thing)
            if counts[name] == 1 and name not in taken:
                thing.id = name
                taken.add(name)
            else:
                left.append(thing)
        pending = left
    for index, thing in enumerate(pending):
        thing.id = f"{suffixes[-1](thing)}#{index}"


def _within(things: Things, thing: Thing) -> str:
    """Return the name of the first thing that it stands in, as the end of its own."""
    for path in thing.entry.placement.inside if thing.entry.placement else ():
        for at, _ in thing.values(path):
            found = (things.at(thing.graph, reference) for reference in thing.references(at))
            name = next((other.natural for other in found if other is not None and other.natural), None)
            if name is not None:
                return f" in {name}"
    return ""
