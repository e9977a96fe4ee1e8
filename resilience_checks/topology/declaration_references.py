"""Holds every id that a declaration names against what the file declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.topology import declaration_sense
from resilience_checks.topology.declaration_problems import hint, listing, path_text, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.topology.declaration_problems import Path, Problems
    from resilience_checks.topology.declaration_source import Data, Source

SITE, LINK, COMPONENT, DOMAIN, CONSUMER, SERVICE = "site", "link", "component", "domain", "consumer", "service"

_SECTIONS = {
    SITE: "sites",
    LINK: "links",
    COMPONENT: "components",
    DOMAIN: "domains",
    CONSUMER: "consumers",
    SERVICE: "services",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where ids of these sorts stand: `*` is any key, `[]` any list item, and a list may also be a single value."""

    path: str
    sorts: tuple[str, ...]


def _anywhere(path: str) -> tuple[_Place, ...]:
    """Return the places of a reference: an id of either sort, or a mapping with one of them."""
    return (
        _Place(path, (COMPONENT, SERVICE)),
        _Place(f"{path}.component", (COMPONENT,)),
        _Place(f"{path}.service", (SERVICE,)),
    )


def _of_service(path: str) -> tuple[_Place, ...]:
    return (
        _Place(f"{path}.entry", (COMPONENT,)),
        _Place(f"{path}.entry.component", (COMPONENT,)),
        _Place(f"{path}.consumers.[]", (CONSUMER,)),
        _Place(f"{path}.restores.[]", (SERVICE,)),
        *_anywhere(f"{path}.needs.[]"),
    )


_PLACES = (
    _Place("sites.*.perimeter.[]", (COMPONENT,)),
    _Place("links.*.to", (SITE,)),
    _Place("links.*.between.[]", (SITE,)),
    _Place("links.*.domains.[]", (DOMAIN,)),
    _Place("sites.*.domains.[]", (DOMAIN,)),
    _Place("placement.[].site", (SITE,)),
    _Place("components.*.site", (SITE,)),
    _Place("components.*.units.[].site", (SITE,)),
    *_anywhere("components.*.any-of.[]"),
    *_anywhere("components.*.requires.[]"),
    *_anywhere("components.*.at-least.of.[]"),
    _Place("components.*.quorum.voters.[].component", (COMPONENT,)),
    _Place("components.*.quorum.voters.[].site", (SITE,)),
    *_anywhere("components.*.failover.primary"),
    *_anywhere("components.*.failover.standby.[]"),
    *_anywhere("components.*.failover.mover.needs.[]"),
    _Place("components.*.failover.replication.over.[]", (LINK,)),
    _Place("domains.*.members.[]", (COMPONENT, SERVICE, SITE, LINK, DOMAIN)),
    *(_Place(f"domains.*.members.[].{sort}", (sort,)) for sort in (COMPONENT, SERVICE, SITE, LINK, DOMAIN)),
    _Place("backups.*.of.[]", (COMPONENT,)),
    _Place("backups.*.of.[].component", (COMPONENT,)),
    *_anywhere("backups.*.to"),
    _Place("backups.*.site", (SITE,)),
    *_anywhere("backups.*.into"),
    *_anywhere("backups.*.needs.[]"),
    _Place("copies.*.of.[]", (SERVICE,)),
    *_anywhere("copies.*.entry"),
    *_anywhere("copies.*.needs.[]"),
    _Place("copies.*.consumers.[]", (CONSUMER,)),
    _Place("tools.*.consumers.[]", (CONSUMER,)),
    _Place("tools.*.repairs.[]", (SERVICE,)),
    *_anywhere("tools.*.entry"),
    *_anywhere("tools.*.needs.[]"),
    _Place("consumers.*.access.[]", (LINK,)),
    _Place("consumers.*.access.any-of.[]", (LINK,)),
    *_of_service("service_defaults"),
    *_of_service("services.*"),
)


def hold(source: Source, problems: Problems) -> None:
    """Add a problem for each id that is not declared, is of the wrong sort, or is given to two things.

    Reads the raw data and passes over what the schema rejects, so that both kinds of problem are shown together.
    """
    known = {sort: _keys(source.data, section) for sort, section in _SECTIONS.items()}
    for place in _PLACES:
        for path, value in _walk(source.data, tuple(place.path.split(".")), ()):
            if isinstance(value, str) and not (value == "none" and path[-1] == "perimeter"):
                mistake = _mistake(known, place.sorts, value)
                if mistake is not None:
                    problems.add(source.value(path), f"{path_text(path)}: {mistake}")
    _shared_ids(source, problems, known)
    _aliases(source, problems)
    _access(source, problems)
    _entries(source, problems)
    declaration_sense.hold(source, problems)


def lacking(data: Data) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each id that is declared nowhere, with the sections in which it could be."""
    known = {sort: _keys(data, section) for sort, section in _SECTIONS.items()}
    for place in _PLACES:
        for path, value in _walk(data, tuple(place.path.split(".")), ()):
            named = isinstance(value, str) and not (value == "none" and path[-1] == "perimeter")
            if named and not any(value in known[sort] for sort in place.sorts):
                yield tuple(_SECTIONS[sort] for sort in place.sorts), str(value)


def _mistake(known: Mapping[str, list[str]], sorts: tuple[str, ...], value: str) -> str | None:
    wanted = [key for sort in sorts for key in known[sort]]
    if value in wanted:
        return None
    other = next((sort for sort, keys in known.items() if value in keys), None)
    if other is not None:
        said = f"it is a {other}"
    elif wanted:
        said = hint(value, wanted, f"declared: {listing(wanted, 'and')}")
    else:
        said = f"nothing is declared under {listing([_SECTIONS[sort] for sort in sorts])}"
    return f"no {listing(sorts)} {show(value)}; {said}"


def _shared_ids(source: Source, problems: Problems, known: dict[str, list[str]]) -> None:
    for key in known[SERVICE]:
        if key in known[COMPONENT]:
            here, other = source.key(("services", key)), source.key(("components", key))
            where = f"line {other.line}" if other.path == here.path else str(other)
            problems.add(here, f"{path_text(('services', key))}: the component at {where} has the same id")


def _aliases(source: Source, problems: Problems) -> None:
    """Find aliases that two sites share: an alias says which site a program means."""
    owners: dict[str, str] = {site: site for site in _keys(source.data, "sites")}
    for path, alias in _walk(source.data, ("sites", "*", "aliases", "[]"), ()):
        site = str(path[1])
        if isinstance(alias, str) and owners.setdefault(alias, site) != site:
            said = f"{path_text(path)}: {show(alias)} already stands for the site {show(owners[alias])}"
            problems.add(source.value(path), said)


def _access(source: Source, problems: Problems) -> None:
    """Find access over links that join two sites: they lead to no consumer."""
    joining = {str(path[1]) for path, _ in _walk(source.data, ("links", "*", "between"), ())}
    for steps in (("consumers", "*", "access", "[]"), ("consumers", "*", "access", "any-of", "[]")):
        for path, link in _walk(source.data, steps, ()):
            if isinstance(link, str) and link in joining:
                said = f"{path_text(path)}: the link {show(link)} joins two sites, expected one with `to: SITE`"
                problems.add(source.value(path), said)


def _entries(source: Source, problems: Problems) -> None:
    if isinstance(source.data, dict) and any(True for _ in _walk(source.data, ("service_defaults", "entry"), ())):
        return
    for path, service in _walk(source.data, ("services", "*"), ()):
        if isinstance(service, dict) and "entry" not in service:
            problems.add(source.key(path), f"{path_text(path)}: missing entry")


def _keys(data: Data, section: str) -> list[str]:
    found = data.get(section) if isinstance(data, dict) else None
    return list(found) if isinstance(found, dict) else []


def _walk(data: Data, steps: tuple[str, ...], at: Path) -> Iterator[tuple[Path, Data]]:
    if not steps:
        yield at, data
    elif steps[0] == "[]":
        if isinstance(data, list):
            for index, item in enumerate(data):
                yield from _walk(item, steps[1:], (*at, index))
        elif data is not None:
            yield from _walk(data, steps[1:], at)
    elif isinstance(data, dict):
        for key in data if steps[0] == "*" else [steps[0]] if steps[0] in data else []:
            yield from _walk(data[key], steps[1:], (*at, key))
