"""Operators that weaken what resilience.yaml declares: places, links, movers, replicas, copies, capacity."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from benchmarks.recall.expected import (
    AID,
    BACKUP,
    CAPACITY,
    CARRIER,
    DECLARED,
    LINK,
    MOVED,
    MOVER,
    PLACE,
    REPLICA,
    SHARED,
    TESTED,
    UNIT,
)
from benchmarks.recall.variants import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.recall.variants import Declared, Stack, Variant


def _each(stack: Stack, kind: str) -> Iterator[tuple[str, Any]]:
    yield from stack.declared.get(kind, {}).items()


def _failovers(stack: Stack) -> Iterator[str]:
    yield from (name for name, item in _each(stack, "components") if "failover" in item)


def cut_link(stack: Stack) -> Iterator[Variant]:
    """Take one link away, also from what runs over it."""
    for name, _ in _each(stack, "links"):

        def change(declared: Declared, name: str = name) -> None:
            del declared["links"][name]
            for consumer in declared["consumers"].values():
                ways = consumer["access"]["any-of"] if isinstance(consumer["access"], dict) else [consumer["access"]]
                left = [way for way in ways if way != name]
                consumer["access"] = {"any-of": left or ways[:0]} if len(left) > 1 else (left or [None])[0]
            for component in declared["components"].values():
                over = component.get("failover", {}).get("replication", {}).get("over", [])
                if name in over:
                    over.remove(name)

        used = [item for _, item in _each(stack, "consumers") if item["access"] == name]
        if not used:  # nobody may be left without any access: that is no link less, but no service at all
            yield stack.edited(name, change)


def one_access(stack: Stack) -> Iterator[Variant]:
    """Leave a consumer one of its ways in."""
    for name, consumer in _each(stack, "consumers"):
        ways = consumer["access"]["any-of"] if isinstance(consumer["access"], dict) else []
        for way in ways:

            def change(declared: Declared, name: str = name, way: str = way) -> None:
                declared["consumers"][name]["access"] = way

            yield stack.edited(f"{name} keeps {way}", change)


def join_carriers(stack: Stack) -> Iterator[Variant]:
    """Let one carrier run what two ran."""
    carriers = sorted({link["carrier"] for _, link in _each(stack, "links") if "carrier" in link})
    for one, other in combinations(carriers, 2):

        def change(declared: Declared, one: str = one, other: str = other) -> None:
            for link in declared["links"].values():
                if link.get("carrier") == other:
                    link["carrier"] = one

        yield stack.edited(f"{one} and {other}", change)


def one_region(stack: Stack) -> Iterator[Variant]:
    """Put a site into the region of another: one flood, grid or fibre event takes both."""
    for (one, first), (other, second) in combinations(_each(stack, "sites"), 2):
        if first["region"] != second["region"]:

            def change(declared: Declared, one: str = one, other: str = other) -> None:
                declared["sites"][other]["region"] = declared["sites"][one]["region"]

            yield stack.edited(f"{one} and {other}", change)


def shared_power(stack: Stack) -> Iterator[Variant]:
    """Feed two sites from one supply."""
    for one, other in combinations(dict(_each(stack, "sites")), 2):

        def change(declared: Declared, one: str = one, other: str = other) -> None:
            declared.setdefault("domains", {})["one-supply"] = {"kind": "power", "faults": ["outage"]}
            for site in (one, other):
                declared["sites"][site].setdefault("domains", []).append("one-supply")

        yield stack.edited(f"{one} and {other}", change)


def shared_manager(stack: Stack) -> Iterator[Variant]:
    """Let one manager push to every unit of two components that firewalls or switches make."""
    names = [name for name, item in _each(stack, "components") if item.get("role") in {"firewall", "network"}]
    for one, other in combinations(names, 2):

        def change(declared: Declared, one: str = one, other: str = other) -> None:
            members = [{"component": one}, {"component": other}]
            domains = declared.setdefault("domains", {})
            domains["one-manager"] = {"kind": "management-plane", "faults": ["bad-change"], "members": members}

        yield stack.edited(f"{one} and {other}", change)


def drop_unit(stack: Stack) -> Iterator[Variant]:
    """Take away one unit of a component of which the declaration lists or counts them."""
    for name, item in _each(stack, "components"):
        units = item.get("units")
        if isinstance(units, int) and units > 1:

            def fewer(declared: Declared, name: str = name) -> None:
                declared["components"][name]["units"] = 1

            if "select" not in item:
                yield stack.edited(name, fewer)
        for number in range(len(units) if isinstance(units, list) else 0):

            def without(declared: Declared, name: str = name, number: int = number) -> None:
                del declared["components"][name]["units"][number]

            yield stack.edited(f"{name} {number}", without)


def drop_member(stack: Stack) -> Iterator[Variant]:
    """Take away one of the members of which any serves."""
    for name, item in _each(stack, "components"):
        for number in range(len(item.get("any-of", []))):

            def change(declared: Declared, name: str = name, number: int = number) -> None:
                component = declared["components"][name]
                del component["any-of"][number]
                component["requires"] = component.pop("any-of")

            yield stack.edited(f"{name} {number}", change)


def gather_units(stack: Stack) -> Iterator[Variant]:
    """Move the units of a component to the site of one of them."""
    for name, item in _each(stack, "components"):
        sites = [unit["site"] for unit in item["units"]] if isinstance(item.get("units"), list) else []
        for site in dict.fromkeys(sites):

            def change(declared: Declared, name: str = name, site: str = site) -> None:
                for unit in declared["components"][name]["units"]:
                    unit["site"] = site

            yield stack.edited(f"{name} to {site}", change)


def move_witness(stack: Stack) -> Iterator[Variant]:
    """Put what a mover needs at another site: where the primary is, it dies with what it is to move."""
    for name, item in _each(stack, "components"):
        for site in dict(_each(stack, "sites")) if item.get("role") == "witness" else ():

            def change(declared: Declared, name: str = name, site: str = site) -> None:
                declared["components"][name]["site"] = site

            if site != item["site"]:
                yield stack.edited(f"{name} to {site}", change)


def manual_mover(stack: Stack) -> Iterator[Variant]:
    """Leave the move to people, who need half a day to decide."""
    for name in _failovers(stack):

        def change(declared: Declared, name: str = name) -> None:
            mover = declared["components"][name]["failover"]["mover"]
            mover |= {"mode": "manual", "decide": "12h"}

        yield stack.edited(name, change)


def slow_mover(stack: Stack) -> Iterator[Variant]:
    """Let detection or promotion take a day."""
    for name in _failovers(stack):
        for step in ("detect", "promote"):

            def change(declared: Declared, name: str = name, step: str = step) -> None:
                declared["components"][name]["failover"]["mover"][step] = "24h"

            yield stack.edited(f"{name} {step}", change)


def no_mover(stack: Stack) -> Iterator[Variant]:
    """Keep the replica, and let nothing move the service to it."""
    for name in _failovers(stack):

        def change(declared: Declared, name: str = name) -> None:
            del declared["components"][name]["failover"]["mover"]

        yield stack.edited(name, change)


def lagging_replica(stack: Stack) -> Iterator[Variant]:
    """Let the replica be a day behind."""
    for name, item in _each(stack, "components"):
        replicated = item.get("replication") or item.get("failover", {}).get("replication")
        if replicated:

            def change(declared: Declared, name: str = name) -> None:
                item = declared["components"][name]
                (item.get("replication") or item["failover"]["replication"])["lag"] = "24h"

            yield stack.edited(name, change)


def no_standby(stack: Stack) -> Iterator[Variant]:
    """Take the standby away: the primary alone is left."""
    for name in _failovers(stack):

        def change(declared: Declared, name: str = name) -> None:
            item = declared["components"][name]
            item["requires"] = [item.pop("failover")["primary"]]

        yield stack.edited(name, change)


def no_backup(stack: Stack) -> Iterator[Variant]:
    """Make no copies any more."""
    for name, _ in _each(stack, "backups"):

        def change(declared: Declared, name: str = name) -> None:
            del declared["backups"][name]

        yield stack.edited(name, change)


def backup_beside_source(stack: Stack) -> Iterator[Variant]:
    """Keep the copies at another site: at some they burn with what they are copies of."""
    for name, backup in _each(stack, "backups"):
        for site in dict(_each(stack, "sites")) if "site" in backup else ():

            def change(declared: Declared, name: str = name, site: str = site) -> None:
                declared["backups"][name]["site"] = site

            if site != backup["site"]:
                yield stack.edited(f"{name} to {site}", change)


def never_tried(stack: Stack) -> Iterator[Variant]:
    """Forget the day on which a failover or a restore was last tried."""
    for name in _failovers(stack):

        def change(declared: Declared, name: str = name) -> None:
            declared["components"][name]["failover"]["mover"].pop("tested", None)

        yield stack.edited(f"{name} failover", change)
    for name, _ in _each(stack, "backups"):

        def restore(declared: Declared, name: str = name) -> None:
            declared["backups"][name].pop("tested", None)

        yield stack.edited(f"{name} restore", restore)


def shrink(stack: Stack) -> Iterator[Variant]:
    """Let each unit carry a quarter of what it carried."""
    for name, item in _each(stack, "components"):
        for dimension in item.get("capacity", {}):

            def change(declared: Declared, name: str = name, dimension: str = dimension) -> None:
                declared["components"][name]["capacity"][dimension] /= 4

            yield stack.edited(f"{name} {dimension}", change)


def forget_objective(stack: Stack) -> Iterator[Variant]:
    """Say no more what a service is held to."""
    for name in ("scope", "tier", "rto", "rpo"):
        for service in stack.declared["services"]:

            def change(declared: Declared, service: str = service, name: str = name) -> None:
                default = declared.get("service_defaults", {}).pop(name, None)
                for other, item in declared["services"].items():
                    if default is not None and other != service:
                        item.setdefault(name, default)
                declared["services"][service].pop(name, None)

            yield stack.edited(f"{name} of {service}", change)


def no_copy(stack: Stack) -> Iterator[Variant]:
    """Leave staff nothing to read while a service is away."""
    for name in stack.declared["services"]:

        def change(declared: Declared, name: str = name) -> None:
            for copy in declared["copies"].values():
                copy["of"] = [service for service in _many(copy["of"]) if service != name]
            declared["copies"] = {key: copy for key, copy in declared["copies"].items() if copy["of"]}
            declared["services"][name]["copy"] = "none"

        if any(name in _many(copy["of"]) for _, copy in _each(stack, "copies")):
            yield stack.edited(name, change)


def _many(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said


def no_tool(stack: Stack) -> Iterator[Variant]:
    """Say no more what services are repaired with."""
    for name, _ in _each(stack, "tools"):

        def change(declared: Declared, name: str = name) -> None:
            del declared["tools"][name]

        yield stack.edited(name, change)


def move_aid(stack: Stack) -> Iterator[Variant]:
    """Put what helps while services are away at another site: at some it is lost with them."""
    entries = {item.get("entry") for kind in ("copies", "tools") for _, item in _each(stack, kind)}
    for name, item in _each(stack, "components"):
        for site in dict(_each(stack, "sites")) if name in entries and "site" in item else ():

            def change(declared: Declared, name: str = name, site: str = site) -> None:
                declared["components"][name]["site"] = site

            if site != item["site"]:
                yield stack.edited(f"{name} to {site}", change)


OPERATORS = tuple(
    Operator(name, "declarations", places, accepted)
    for name, places, accepted in (
        ("cut a link", cut_link, LINK),
        ("leave a consumer one way in", one_access, LINK),
        ("join two carriers", join_carriers, CARRIER),
        ("put two sites into one region", one_region, PLACE),
        ("feed two sites from one supply", shared_power, PLACE | SHARED | CARRIER),
        ("let one manager push to two sets of devices", shared_manager, SHARED),
        ("drop a declared unit", drop_unit, UNIT),
        ("drop a member of an any-of", drop_member, MOVED),
        ("gather the units at one site", gather_units, MOVED),
        ("move the witness", move_witness, MOVER),
        ("make the mover manual", manual_mover, MOVER),
        ("slow the mover down", slow_mover, MOVER),
        ("remove the mover", no_mover, MOVER),
        ("let the replica lag", lagging_replica, REPLICA),
        ("remove the standby", no_standby, MOVER | REPLICA | MOVED),
        ("delete a backup", no_backup, BACKUP),
        ("move a backup", backup_beside_source, BACKUP),
        ("have no copy to read", no_copy, AID),
        ("have no tool of a kind", no_tool, AID),
        ("move a copy or a tool", move_aid, AID),
        ("forget when it was tested", never_tried, TESTED),
        ("shrink capacity", shrink, CAPACITY),
        ("forget an objective", forget_objective, DECLARED),
    )
)
