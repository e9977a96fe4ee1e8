"""Operators that weaken the source of the programs: each edit is evaluated by running the edited program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.recall.expected import CAPACITY, MOVED, MOVER, REPLICA, SHARED, STEERING, UNIT, ZONE
from benchmarks.recall.variants import Operator, Variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.recall.variants import Stack


def swapped(stack: Stack, old: str, new: str) -> Iterator[Variant]:
    """Yield a variant for each place where the pattern stands in a file, with that place alone replaced."""
    for name, text in stack.files.items():
        for found in re.finditer(old, text):
            replaced = text[: found.start()] + found.expand(new) + text[found.end() :]
            line = text.count("\n", 0, found.start()) + 1
            yield Variant(stack, f"{name}:{line} {found.group().strip().splitlines()[0][:60]}", {name: replaced})


def pattern(*edits: tuple[str, str]) -> Callable[[Stack], Iterator[Variant]]:
    """Return the places of an operator that is any of these replacements."""

    def places(stack: Stack) -> Iterator[Variant]:
        for old, new in edits:
            yield from swapped(stack, old, new)

    return places


def shared_name(attribute: str) -> Callable[[Stack], Iterator[Variant]]:
    """Return the places of an operator that gives one thing the value that another has."""

    def places(stack: Stack) -> Iterator[Variant]:
        for text in stack.files.values():
            values = re.findall(rf'{attribute}="([^"]+)"', text)
            for value in values:
                for other in values:
                    if other != value:
                        yield from swapped(stack, rf'{attribute}="{re.escape(value)}"', f'{attribute}="{other}"')

    return places


OPERATORS = tuple(
    Operator(name, "source", places, accepted)
    for name, places, accepted in (
        (
            "remove a firewall unit",
            pattern(
                (r'\("fw-a", "fw-b"\)', '("fw-a",)'),
                (r'\("fw-a", "fw-b"\)', '("fw-b",)'),
                (r'firewalls=\{("fw-[^,]+), [^}]+\}', r"firewalls={\1}"),
            ),
            UNIT,
        ),
        ("remove a core switch", pattern((r'core=\{("core-[^,]+), [^}]+\}', r"core={\1}")), UNIT),
        ("share a firewall manager", shared_name("manager"), SHARED),
        ("join two pairs into one cluster", pattern((r'group_name=f"edge-\{name\}"', 'group_name="edge"')), SHARED),
        (
            "serve it at one site",
            pattern(
                (r'\("blaenavon", "cardiff-bay"\)', '("blaenavon",)'),
                (r'\("blaenavon", "cardiff-bay"\)', '("cardiff-bay",)'),
                (r"in enumerate\(apps.items\(\), start=1\)", "in enumerate([*apps.items()][:1], start=1)"),
            ),
            MOVED | CAPACITY,
        ),
        (
            "put the standby beside its primary",
            pattern((r'"sql-c1": "cardiff-bay"', '"sql-c1": "blaenavon"'), (r'"sql-trafford": "trafford"', '"sql-trafford": "central"')),
            MOVED | REPLICA,
        ),
        (
            "drop a health check",
            pattern(
                (r' +monitor="/Common/https",\n', ""),
                (r', monitors=\["/Common/https"\]', ""),
                (r" +monitor_config=\{.*\},\n", ""),
                (r' +"health_check_path": "/health",\n', ""),
            ),
            STEERING,
        ),
        ("raise a TTL", pattern((r"ttl=30\b", "ttl=86400"), (r'"ttl": 30\b', '"ttl": 86400')), STEERING),
        ("turn zones off", pattern((r"zone_redundant=\S+,", "zone_redundant=False,")), ZONE),
        ("make the failover of a database manual", pattern((r'"failover_policy": "Automatic"', '"failover_policy": "Manual"')), MOVER),
        ("let a failover wait for a day", pattern((r"grace_period_minutes\": 60", 'grace_period_minutes": 1440')), MOVER | REPLICA),
        (
            "share a template between campuses",
            pattern(
                (r'f"switches-\{name\}",\n( +)org_id=organisation,\n +name=f"switches-\{name\}"', r'f"switches-{name}",\n\1org_id=organisation,\n\1name="switches"'),
                (r"EvpnTopology\(\n +f\"core-\{name\}\",\n +site_id=networks\[name\].site.id,\n +name=f\"core-\{name\}\"", 'EvpnTopology(\n        f"core-{name}",\n        site_id=networks["central"].site.id,\n        name="core"'),
            ),
            SHARED,
        ),
        ("leave a plan one instance", pattern((r'"capacity": 3\}', '"capacity": 1}')), CAPACITY | ZONE | UNIT),
        ("let a pair only copy its configuration", pattern((r' +type="sync-failover",.*\n', "")), UNIT | MOVED),
        ("let a service's servers share a host", pattern((r"mandatory=True", "mandatory=False"), (r"mandatory=True", "enabled=False")), UNIT),
    )
)  # fmt: skip
