"""A catalogue entry in words: one line for each thing that it says, with its source in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.report.catalogue_hosts import hosts, units
from resilience_checks.topology.declaration_durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resilience_checks.catalogue.backup_entries import PlatformBackup
    from resilience_checks.catalogue.entries import (
        Condition,
        Copies,
        Edge,
        Entry,
        Mover,
        PackageEntry,
        Placement,
        Target,
        Term,
        Zones,
    )

Said = tuple[str, str]
"""What a line is about, and the line."""
_RUNS = {"platform": "its provider", "provider": "the device that it is set on"}


def words(entry: Entry, package: PackageEntry) -> Iterator[Said]:
    """Yield what an entry says, in the order in which a reader asks."""
    yield from _role(entry)
    if entry.placeless:
        yield "place", f"none of its own: it is read from wherever it is asked{_cited(entry.source)}"
    elif entry.placement is not None:
        yield from _placement(entry.placement, package)
    yield from _members(entry)
    yield from (("needs", _edge(edge)) for edge in entry.edges if edge.gate == "requires")
    yield from (("group", _edge(edge)) for edge in entry.edges if edge.gate != "requires")
    for join in entry.joins:
        yield "joins", f"{_target(join.to)} becomes one of the {join.group} of {_target(join.at)}{_unless(join.skip)}"
    if entry.scales is not None:
        target, least = entry.scales
        yield "scales", f"{_target(target)}, to no fewer than {_any(least.paths)} says, else {_known(least.default)}"
    yield from _moves(entry.mover, entry)
    if entry.backup is not None:
        yield from _backup(entry.backup)
    yield from (("copies", _copies(copies)) for copies in entry.copies)
    yield from _shares(entry)
    if entry.named:
        yield "named", f"by {_any(entry.named)}"
    if entry.ignore:
        yield "ignored", f"references in {_all(entry.ignore)} are no run-time need"


def _members(entry: Entry) -> Iterator[Said]:
    """Yield how many it is, and on what hosts they run."""
    if entry.units is not None:
        yield "units", units(entry.units)
    yield from hosts(entry)
    if entry.instances is not None:
        least = "not known" if entry.instances.default is None else str(entry.instances.default)
        yield "capacity", f"as many equal members as {_any(entry.instances.paths)} says; {least} where it is not given"


def _shares(entry: Entry) -> Iterator[Said]:
    for domain in entry.domains:
        key = f"with the same {_all(domain.key)}" if domain.key else "those that it lists"
        faults = " and ".join(fault.replace("-", " ") for fault in domain.faults)
        yield (
            "shares",
            f"{faults} of one {domain.kind.replace('-', ' ')}, {key}{_only(domain.when)}{_cited(domain.source)}",
        )
    if entry.elements:
        yield (
            "parts",
            "; ".join(f"each of {_path(element.each or '')} is one: {element.role}" for element in entry.elements),
        )


def _role(entry: Entry) -> Iterator[Said]:
    if entry.role is None:
        configured = "the device that it is set on" if entry.configures else "nothing that runs by itself"
        yield "role", f"none: {'it configures ' if entry.configures else ''}{configured}"
    else:
        fault = "no fault of its own" if entry.logical else f"a fault of its own ({entry.fault})"
        fault = fault if entry.counted else "a fault of its own or none, which shows in no input"
        yield "role", f"{entry.role}, with {fault}{'; consumers may enter here' if entry.entry else ''}"
    if entry.component:
        yield "inside", "made by its plugin: this stands for it where its inside is not shown"


def _placement(placement: Placement, package: PackageEntry) -> Iterator[Said]:
    ways = [f"at the site that {_path(placement.site)} names"] if placement.site else []
    ways += [f"in the region that {_any(placement.region)} names"] if placement.region else []
    inside = [path for path in placement.inside if path != "provider"]
    ways += [f"where {_any(inside)} stands"] if inside else []
    ways += ["on the device that its provider instance is"] if "provider" in placement.inside else []
    ways += ["in the region of its provider"] if package.provider.region else []
    if ways:
        yield "place", ", else ".join(ways)
    if placement.zones is not None:
        yield "zones", _zones(placement.zones)
    if placement.paired:
        condition = _only(placement.paired_when) + _unless(placement.paired_unless, "and")
        yield (
            "region",
            f"its provider may serve it from another one, of its own choice{condition}{_cited(placement.paired)}",
        )
    if placement.also:
        yield "region", f"it stands in the regions of {_any(placement.also)} besides"
    if placement.replicas:
        yield "copies", f"the regions that {_path(placement.replicas)} names hold its data too"


def _zones(zones: Zones) -> str:
    ways = [f"those that {_any(zones.named)} names"] if zones.named else []
    ways += [f"those that {_all(zones.together)} name together"] if zones.together else []
    ways += [f"those where {_any(zones.of)} stands"] if zones.of else []
    ways += [f"so many as {_any(zones.count.paths)} says, else {_known(zones.count.default)}"] if zones.count else []
    if zones.when is not None:
        ways.append(f"at least {zones.least}{_only(zones.when)}" if zones.when else f"at least {zones.least}, always")
    if zones.when != ():
        ways.append("not known how many" if zones.unnamed else "one of its provider's choice")
    text = f"{'one: ' if zones.single else ''}{', else '.join(ways)}"
    if zones.decided:
        text += f"; where {_path(zones.decided)} is given, that decides"
    text += f"; one{_only(zones.one_when)}" if zones.one_when else ""
    text += f"; not known{_only(zones.unknown_when)}" if zones.unknown_when else ""
    if zones.alone:
        then = "started in another one once it is lost" if zones.alone == "replaced" else "lost with it"
        text += f"; with fewer than two instances it stands in one of them, and is {then}"
    return text + _cited(zones.source)


def _edge(edge: Edge) -> str:
    condition = _only(edge.when) + _unless(edge.unless, "and")
    if edge.gate == "requires":
        to = _target(edge.to) if edge.to is not None else f"all {edge.group} that join it"
        return f"{to}{' (its traffic goes there)' if edge.nature == 'path' else ''}{condition}"
    if edge.gate == "failover":
        lag = (
            "a declared time"
            if edge.lag == "declared"
            else duration(float(edge.lag))
            if edge.lag is not None
            else "nothing"
        )
        return f"{_target(edge.primary)}, after a failover {_target(edge.standby)}, which lags by {lag}{condition}"
    members = f"each of {_path(edge.each)}" if edge.each else "what joins it"
    how = {
        "any-of": "one is enough",
        "at-least": f"at least as many as {_path(edge.k_from)} says, else {edge.k_default}"
        if edge.k_from
        else f"at least {edge.k_default}",
        "all-or-any": "nobody says whether one is enough",
    }[edge.gate]
    return f"its {edge.group}: {members}; {how}{_unless(edge.skip)}{condition}"


def _moves(mover: Mover | None, entry: Entry) -> Iterator[Said]:
    if entry.one_by is not None:
        yield (
            "one thing",
            f"all that agree in {_all(entry.one_by.same)} are one; a dead one is left if {_any(entry.one_by.watched)} is given",
        )
    if mover is None:
        return
    by = _RUNS.get(mover.run_by or "", f"control plane {mover.run_by}" if mover.run_by else "itself")
    needs = f", if {_all(mover.requires)} is given" if mover.requires else ""
    needs += f", if there is {_target(mover.watched).replace('each ', 'a ', 1)}" if mover.watched is not None else ""
    yield "moves", f"dead members are left by {by}{needs}{_only(mover.when)}{_cited(mover.source)}"
    yield from (("recovery", _term(term)) for term in mover.terms)


def _term(term: Term) -> str:
    base = " or ".join(
        [
            *([_path(term.path)] if term.path else []),
            *([f"{term.default:g} by default"] if term.default is not None else []),
        ]
    )
    of = f" of {_target(term.of)}" if term.of is not None else ""
    times = f", times {_path(term.times_from)}" if term.times_from else ""
    times += f" or {term.times_default:g}" if term.times_from and term.times_default is not None else ""
    times += f" less {_path(term.times_less)}" if term.times_less else ""
    times += f" and {term.times_plus:g} more" if term.times_plus else ""
    unit = {"s": "s", "min": "minutes"}[term.unit]
    return (
        f"{term.name}: {f'{base}{of}{times} ({unit})' if base else 'in a time that nobody states'}{_cited(term.source)}"
    )


def _backup(backup: PlatformBackup) -> Iterator[Said]:
    text = f"its provider copies it in its region, and loses at most {duration(backup.every)}"
    if backup.sooner:
        cases = " or ".join(_holding(condition) for condition in backup.sooner.when)
        text += f", {duration(backup.sooner.seconds)} where {cases}"
    if backup.elsewhere:
        text += f"; in another region too where {_path(backup.path)} is {_either(backup.elsewhere)} (by default {backup.default})"
        text += ", and in the region that it names otherwise" if backup.named else ""
    if backup.off:
        text += (
            f"; none where {_path(backup.off_path)} is {_either(backup.off)} (by default {_known(backup.off_default)})"
        )
    if backup.keep_path:
        text += f"; kept for the days of {_path(backup.keep_path)}"
        text += f", by default {backup.keep_default:g}" if backup.keep_default is not None else ""
    yield "backup", text + _cited(backup.source)


def _copies(copies: Copies) -> str:
    what = "a backup" if copies.backup else "a replica"
    every = f", every {duration(copies.every)}" if copies.every else ""
    where = _where(copies)
    return f"{what} of {_target(copies.of)}, {where}{every}{_unless(copies.skip)}{_cited(copies.source)}"


def _where(copies: Copies) -> str:
    if copies.regions is not None:
        return f"in the regions that {_path(copies.regions)} names"
    if copies.to is None or copies.to.itself:
        return "where this stands"
    return f"where {_target(copies.to)} stands"


def _target(target: Target | None) -> str:
    if target is None:
        return "nothing"
    if target.itself:
        return "itself"
    if target.referring is not None:
        return f"each {target.referring.rpartition(':')[2]} whose {_path(target.ref)} leads here"
    if target.any_of:
        return " or ".join(dict.fromkeys(_target(one) for one in target.any_of))
    if target.selected is not None:
        return f"all that select the labels of {_path(target.labels)}"
    if target.ref is not None:
        further = f"what {_path(target.then)} names of " if target.then is not None else ""
        return further + (f"what {_path(target.ref)} refers to" if target.ref != "." else "what it refers to")
    return f"the {(target.name or '').replace('-', ' ')} that {_path(target.by)} names"


def _known(value: object) -> str:
    """Return a default in words; without one it is not known what holds."""
    return "not known" if value is None else str(value).lower()


def _path(path: str | None) -> str:
    return f"`{path}`"


def _all(paths: Iterable[str]) -> str:
    return _listed([_path(path) for path in paths], "and")


def _any(paths: Iterable[str]) -> str:
    return _listed([_path(path) for path in paths], "or")


def _either(values: Iterable[object]) -> str:
    return _listed([_shown(value) for value in values], "or")


def _listed(names: Sequence[str], last: str) -> str:
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def _shown(value: object) -> str:
    return "not given" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _only(condition: Condition | None) -> str:
    found = [f"{_path(path)} is {_either(values)}" for path, values in condition or ()]
    return f", if {' and '.join(found)}" if found else ""


def _unless(condition: Condition, joined: str = "or") -> str:
    found = [f"{_path(path)} is {_either(values)}" for path, values in condition]
    return f", unless {f' {joined} '.join(found)}" if found else ""


def _holding(condition: Condition) -> str:
    return " and ".join(f"{_path(path)} is {_either(values)}" for path, values in condition)


def _cited(source: str | None) -> str:
    return f" [{source}]" if source else ""
