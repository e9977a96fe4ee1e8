"""What a catalogue entry says of hosts, of rules about them, and of units behind one resource, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import Condition, Entry, Target
    from resilience_checks.catalogue.host_entries import Units


def units(plan: Units) -> str:
    """Return how many units stand behind one resource or address."""
    if plan.besides:
        count = f"itself, and one for each of {_paths(plan.besides)}"
        count += f", in the region that its `{plan.region}` names" if plan.region else ""
    elif plan.number is not None:
        count = f"{plan.number} behind one resource"
    else:
        said = f"as many as `{plan.count}` says" if plan.count else "as many as are declared"
        count = f"{said} behind one address"
    if plan.either:
        count += f"; where `{plan.either}` is given, what refers to it means one of them, and no code shows which"
    return f"{count}{_only(plan.when)}{_cited(plan.source)}"


def hosts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what an entry says of hosts."""
    if entry.settings_of is not None:
        yield "settings", f"of what `{entry.settings_of}` refers to, where that is a resource; it is up with it then"
    if entry.hosted is not None:
        pool = f"what {_paths(entry.hosted.pool)} leads to" if entry.hosted.pool else "its provider instance"
        named = f"the {entry.hosted.over} that `{entry.hosted.host}` names, else " if entry.hosted.host else ""
        chosen = f"one of {pool}, which its platform chooses and others may share"
        yield entry.hosted.over, f"{named}{chosen}{_cited(entry.hosted.source)}"
    if entry.apart is not None:
        members = f"{_target(entry.apart.members)}, or what" if entry.apart.members is not None else "what"
        surely = _only(entry.apart.when).replace(" only", ", surely only", 1)
        yield "apart", f"{members} refers to it, in different places{surely}{_cited(entry.apart.source)}"
    if entry.restarts is not None:
        told = f"{_target(entry.restarts.of)}{_only(entry.restarts.when)}"
        yield "restarts", f"{told}, on another host, in a time that nobody states{_cited(entry.restarts.source)}"


def _target(target: Target) -> str:
    return f"what {_paths(target.paths)} leads to"


def _paths(paths: tuple[str, ...]) -> str:
    return " or ".join(f"`{path}`" for path in dict.fromkeys(paths))


def _only(condition: Condition) -> str:
    said = [f"`{path}` is {' or '.join(_value(value) for value in values)}" for path, values in condition]
    return f" only where {' and '.join(said)}" if said else ""


def _value(value: object) -> str:
    return "not given" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _cited(source: str | None) -> str:
    return f" [{source}]" if source else ""
