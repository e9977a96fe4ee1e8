"""Which references of a resource an entry speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import Entry


def modelled(entry: Entry) -> tuple[str, ...]:
    """Return every path of which the entry says what a reference there means."""
    placement = entry.placement
    found = [path for edge in entry.edges for path in edge.paths]
    found += [edge.each for edge in entry.edges if edge.each]
    found += [path for name in entry.names for path in (name.of.paths if name.of else name.paths)]
    found += [path for domain in entry.domains for path in domain.key if domain.of is None]
    found += [
        path for domain in entry.domains for target in (domain.of, domain.members) if target for path in target.paths
    ]
    found += [element.each for element in entry.elements if element.each]
    found += [*entry.named, *entry.ignore]
    if placement is not None:
        found += [*placement.inside, *placement.region, *placement.also, *([placement.site] if placement.site else [])]
        found += placement.zones.paths if placement.zones is not None else ()
    if entry.mover is not None:
        found += entry.mover.requires
    found += [path for join in entry.joins for path in (*join.at.paths, *join.to.paths)]
    found += [path for copies in entry.copies for path in copies.paths]
    found += entry.one_by.paths if entry.one_by is not None else ()
    found += (entry.settings_of,) if entry.settings_of is not None else ()
    found += entry.hosted.paths if entry.hosted is not None else ()
    found += entry.scheduled.paths if entry.scheduled is not None else ()
    found += entry.apart.paths if entry.apart is not None else ()
    found += entry.restarts.paths if entry.restarts is not None else ()
    return tuple(path.lstrip("^").partition("{")[0] for path in found)
