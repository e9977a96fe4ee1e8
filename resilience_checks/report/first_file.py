"""A first resilience.yaml: what a program shows is filled in, what only people know is proposed in comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from resilience_checks.report.text import counted, one_line
from resilience_checks.topology.gates import targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.topology.estate import Estate, Part, Service

SCHEMA = "resilience.schema.json"
_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA}
## What no program shows. Lines with one # are proposals: complete what stands in CAPITALS, and take the mark away.
## `resilience-checks check` says at its line what it does not understand.
version: 1
"""
_SITES = """
## Sites: what one flood, fire or power failure takes. `region` is what one grid or metropolitan fibre event takes;
## `perimeter` is the component that its firewalls are, or none.
#sites:
#  SITE: {region: REGION, coordinates: [LATITUDE, LONGITUDE], perimeter: none}
"""
_LINKS = """
## Who uses the services, and over which links; a link with two ends is `{between: [SITE, SITE]}`.
#links:
#  LINK: {to: SITE, carrier: CARRIER}
#consumers:
#  CONSUMER: {kind: KIND, access: {any-of: [LINK]}}
"""
_OBJECTIVES = """
## What all services have in common. `scope` is national, regional or local; `tier: 1` is the most important; `rto` is
## how long one may be away, `rpo` how much of its data may be lost; `needs` are components or services.
#service_defaults: {scope: national, tier: 1, rto: 1h, rpo: 15m, consumers: [CONSUMER]}
"""
_EXAMPLE = re.compile(r"as in `(- \{[^`]*\})`")
_PAIRED = frozenset({"firewall", "load-balancer"})
_PROVIDER = "pulumi:providers:"
_MAX_OPEN = 30


def first_file(found: Sequence[Estate]) -> str:
    """Return the text of the file for these estates: valid as it stands, and declaring no more than they show."""
    parts = (_HEAD, _SITES, _placement(found), _components(found), _LINKS, _OBJECTIVES, _services(found), _open(found))
    return "".join(parts)


def summary(found: Sequence[Estate]) -> str:
    """Return in a few words what the file says, and how much is left to people."""
    services = len(_entries(found))
    facts = sum(len(estate.facts) for estate in found)
    return f"{counted(services, 'service')} as the program shows, {counted(facts, 'fact')} that only people know"


def _placement(found: Sequence[Estate]) -> str:
    lines = dict.fromkeys(
        line
        for estate in found
        for fact in estate.facts.values()
        for line in _EXAMPLE.findall(fact.remedy)
        if line.endswith("site: SITE}")
    )
    if not lines:
        return ""
    head = (
        "\n## Where devices stand of which the program does not say it; one pattern may stand for several: `*-north`.\n"
    )
    return f"{head}#placement:\n" + "".join(f"#  {one_line(line)}\n" for line in lines)


def _components(found: Sequence[Estate]) -> str:
    """Return a proposal for each device of which the program shows an address, and not how many units answer there."""
    lines = dict.fromkeys(
        f"#  {_id(part.id)}: {{role: {part.role}, select: {{provider: {_literal(part.id)}}}, units: NUMBER}}\n"
        for estate in found
        for part in estate.parts.values()
        if part.role in _PAIRED and _PROVIDER in (part.urn or "") and f"{part.id}#1" not in estate.parts
        if "#" not in part.id
    )
    if not lines:
        return ""
    head = "\n## How many units stand behind each address; what comes first may be a name of your own.\n"
    return f"{head}#components:\n" + "".join(lines)


def _services(found: Sequence[Estate]) -> str:
    entries = _entries(found)
    if not entries:
        return (
            "\n## The program shows no place where consumers enter: name what they use.\n"
            "#services:\n#  SERVICE: {entry: {select: {name: NAME}}}\n"
        )
    lines = (
        f"  {name}: {{entry: {{select: {_flow(select)}}}}}{f'   # {service.location}' if service.location else ''}\n"
        for name, (select, service) in entries.items()
    )
    return (
        "\n## Where consumers enter, as the program shows it; name each service as its users do.\nservices:\n"
        + "".join(lines)
    )


def _entries(found: Sequence[Estate]) -> dict[str, tuple[dict[str, str], Service]]:
    """Return by id what selects the entry of each service that no declaration names; alike in several stacks once."""
    entries: dict[str, tuple[dict[str, str], Service]] = {}
    for estate in found:
        for service in estate.services.values():
            part = None if service.declared else _entry(estate, service)
            if part is not None and part.urn is not None:
                entries.setdefault(_free(_id(service.id), _select(part), entries), (_select(part), service))
    return entries


def _open(found: Sequence[Estate]) -> str:
    """Return everything else on which verdicts hang, with what makes it known."""
    facts = [fact for estate in found for fact in estate.facts.values() if not _EXAMPLE.search(fact.remedy)]
    lines = list(dict.fromkeys(f"## - {one_line(fact.reason.text)}: {one_line(fact.remedy)}\n" for fact in facts))
    if not lines:
        return ""
    more = f"## - and {len(lines) - _MAX_OPEN} more: `resilience-checks check` tells them\n"
    return "\n## What else is not known, and what makes it known:\n" + "".join(
        [*lines[:_MAX_OPEN], *([more] if len(lines) > _MAX_OPEN else [])]
    )


def _entry(estate: Estate, service: Service) -> Part | None:
    return next((estate.parts[target] for target in targets(service.entry) if target in estate.parts), None)


def _select(part: Part) -> dict[str, str]:
    """Return what selects the resource of a part in every stack of its project."""
    kind, _, name = (part.urn or "").rpartition("::")
    token = kind.rpartition("::")[2].rpartition("$")[2]
    return {"type": _literal(token), "name": _literal(name)}


def _literal(text: str) -> str:
    """Return the pattern that only this text has.

    >>> _literal("web[1]*")
    'web[[]1][*]'
    """
    return re.sub(r"([*?[])", r"[\1]", text)


def _flow(select: dict[str, str]) -> str:
    return yaml.safe_dump(select, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True).strip()


def _id(name: str) -> str:
    """Return the nearest id: the last part of a path, other characters than an id has as dashes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name.rpartition("/")[2]).strip("-._") or "service"


def _free(name: str, select: dict[str, str], taken: dict[str, tuple[dict[str, str], Service]]) -> str:
    """Return the id, with a number where another entry has it already."""
    number, free = 1, name
    while free in taken and taken[free][0] != select:
        number += 1
        free = f"{name}-{number}"
    return free
