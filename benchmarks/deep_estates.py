"""The cut sets of every service of deep estates, in which services need each other, from the estate to the answers.

Each service is served by one machine, or by either of two, and needs others. Seconds are of the wall clock, in
brackets of the processor.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import cut_sets
from resilience_checks.model.question import FaultKind, Question
from resilience_checks.topology.estate import Domain, Estate, Link, Member, Part, Service, Site
from resilience_checks.topology.gates import ALWAYS, AnyOf, Gate, Nature, Up

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICES = 5000
LIMIT, MEMORY = 10.0, 3000
"""Seconds and MB."""
ALONE = 0.1
"""The share of services that one machine serves."""
Needs = tuple[Gate, ...]


def deep(needs: Callable[[random.Random, int, int], Needs], count: int = SERVICES, *, sites: bool = False) -> Estate:
    """Return an estate of so many services; with `sites`, redundant machines stand at two sites with two links."""
    chance = random.Random(1)
    parts: dict[str, Part] = {}
    services: dict[str, Service] = {}
    for number in range(count):
        names = [f"machine-{number}-{side}" for side in ("n", "s")[: 1 if chance.random() < ALONE else 2]]
        parts |= {name: Part(name, name, "compute", name[-1] if sites else None) for name in names}
        entry = AnyOf(tuple(Up(name, Nature.PATH) for name in names))
        services[f"service-{number}"] = Service(f"service-{number}", entry, needs=needs(chance, number, count))
    links = {name: Link(name, name, ("n", "s")) for name in ("link-1", "link-2")} if sites else {}
    parts |= {name: Part(name, name, "link") for name in links}
    domains = (Domain(f"device:{name}", "device", name, (FaultKind.OUTAGE,), (Member(name),)) for name in parts)
    return Estate(
        parts=parts,
        domains={domain.id: domain for domain in domains},
        services=services,
        sites={name: Site(name, ALWAYS) for name in ("n", "s")} if sites else {},
        links=links,
    )


def _service(number: int) -> Gate:
    return Up(f"service:service-{number}")


def anywhere(chance: random.Random, _: int, count: int) -> Needs:
    return tuple(_service(chance.randrange(count)) for _ in range(3))


def neighbours(_: random.Random, number: int, count: int) -> Needs:
    return tuple(_service((number + step) % count) for step in (1, 2, -1))


def below(chance: random.Random, number: int, _: int) -> Needs:
    return tuple(_service(chance.randrange(number)) for _ in range(3 if number else 0))


def clusters(chance: random.Random, number: int, _: int) -> Needs:
    """Return the next of its ring of ten, and either of two rings further down."""
    ring = number // 10 * 10
    own = _service(ring + (number + 1) % 10)
    return (own, AnyOf(tuple(_service(chance.randrange(ring)) for _ in range(2)))) if ring else (own,)


SHAPES = {
    "each needs any three": (anywhere, False),
    "each needs its neighbours": (neighbours, False),
    "the same on two sites": (neighbours, True),
    "each needs three below": (below, False),
    "rings that need either of two": (clusters, False),
}


def main() -> int:
    over = False
    print(f"{SERVICES} services, cut sets of up to 2 devices")
    print(f"{'':32} {'devices':>8} {'sets':>9} {'seconds':>16} {'MB so far':>10}")
    for shape, (needs, sites) in SHAPES.items():
        estate = deep(needs, sites=sites)
        begun, used = time.perf_counter(), time.process_time()
        found = cut_sets(estate, Question("outages", (FaultKind.OUTAGE,), order=2))
        sets = sum(len(each.sure) for each in found.values())
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        finished = Counter(each.finished for each in found.values())
        over |= seconds > LIMIT or memory > MEMORY or set(finished) != {2}
        print(f"{shape:32} {len(estate.parts):8} {sets:9} {seconds:7.2f} ({processor:6.2f}) {memory:10.0f}", flush=True)
        del found
    print(f"limit: {LIMIT:.0f} s each")
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
