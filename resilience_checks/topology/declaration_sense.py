"""Finds declarations that fit the schema, name only what exists, and still cannot mean anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.topology.declaration_problems import listing, path_text, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.topology.declaration_problems import Path, Problems
    from resilience_checks.topology.declaration_source import Data, Source

_MEMBERS = {"components": "component", "services": "service", "sites": "site", "links": "link", "domains": "domain"}


def hold(source: Source, problems: Problems) -> None:
    """Add a problem for each domain without members or within itself, and each service that needs itself."""
    domains = _section(source.data, "domains")
    inner = {name: [*_inner(item, domains)] for name, item in domains.items()}
    named = {domain for section in ("sites", "links") for domain in _named(source.data, section)}
    for name, item in domains.items():
        path: Path = ("domains", name)
        if isinstance(item, dict) and not item.get("members") and name not in named:
            said = f"{path_text(path)}: it has no members, and no site or link names it"
            problems.add(source.key(path), said)
        _ambiguous(source, problems, path, item)
    for cycle in _cycles(inner):
        path = ("domains", cycle[0], "members")
        said = f"{path_text(('domains', cycle[0]))}: it contains itself: {' > '.join((*cycle, cycle[0]))}"
        problems.add(source.key(path), said)
    _selfish(source, problems)


def _section(data: Data, name: str) -> Mapping[str, Data]:
    found = data.get(name) if isinstance(data, dict) else None
    return {str(key): item for key, item in found.items()} if isinstance(found, dict) else {}


def _list(item: Data, key: str) -> list[Data]:
    found = item.get(key) if isinstance(item, dict) else None
    return found if isinstance(found, list) else [] if found is None else [found]


def _named(data: Data, section: str) -> Iterator[str]:
    for item in _section(data, section).values():
        yield from (name for name in _list(item, "domains") if isinstance(name, str))


def _inner(item: Data, domains: Mapping[str, Data]) -> Iterator[str]:
    """Yield the domains that a domain names as members."""
    for member in _list(item, "members"):
        name = member.get("domain") if isinstance(member, dict) else member
        if isinstance(name, str) and name in domains:
            yield name


def _ambiguous(source: Source, problems: Problems, path: Path, item: Data) -> None:
    """Find plain ids among the members that are the id of two sorts of things."""
    for index, member in enumerate(_list(item, "members")):
        sorts = (
            [word for section, word in _MEMBERS.items() if member in _section(source.data, section)]
            if isinstance(member, str)
            else []
        )
        if len(sorts) > 1:
            here = (*path, "members", index)
            said = f"{show(member)} is the id of a {listing(sorts, 'and of a')}; say which: {{{sorts[0]}: {member}}}"
            problems.add(source.value(here), f"{path_text(here)}: {said}")


def _cycles(inner: Mapping[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Yield each ring of domains that contain each other, once, from its first name on."""
    done: set[str] = set()
    for start in sorted(inner):
        trail: dict[str, None] = {}
        stack = [(start, iter(inner[start]))] if start not in done else []
        trail[start] = None
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                trail.pop(name, None)
                done.add(name)
            elif following in trail:
                ring = [*trail][[*trail].index(following) :]
                first = ring.index(min(ring))
                yield (*ring[first:], *ring[:first])
            elif following not in done:
                trail[following] = None
                stack.append((following, iter(inner[following])))


def _selfish(source: Source, problems: Problems) -> None:
    for service, item in _section(source.data, "services").items():
        if not isinstance(item, dict) or ("services", service, "needs") in source.defaults:
            continue
        for index, need in enumerate(_list(item, "needs")):
            named = need.get("service") if isinstance(need, dict) else need
            if named == service:
                path: Path = ("services", service, "needs", index)
                problems.add(source.value(path), f"{path_text(path)}: {service} needs itself; leave it out")
