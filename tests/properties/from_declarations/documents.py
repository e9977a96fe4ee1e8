"""Random documents of resilience.yaml, small enough that every fault set can be tried."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.properties.from_declarations.world import Doc

T = TypeVar("T")
Draw = st.DrawFn
SITES = ("n", "s", "t", "u")
NATURES = ("need", "need", "path", "mover")
TIMES = ("0s", "2m", "10m", "30m")


def some(draw: Draw, things: Sequence[T], low: int, high: int) -> list[T]:
    """Return a few different ones of `things`."""
    high = min(high, len(things))
    return (
        draw(st.lists(st.sampled_from(things), min_size=min(low, high), max_size=high, unique_by=str)) if high else []
    )


def often(draw: Draw, share: int = 3) -> bool:
    """Return True in all but one of `share` + 1 cases."""
    return draw(st.integers(0, share)) > 0


@st.composite
def documents(draw: Draw, *, unknowns: bool = True) -> Doc:
    """Return a document: sites and links, firewalls, things that stand there, names for groups of them, services."""
    sites = SITES[: draw(st.integers(2, 4))]
    names = [f"c{number}" for number in range(draw(st.integers(2, 4)))]
    groups = [f"g{number}" for number in range(draw(st.integers(1, 3)))]
    services = [f"svc{number}" for number in range(draw(st.integers(1, 3)))]

    def others(name: str) -> list[str]:
        return [other for other in (*names, *groups) if other != name]

    doc: Doc = {"version": 1, "sites": {}, "links": {}, "components": {}, "consumers": {}, "services": {}}
    for site in sites:
        doc["sites"][site] = _site(draw, site, doc["components"], [*names, *groups], unknowns)
    for site in [name for name, data in doc["sites"].items() if "region" not in data][2:]:
        doc["sites"][site]["region"] = "r1"
    _links(draw, doc, sites)
    for name in names:
        doc["components"][name] = _thing(draw, sites, others(name), services)
    for name in groups:
        doc["components"][name] = _group(draw, sites, doc["components"], others(name), unknowns)
    domains = _domains(draw, doc)
    if domains:
        doc["domains"] = domains
    for number in range(draw(st.integers(0, 2))):
        doc["consumers"][f"users{number}"] = _consumer(draw, doc, sites, number, unknowns)
    for name in services:
        rest = [other for other in services if other != name]
        doc["services"][name] = _service(draw, doc, [*names, *groups], rest, unknowns)
    return doc


def _site(draw: Draw, site: str, components: dict[str, Any], others: list[str], unknowns: bool) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if not unknowns or often(draw, 4):
        data["region"] = draw(st.sampled_from(("r1", "r2", "r3")))
    kind = draw(st.sampled_from(("none", "one", "one", "two", "pair", *(("unsaid",) if unknowns else ()))))
    count = {"two": 2, "one": 1, "pair": 1}.get(kind, 0)
    firewalls = [f"fw-{site}{number}" for number in range(count)]
    for name in firewalls:
        components[name] = {"role": "firewall", "site": site}
        if kind == "pair":
            components[name]["units"] = 2
        if not often(draw):
            components[name]["requires"] = [_edge(draw, others)]
    if kind == "none":
        data["perimeter"] = "none"
    elif firewalls:
        data["perimeter"] = firewalls if len(firewalls) > 1 or draw(st.booleans()) else firewalls[0]
    return data


def _links(draw: Draw, doc: Doc, sites: Sequence[str]) -> None:
    pairs = [list(pair) for pair in itertools.combinations(sites, 2)]
    for number, pair in enumerate(some(draw, pairs, 0, 4)):
        doc["links"][f"l{number}"] = {"between": pair}
    if doc["links"] and not often(draw):
        doc["links"]["l9"] = dict(doc["links"]["l0"])
    for number in range(draw(st.integers(0, 2))):
        doc["links"][f"a{number}"] = {"to": draw(st.sampled_from(sites))}
    for link in doc["links"].values():
        if not often(draw, 1):
            link["carrier"] = draw(st.sampled_from(("k1", "k2")))


def _edge(draw: Draw, targets: Sequence[str], services: Sequence[str] = ()) -> Any:
    if services and not often(draw, 5):
        target: dict[str, Any] = {"service": draw(st.sampled_from(services))}
    else:
        target = {"component": draw(st.sampled_from(targets))}
    nature = draw(st.sampled_from(NATURES))
    if nature != "need":
        target["nature"] = nature
    return target


def _edges(draw: Draw, low: int, targets: Sequence[str], services: Sequence[str] = ()) -> list[Any]:
    return [_edge(draw, targets, services) for _ in range(draw(st.integers(low, 3)))]


def _thing(draw: Draw, sites: Sequence[str], targets: Sequence[str], services: Sequence[str]) -> dict[str, Any]:
    site = st.sampled_from(sites)
    data: dict[str, Any] = {"role": draw(st.sampled_from(("compute", "dns", "identity", "database")))}
    spread = draw(st.sampled_from(("one", "one", "pair", "sites")))
    if spread == "sites":
        data["units"] = [{"site": draw(site)}, {"site": draw(site)}]
    else:
        data["site"] = draw(site)
        if spread == "pair":
            data["units"] = 2
    relation = draw(st.sampled_from(("none", "none", "requires", "requires", "any-of")))
    if relation != "none":
        data[relation] = _edges(draw, 1, targets, services)
    return data


def _group(
    draw: Draw, sites: Sequence[str], made: dict[str, Any], targets: list[str], unknowns: bool
) -> dict[str, Any]:
    data: dict[str, Any] = {"role": draw(st.sampled_from(("application", "database")))}
    if not often(draw, 4):
        data["site"] = draw(st.sampled_from(sites))
    kind = draw(st.sampled_from(("any-of", "requires", "at-least", "quorum", "failover", "failover")))
    if kind in ("any-of", "requires"):
        data[kind] = _edges(draw, 1, targets)
    elif kind == "at-least":
        members = _edges(draw, 2, targets)
        data[kind] = {"k": draw(st.integers(1, len(members))), "of": members}
    elif kind == "quorum":
        data[kind] = {"voters": _voters(draw, sites, made)}
    else:
        data[kind] = _failover(draw, targets, unknowns)
    return data


def _voters(draw: Draw, sites: Sequence[str], made: dict[str, Any]) -> list[dict[str, Any]]:
    at_one = [name for name, data in made.items() if "site" in data]
    voters: list[dict[str, Any]] = [{"component": name} for name in some(draw, at_one, 0, 2)]
    voters += [{"site": draw(st.sampled_from(sites))} for _ in range(draw(st.integers(0 if voters else 1, 3)))]
    for voter in voters:
        if not often(draw):
            voter["votes"] = 2
    return voters


def _failover(draw: Draw, targets: list[str], unknowns: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "primary": draw(st.sampled_from(targets)),
        "standby": some(draw, targets, 1, 2),
        "mover": {"mode": draw(st.sampled_from(("automatic", "automatic", "manual")))},
    }
    steps = ["detect", "promote"]
    if draw(st.booleans()):
        data["mover"]["needs"] = some(draw, targets, 1, 2)
    for step in steps if not unknowns or often(draw) else steps[1:]:
        data["mover"][step] = draw(st.sampled_from(TIMES))
    how = draw(st.sampled_from(("sync", "async", "lag", *(("unsaid",) if unknowns else ()))))
    if how != "unsaid":
        data["replication"] = {"mode": "sync" if how == "sync" else "async"}
    if how == "lag" or (how == "async" and not unknowns):
        data["replication"]["lag"] = draw(st.sampled_from(TIMES))
    if not often(draw, 6):
        del data["mover"]
    return data


def _domains(draw: Draw, doc: Doc) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(draw(st.integers(0, 2))):
        found[f"d{number}"] = {
            "kind": draw(st.sampled_from(("management-plane", "power"))),
            "faults": draw(st.sampled_from((["outage"], ["bad-change"], ["outage", "bad-change"]))),
            "members": some(draw, list(doc["components"]), 1, 3),
        }
        for link in some(draw, list(doc["links"].values()), 0, 1):
            link["domains"] = sorted({*link.get("domains", ()), f"d{number}"})
    return found


def _consumer(draw: Draw, doc: Doc, sites: Sequence[str], number: int, unknowns: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": "people"}
    access = [name for name in doc["links"] if name.startswith("a")]
    if not access and not unknowns:
        doc["links"]["a0"], access = {"to": draw(st.sampled_from(sites))}, ["a0"]
    if access and (not unknowns or often(draw)):
        data["access"] = some(draw, access, 1, 2)
    if number and draw(st.booleans()):
        data["critical"] = True
    return data


def _service(draw: Draw, doc: Doc, entries: list[str], services: list[str], unknowns: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"entry": draw(st.sampled_from(entries))}
    if not unknowns or often(draw):
        data["rto"] = draw(st.sampled_from(("1m", "12m", "1h")))
    if not unknowns or often(draw):
        data["rpo"] = draw(st.sampled_from(("0s", "5m", "1h")))
    needs = some(draw, [*entries, *({"service": name} for name in services)], 0, 2)
    if needs:
        data["needs"] = needs
    consumers = some(draw, list(doc["consumers"]), 0, 2)
    if consumers:
        data["consumers"] = consumers
    return data
