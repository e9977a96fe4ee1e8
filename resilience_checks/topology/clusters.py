"""Provider instances that are clusters: what they run on, and whether two of them may be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.values import Reason
from resilience_checks.topology.gates import ALWAYS, NEVER, Case, Gate, Nature
from resilience_checks.topology.parts import every
from resilience_checks.topology.references import resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import PROVIDER, Thing

if TYPE_CHECKING:
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.things import Things

CLUSTER = "cluster"


def behind(things: Things, thing: Thing) -> tuple[Thing, ...]:
    """Return the resources that an instance runs in, as the cluster that its kubeconfig is of."""
    paths = thing.entry.placement.inside if thing.entry.placement is not None else ()
    ends = (end.to for path in paths for end in resolve(things, thing, Target(ref=path)))
    return tuple(dict.fromkeys(end for end in ends if isinstance(end, Thing) and end.entry.is_part))


def needed(parts: Parts, thing: Thing, hosts: tuple[Thing, ...]) -> Gate:
    """Return that all of what it runs in is up; with that it is the same cluster as any other instance on it."""
    return every(
        parts.up(host, Nature.PATH, Reason(f"{thing.label} is {host.label}", location=thing.location)) for host in hosts
    )


def perhaps_shared(things: Things, thing: Thing, book: FactBook) -> Gate:
    """Return the gate of a cluster that nothing tells from another: it may be lost whenever that one is."""
    if thing.entry.fault != CLUSTER:
        return ALWAYS
    others = [other for other in things.all if other is not thing and other.entry.token == thing.entry.token]
    own = _names(thing)
    unclear = [other for other in others if not own or not _names(other) or own & _names(other)]
    if not unclear:
        return ALWAYS
    fact = book.doubt(
        f"which cluster {thing.id} is",
        ("one of its own", "one that is lost"),
        f"nothing tells the cluster of {thing.label} from that of {unclear[0].label}",
        f"give {thing.entry.token.removeprefix(PROVIDER)}:context in the configuration of each stack",
        location=thing.location,
    )
    return Case(fact, {"one of its own": ALWAYS, "one that is lost": NEVER})


def _names(thing: Thing) -> frozenset[str]:
    """Return by which names the instance is told from others."""
    name = text(thing.value("context")) or text(thing.value("cluster"))
    return frozenset([name] if name else [])
