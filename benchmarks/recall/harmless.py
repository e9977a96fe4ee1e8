"""Operators that keep a sound stack sound: names, order, grouping, more of what there is, and better means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from benchmarks.recall.variants import Operator, Variant
from benchmarks.recall.weaker_resources import with_inputs
from benchmarks.recall.weaker_source import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.recall.variants import Declared, Stack


def _said(data: Any, old: str, new: str) -> Any:
    """Return the data in which one name is another, as a key and as a value; a kind or a role is no name."""
    if isinstance(data, dict):
        return {
            (new if key == old else key): value if key in {"kind", "role"} else _said(value, old, new)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_said(value, old, new) for value in data]
    return new if data == old else data


def _renamed(stack: Stack, kind: str) -> Iterator[Variant]:
    for name in stack.declared.get(kind, {}):

        def change(declared: Declared, name: str = name) -> None:
            renamed = _said(declared, name, f"{name}-renamed")
            for item in renamed["services"].values():  # what a program calls something is not renamed with it
                _keep_selected(item, name)
            for item in renamed.get("components", {}).values():
                _keep_selected(item, name)
            declared.clear()
            declared.update(renamed)

        yield stack.edited(f"{kind} {name}", change)


def _keep_selected(data: Any, name: str) -> None:
    if isinstance(data, dict):
        if "select" in data:
            data["select"] = _said(data["select"], f"{name}-renamed", name)
        for value in data.values():
            _keep_selected(value, name)
    elif isinstance(data, list):
        for value in data:
            _keep_selected(value, name)


def rename_sites(stack: Stack) -> Iterator[Variant]:
    """Call a site by another name; what the programs call it stays an alias."""
    for variant in _renamed(stack, "sites"):
        for name, site in (variant.declared or {})["sites"].items():
            if name.endswith("-renamed"):
                site.setdefault("aliases", []).append(name.removesuffix("-renamed"))
        yield variant


def rename_links(stack: Stack) -> Iterator[Variant]:
    """Call a link by another name."""
    yield from _renamed(stack, "links")


def rename_consumers(stack: Stack) -> Iterator[Variant]:
    """Call a consumer by another name."""
    yield from _renamed(stack, "consumers")


def rename_components(stack: Stack) -> Iterator[Variant]:
    """Call a declared component by another name."""
    yield from _renamed(stack, "components")


def rename_carriers(stack: Stack) -> Iterator[Variant]:
    """Call a carrier by another name."""
    for carrier in sorted({link["carrier"] for link in stack.declared.get("links", {}).values() if "carrier" in link}):

        def change(declared: Declared, carrier: str = carrier) -> None:
            for link in declared["links"].values():
                if link.get("carrier") == carrier:
                    link["carrier"] = "renamed"

        yield stack.edited(carrier, change)


def reorder(stack: Stack) -> Iterator[Variant]:
    """Declare everything in the opposite order."""
    for kind, items in stack.declared.items():
        if isinstance(items, dict):

            def change(declared: Declared, kind: str = kind) -> None:
                declared[kind] = dict(reversed(declared[kind].items()))

            yield stack.edited(kind, change)


def more_consumers(stack: Stack) -> Iterator[Variant]:
    """Let one more use the services in the way that another does."""
    for name in stack.declared.get("consumers", {}):

        def change(declared: Declared, name: str = name) -> None:
            declared["consumers"]["another"] = dict(declared["consumers"][name])
            for holder in (declared.get("service_defaults", {}), *declared["services"].values()):
                if name in holder.get("consumers", []):
                    holder["consumers"] = [*holder["consumers"], "another"]

        yield stack.edited(name, change)


def more_links(stack: Stack) -> Iterator[Variant]:
    """Lay a link by a carrier of its own beside another."""
    for name, link in stack.declared.get("links", {}).items():
        if "between" in link:

            def change(declared: Declared, name: str = name) -> None:
                declared["links"]["another"] = {"between": declared["links"][name]["between"], "carrier": "another"}

            yield stack.edited(name, change)


def more_units(stack: Stack) -> Iterator[Variant]:
    """Add a unit to those that a declaration lists or counts."""
    for name, item in stack.declared.get("components", {}).items():

        def change(declared: Declared, name: str = name) -> None:
            units = declared["components"][name]["units"]
            one_more = units + 1 if isinstance(units, int) else [*units, units[0]]
            declared["components"][name]["units"] = one_more

        units = item.get("units")
        if isinstance(units, list) or ("select" not in item and isinstance(units, int)):
            yield stack.edited(name, change)


def more_copies(stack: Stack) -> Iterator[Variant]:
    """Make a second copy in another way."""
    for name in stack.declared.get("backups", {}):

        def change(declared: Declared, name: str = name) -> None:
            declared["backups"]["another"] = dict(declared["backups"][name])

        yield stack.edited(name, change)


def better_means(stack: Stack) -> Iterator[Variant]:
    """Detect, promote and replicate faster."""
    for name, item in stack.declared.get("components", {}).items():

        def change(declared: Declared, name: str = name) -> None:
            item = declared["components"][name]
            failover = item.get("failover", {})
            (item.get("replication") or failover.get("replication", {}))["lag"] = "1s"
            if "mover" in failover:
                failover["mover"] |= {"detect": "30s", "promote": "60s"}

        if "failover" in item or "replication" in item:
            yield stack.edited(name, change)


def tried_again(stack: Stack) -> Iterator[Variant]:
    """Try failovers and restores later than before."""
    for kind, way in (("components", ("failover", "mover")), ("backups", ())):
        for name, item in stack.declared.get(kind, {}).items():
            if "tested" in _below(item, way):

                def change(declared: Declared, kind: str = kind, name: str = name, way: tuple[str, ...] = way) -> None:
                    _below(declared[kind][name], way)["tested"] = date(2026, 11, 20)

                yield stack.edited(name, change)


def _below(item: Declared, way: tuple[str, ...]) -> Declared:
    for step in way:
        item = item.get(step, {})
    return item


def more_capacity(stack: Stack) -> Iterator[Variant]:
    """Let each unit carry twice as much."""
    for name, item in stack.declared.get("components", {}).items():
        if "capacity" in item:

            def change(declared: Declared, name: str = name) -> None:
                capacity = declared["components"][name]["capacity"]
                declared["components"][name]["capacity"] = {key: value * 2 for key, value in capacity.items()}

            yield stack.edited(name, change)


def new_witness_site(stack: Stack) -> Iterator[Variant]:
    """Move the witness to a new site that is linked as its old one was."""
    for name, item in stack.declared.get("components", {}).items():
        if item.get("role") == "witness":

            def change(declared: Declared, name: str = name) -> None:
                old = declared["components"][name]["site"]
                declared["sites"]["new"] = {"region": "new", "coordinates": [54.97, -1.61], "perimeter": "none"}
                declared["components"][name]["site"] = "new"
                for link, ends in list(declared["links"].items()):
                    if old in ends.get("between", []):
                        between = ["new" if end == old else end for end in ends["between"]]
                        declared["links"][f"new-{link}"] = {**ends, "between": between}

            yield stack.edited(name, change)


def reorder_resources(stack: Stack) -> Iterator[Variant]:
    """Register everything in another order."""
    resources = stack.graph.resources
    for place, order in (("reversed", resources[::-1]), ("by name", tuple(sorted(resources, key=lambda r: r.name)))):
        yield Variant(stack, place, graph=replace(stack.graph, resources=order))


def tag_resources(stack: Stack) -> Iterator[Variant]:
    """Tag or describe a resource, one at a time of each type."""
    seen: set[str] = set()
    for resource in stack.graph.resources:
        if resource.custom and resource.type not in seen and not resource.type.startswith("pulumi:"):
            seen.add(resource.type)
            labels = {"tags": {"cost-centre": "42"}} if "azure" in resource.type else {"comment": "owned by operations"}
            yield with_inputs(stack, resource, "tagged", labels)


RENAMED = (
    (r'f"\{unit\}-\{name\}"', 'f"x-{unit}-{name}"'),
    (r'f"ha-\{unit\}-\{name\}"', 'f"y-{unit}-{name}"'),
    (r'f"manager-\{unit\}-\{name\}"', 'f"z-{unit}-{name}"'),
    (r'f"vc-\{name\}",', 'f"v-{name}",'),
    (r'f"lb-\{name\}",\n( +)address', r'f"l-{name}",\n\1address'),
    (r"            name,\n            name=name,\n            resource_pool", '            f"{name}-vm",\n            name=name,\n            resource_pool'),
    (r'f"\{service\}-pool",\n( +)name=', r'f"p-{service}",\n\1name='),
    (r'f"\{service\}-name", name=', 'f"n-{service}", name='),
    (r'    f"booking-\{region\}",\n( +)(server_name|resource_group_name)', r'    f"b-{region}",\n\1\2'),
    (r'Profile\(\n    "booking"', 'Profile(\n    "b"'),
    (r'EvpnTopology\(\n        f"core-\{name\}"', 'EvpnTopology(\n        f"fabric-{name}"'),
)  # fmt: skip
ORDERED = (
    (r"in (SITES|SERVICES|CAMPUSES|SYSTEMS|DATABASES)\.items\(\):", r"in reversed(\1.items()):"),
    (r"for name in (SITES|CAMPUSES):", r"for name in reversed(\1):"),
    (r"for region in REGIONS:", "for region in reversed(REGIONS):"),
)
SIZES = (
    (r"memory=16384", "memory=32768"),
    (r"memory=32768", "memory=65536"),
    (r"num_cpus=4", "num_cpus=8"),
    (r'"size": 80', '"size": 200'),
    (r'"name": "P1v3"', '"name": "P2v3"'),
    (r'"capacity": 4', '"capacity": 8'),
)
WORDS = (
    (r"guest_id=", 'annotation="owned by operations", guest_id='),
    (r'comments="[^"]+"', 'comments="as agreed"'),
    (r"https_only=True", 'tags={"cost-centre": "42"}, https_only=True'),
    (r'^"""[^"]+"""', '"""Another first line."""'),
)
MORE = (
    (r"for unit in \(1, 2\)", "for unit in (1, 2, 3)"),
    (r'"tier": "PremiumV3", "capacity": 3', '"tier": "PremiumV3", "capacity": 6'),
    (r'\("lb-a", "lb-b"\)', '("lb-a", "lb-b", "lb-c")'),
)
GROUPED = (
    (
        r'    datacenter = f5bigip.GtmDatacenter\(f"dc-\{name\}", name=f"dc-\{name\}", opts=steering\)',
        '    place = pulumi.ComponentResource("nhswales:network:Place", name)\n    inside = pulumi.ResourceOptions.merge(steering, pulumi.ResourceOptions(parent=place))\n    datacenter = f5bigip.GtmDatacenter(f"dc-{name}", name=f"dc-{name}", opts=inside)',
    ),
    (
        r"(    mist.site.EvpnTopology\((?:.|\n)+?)opts=pulumi.ResourceOptions\(provider=cloud\),",
        r'\1opts=pulumi.ResourceOptions(provider=cloud, parent=pulumi.ComponentResource("manchester:network:Fabric", name)),',
    ),
    (
        r"(    plan = web.AppServicePlan\((?:.|\n)+?)(        sku=)",
        r'\1        opts=pulumi.ResourceOptions(parent=pulumi.ComponentResource("booking:web:Region", region)),\n\2',
    ),
)  # fmt: skip
UNUSED = ((r"\nimport pulumi\n", '\nimport pulumi\n\nNOTES = {"owner": "operations"}  # registers nothing\n'),)
FASTER = ((r"ttl=30\b", "ttl=10"), (r'"ttl": 30\b', '"ttl": 10'))

SOURCE = (
    ("rename resources", RENAMED),
    ("register in another order", ORDERED),
    ("change sizes", SIZES),
    ("change words and tags", WORDS),
    ("add servers or units", MORE),
    ("move a resource into a component", GROUPED),
    ("shorten a TTL", FASTER),
    ("add code that registers nothing", UNUSED),
)
DECLARATIONS = (
    ("rename a site", rename_sites),
    ("rename a link", rename_links),
    ("rename a consumer", rename_consumers),
    ("rename a component", rename_components),
    ("rename a carrier", rename_carriers),
    ("declare in another order", reorder),
    ("add a consumer", more_consumers),
    ("add a link", more_links),
    ("add a declared unit", more_units),
    ("add a backup", more_copies),
    ("move and replicate faster", better_means),
    ("test later", tried_again),
    ("add capacity", more_capacity),
    ("move the witness to another sound site", new_witness_site),
)
RESOURCES = (("register resources in another order", reorder_resources), ("tag a resource", tag_resources))
OPERATORS = (
    *(Operator(name, "source", pattern(*edits)) for name, edits in SOURCE),
    *(Operator(name, "declarations", places) for name, places in DECLARATIONS),
    *(Operator(name, "resources", places) for name, places in RESOURCES),
)
