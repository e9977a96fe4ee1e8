"""A document of resilience.yaml as the definitions see it: what stands where, what can happen, what is not known.

Written from the definitions and from the page about the format alone; it shares nothing with the project.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Doc = dict[str, Any]
Unsure = tuple[str, ...]
"""A fact that turns out well or badly, such as ("perimeter", "n"): what turns out well never loses more."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
RELATIONS = ("requires", "any-of", "at-least", "quorum", "failover")
STATEFUL = ("database", "storage", "queue")


def seconds(text: str) -> float:
    """Return a duration such as 1h30m in seconds."""
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9.]+)(ms|[smhdw])", text))


def section(doc: Doc, name: str) -> dict[str, Any]:
    """Return a section of the document, with an empty mapping for what is left out."""
    return {key: value or {} for key, value in (doc.get(name) or {}).items()}


@dataclass(frozen=True)
class Spot:
    """Something that can fail by itself, and the site where it stands."""

    name: str
    site: str


def spots(doc: Doc, component: str) -> tuple[Spot, ...]:
    """Return what stands of a component: itself or its units; nothing for a mere name of others."""
    data = section(doc, "components")[component]
    units = data.get("units")
    if isinstance(units, list):
        return tuple(
            Spot(f"{component}#{unit.get('name', number)}", unit["site"]) for number, unit in enumerate(units, 1)
        )
    if units is not None:
        return tuple(Spot(f"{component}#{number}", data["site"]) for number in range(1, units + 1))
    return (Spot(f"component {component}", data["site"]),) if "site" in data else ()


def voters(doc: Doc, component: str) -> Iterator[tuple[Spot, ...]]:
    """Yield for each voter what stands of it."""
    for number, voter in enumerate(section(doc, "components")[component]["quorum"]["voters"], 1):
        if "site" in voter:
            yield (Spot(f"{component} voter {number}", voter["site"]),)
        else:
            yield spots(doc, voter["component"])


def standing(doc: Doc) -> Iterator[Spot]:
    """Yield everything that can fail by itself but the links."""
    for name, data in section(doc, "components").items():
        yield from spots(doc, name)
        for number, voter in enumerate(data.get("quorum", {}).get("voters", ()), 1):
            if "site" in voter:
                yield Spot(f"{name} voter {number}", voter["site"])


def ends(link: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sites where a link ends; it stands in each."""
    return tuple(link["between"]) if "between" in link else (link["to"],)


def perimeter(doc: Doc, site: str) -> tuple[str, ...] | None:
    """Return the components of a site's border: none where it has none, None where nobody said."""
    found = section(doc, "sites")[site].get("perimeter")
    if found is None:
        return None
    if found == "none":
        return ()
    return (found,) if isinstance(found, str) else tuple(found)


@dataclass(frozen=True)
class Completion:
    """One way in which everything that is not known may turn out: each site's region, and what turns out well."""

    regions: Mapping[str, str]
    well: Callable[[Unsure], bool]


def regions(doc: Doc) -> Iterator[dict[str, str]]:
    """Yield every way in which the undeclared regions may be those declared, or new ones, shared or not."""
    sites = section(doc, "sites")
    declared = sorted({site["region"] for site in sites.values() if "region" in site})
    undeclared = [name for name, site in sites.items() if "region" not in site]
    new = [f"region of {name}" for name in undeclared]
    for chosen in itertools.product([*declared, *new], repeat=len(undeclared)):
        found = dict(zip(undeclared, chosen, strict=True))
        first = {region: name for name, region in reversed(found.items()) if region in new}
        if all(region == f"region of {name}" for region, name in first.items()):
            yield {name: site.get("region") or found[name] for name, site in sites.items()}


def completions(doc: Doc, *, well: bool) -> Iterator[Completion]:
    """Yield the completions in which all that may turn out well does, or does not."""
    for found in regions(doc):
        yield Completion(found, lambda _: well)


def events(doc: Doc, completion: Completion) -> dict[str, frozenset[str]]:
    """Return every fault that can happen, with the spots and links that it takes down."""
    at: dict[str, set[str]] = {site: set() for site in section(doc, "sites")}
    found: dict[str, set[str]] = {}
    for spot in standing(doc):
        at[spot.site].add(spot.name)
        found[f"device:{spot.name.removeprefix('component ')}/outage"] = {spot.name}
    for name, link in section(doc, "links").items():
        for site in ends(link):
            at[site].add(f"link {name}")
        found[f"link:{name}/outage"] = {f"link {name}"}
        if "carrier" in link:
            found.setdefault(f"carrier:{link['carrier']}/outage", set()).add(f"link {name}")
    for site, things in at.items():
        found[f"site:{site}/outage"] = things
        declared = section(doc, "sites")[site].get("region")
        region = f"region:{declared}" if declared else f"region:unknown place of site {site}"
        for other, there in at.items():
            if completion.regions[other] == completion.regions[site]:
                found.setdefault(f"{region}/outage", set()).update(there)
    for name, domain in section(doc, "domains").items():
        hit = {
            spot.name
            for member in domain["members"]
            for spot in spots(doc, member) or [Spot(f"component {member}", "")]
        }
        hit |= {f"link {link}" for link, data in section(doc, "links").items() if name in data.get("domains", ())}
        for fault in domain["faults"]:
            found[f"{domain['kind']}:{name}/{fault}"] = hit
    return {event: frozenset(things) for event, things in found.items()}
