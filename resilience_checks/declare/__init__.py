"""Declarations beside the code that they are about: Pulumi components that deploy nothing.

    from resilience_checks.declare import FirewallPair, Service, Site

    edge = FirewallPair("fw-north", members=[provider_a, provider_b])
    Site("north", region="gwent", perimeter=edge, members=[vcenter])
    Service("patient-record", entry=wide_ip, scope="national", tier=1, rto="1h", rpo="15m")

Each says what the entry of the same id in resilience.yaml would say; a component's name is the id. Where a resource
is passed, its URN is recorded. Nothing but `pulumi` is loaded, no provider is needed, and a program that declares
runs and deploys as before. docs/declaring-in-programs.md has the types and inputs for other languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from resilience_checks.declare.shapes import (
    AtLeast,
    Edge,
    Failover,
    Mover,
    Quorum,
    Replication,
    Selector,
    Unit,
    Voter,
    Watch,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.declare.shapes import Given, Many, Text, Thing

__all__ = [
    "AtLeast",
    "Backup",
    "Component",
    "Consumer",
    "Edge",
    "Failover",
    "FailureDomain",
    "FirewallPair",
    "Link",
    "Mover",
    "Placement",
    "Quorum",
    "Replication",
    "Selector",
    "Service",
    "Site",
    "Unit",
    "Voter",
    "Watch",
]


class _Declaration(pulumi.ComponentResource):  # type: ignore[misc] # pulumi is not read when this project is typed
    """A component with inputs and no children."""

    def __init__(self, kind: str, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None) -> None:
        given = {key: _plain(value) for key, value in inputs.items() if value is not None}
        super().__init__(f"resilience-checks:declare:{kind}", name, given, opts)
        self.register_outputs({})


class Site(_Declaration):
    """A place of on-premises parts; `members` are the resources that stand there, or components made of them."""

    def __init__(
        self,
        name: str,
        *,
        region: Text | None = None,
        coordinates: tuple[float, float] | None = None,
        building: Text | None = None,
        campus: Text | None = None,
        hazards: Sequence[Text] | None = None,
        aliases: Sequence[Text] | None = None,
        perimeter: Many | None = None,
        domains: Sequence[Thing] | None = None,
        members: Sequence[Thing] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "region": region,
            "coordinates": coordinates,
            "building": building,
            "campus": campus,
            "hazards": hazards,
            "aliases": aliases,
            "perimeter": perimeter,
            "domains": domains,
            "members": members,
        }
        super().__init__("Site", name, inputs, opts)


class Placement(_Declaration):
    """What stands at a site, and in which room, rack or host of it; its name says nothing."""

    def __init__(
        self,
        name: str,
        *,
        site: Thing,
        members: Sequence[Thing],
        room: Text | None = None,
        rack: Text | None = None,
        host: Text | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"site": site, "members": members, "room": room, "rack": rack, "host": host}
        super().__init__("Placement", name, inputs, opts)


class Link(_Declaration):
    """A link that joins two sites (`between`), or ends at one (`to`: the access of a consumer)."""

    def __init__(
        self,
        name: str,
        *,
        to: Thing | None = None,
        between: tuple[Thing, Thing] | None = None,
        carrier: Text | None = None,
        domains: Sequence[Thing] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"to": to, "between": between, "carrier": carrier, "domains": domains}
        super().__init__("Link", name, inputs, opts)


class Component(_Declaration):
    """A role, unit count or relation that no program shows; `members` are the resources that it is."""

    def __init__(
        self,
        name: str,
        *,
        role: Text | None = None,
        members: Sequence[Thing | Selector] | None = None,
        units: Given[int] | Sequence[Unit] | None = None,
        site: Thing | None = None,
        room: Text | None = None,
        rack: Text | None = None,
        host: Text | None = None,
        any_of: Sequence[Thing | Edge] | None = None,
        requires: Sequence[Thing | Edge] | None = None,
        at_least: AtLeast | None = None,
        quorum: Quorum | None = None,
        failover: Failover | None = None,
        replication: Replication | None = None,
        capacity: Mapping[str, Given[float] | Text] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "role": role,
            "members": members,
            "units": units,
            "site": site,
            "room": room,
            "rack": rack,
            "host": host,
            "anyOf": any_of,
            "requires": requires,
            "atLeast": at_least,
            "quorum": quorum,
            "failover": failover,
            "replication": replication,
            "capacity": capacity,
        }
        super().__init__("Component", name, inputs, opts)


class Backup(_Declaration):
    """Copies of data: `of` is what they protect, `to`, `site` or `region` where they are kept, `into` what they restore.

    Durations are texts such as `24h`; `size` and `throughput` are texts such as `800GB` and `200MB/s`.
    """

    def __init__(
        self,
        name: str,
        *,
        of: Sequence[Thing | Selector],
        to: Thing | None = None,
        site: Thing | None = None,
        region: Text | None = None,
        every: Text | None = None,
        keep: Text | None = None,
        into: Thing | None = None,
        needs: Sequence[Thing] | None = None,
        detect: Text | None = None,
        decide: Text | None = None,
        restore: Text | None = None,
        size: Text | None = None,
        throughput: Text | None = None,
        reconcile: Text | None = None,
        tested: Text | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "of": of,
            "to": to,
            "site": site,
            "region": region,
            "every": every,
            "keep": keep,
            "into": into,
            "needs": needs,
            "detect": detect,
            "decide": decide,
            "restore": restore,
            "size": size,
            "throughput": throughput,
            "reconcile": reconcile,
            "tested": tested,
        }
        super().__init__("Backup", name, inputs, opts)


class FirewallPair(_Declaration):
    """Firewalls of which any one carries the traffic; `units` is how many stand behind each member's address."""

    def __init__(
        self,
        name: str,
        *,
        members: Sequence[Thing],
        units: Given[int] | Sequence[Unit] | None = None,
        capacity: Mapping[str, Given[float] | Text] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"members": members, "units": units, "capacity": capacity}
        super().__init__("FirewallPair", name, inputs, opts)


class FailureDomain(_Declaration):
    """What fails together and no program shows: `faults` are `outage`, `bad-change` or both."""

    def __init__(
        self,
        name: str,
        *,
        kind: Text,
        faults: Sequence[Text],
        members: Sequence[Thing | Selector] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("FailureDomain", name, {"kind": kind, "faults": faults, "members": members}, opts)


class Consumer(_Declaration):
    """Who uses services; any one link of `access` will do."""

    def __init__(
        self,
        name: str,
        *,
        kind: Text,
        access: Many | None = None,
        critical: Given[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("Consumer", name, {"kind": kind, "access": access, "critical": critical}, opts)


class Service(_Declaration):
    """What consumers would lose; `entry` is where they reach it, `needs` what it needs in steady state.

    Durations are texts such as `1h`, `15m` or `PT1H`.
    """

    def __init__(
        self,
        name: str,
        *,
        entry: Many | None = None,
        pools: Sequence[Text] | None = None,
        scope: Text | None = None,
        tier: Given[int] | None = None,
        rto: Text | None = None,
        rpo: Text | None = None,
        consumers: Sequence[Thing] | None = None,
        needs: Sequence[Thing] | None = None,
        peak: Mapping[str, Given[float]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "entry": entry,
            "pools": pools,
            "scope": scope,
            "tier": tier,
            "rto": rto,
            "rpo": rpo,
            "consumers": consumers,
            "needs": needs,
            "peak": peak,
        }
        super().__init__("Service", name, inputs, opts)


def _plain(value: Any) -> Any:
    """Return a value with the URN of each resource in its place."""
    if isinstance(value, pulumi.Resource):
        return value.urn
    if isinstance(value, dict):
        return {_wire(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _wire(key: str) -> str:
    return {"any_of": "anyOf", "at_least": "atLeast"}.get(key, key)
