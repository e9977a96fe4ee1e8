"""A catalogue entry in words: one line for each thing that it says, with its source in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.report.catalogue_hosts import hosts, units
from resilience_checks.report.catalogue_phrases import (
    all_of,
    any_of,
    cited,
    either,
    holding,
    known,
    led_to,
    named,
    only,
    unless,
)
from resilience_checks.topology.declaration_durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.backup_entries import PlatformBackup, Schedule
    from resilience_checks.catalogue.entries import (
        Copies,
        Edge,
        Entry,
        Mover,
        PackageEntry,
        Placement,
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
        yield "place", f"none of its own: it is read from wherever it is asked{cited(entry.source)}"
    elif entry.placement is not None:
        yield from _placement(entry, entry.placement, package)
    yield from _members(entry)
    yield from (("needs", _edge(edge)) for edge in entry.edges if edge.gate == "requires")
    yield from (("group", _edge(edge)) for edge in entry.edges if edge.gate != "requires")
    for join in entry.joins:
        yield "joins", f"{led_to(join.to)} becomes one of the {join.group} of {led_to(join.at)}{unless(join.skip)}"
    if entry.scales is not None:
        target, least = entry.scales
        yield "scales", f"{led_to(target)}, to no fewer than {any_of(least.paths)} says, else {known(least.default)}"
    yield from _moves(entry.mover, entry)
    if entry.backup is not None:
        yield from _backup(entry.backup)
    yield from (("copies", _copies(copies)) for copies in entry.copies)
    yield from _shares(entry)
    if entry.named:
        yield "named", f"by {any_of(entry.named)}"
    if entry.ignore:
        yield "ignored", f"references in {all_of(entry.ignore)} are no run-time need"


def _members(entry: Entry) -> Iterator[Said]:
    """Yield how many it is, and on what hosts they run."""
    if entry.units is not None:
        yield "units", units(entry.units)
    yield from hosts(entry)
    if entry.instances is not None:
        least = "not known" if entry.instances.default is None else str(entry.instances.default)
        told = f"as many equal members as {any_of(entry.instances.paths)} says; {least} where it is not given"
        asked = only(entry.instances.on_demand)
        yield "capacity", f"{told}; as many as are asked for, and no one machine{asked}" if asked else told


def _shares(entry: Entry) -> Iterator[Said]:
    for domain in entry.domains:
        key = f"with the same {all_of(domain.key)}" if domain.key else "those that it lists"
        faults = " and ".join(fault.replace("-", " ") for fault in domain.faults)
        yield (
            "shares",
            f"{faults} of one {domain.kind.replace('-', ' ')}, {key}{only(domain.when)}{cited(domain.source)}",
        )
    if entry.elements:
        yield (
            "parts",
            "; ".join(f"each of {named(element.each or '')} is one: {element.role}" for element in entry.elements),
        )


def _role(entry: Entry) -> Iterator[Said]:
    if entry.role is None:
        configured = "the device that it is set on" if entry.configures else "nothing that runs by itself"
        yield "role", f"none: {'it configures ' if entry.configures else ''}{configured}"
    else:
        fault = "no fault of its own" if entry.logical else f"a fault of its own ({entry.fault})"
        entered = f"; consumers may enter here{unless(entry.entry_unless)}" if entry.entry else ""
        fault = fault if entry.counted else "a fault of its own or none, which shows in no input"
        yield "role", f"{entry.role}, with {fault}{entered}"
    if entry.component:
        yield "inside", "made by its plugin: this stands for it where its inside is not shown"


def _placement(entry: Entry, placement: Placement, package: PackageEntry) -> Iterator[Said]:
    ways = [f"at the site that {named(placement.site)} names"] if placement.site else []
    ways += [f"in the region that {any_of(placement.region)} names"] if placement.region else []
    inside = [path for path in placement.inside if path != "provider"]
    ways += [f"where {any_of(inside)} stands"] if inside else []
    ways += ["on the device that its provider instance is"] if "provider" in placement.inside else []
    ways += ["in the region of its provider"] if package.provider.region else []
    if ways:
        yield "place", ", else ".join(ways)
    if placement.zones is not None:
        yield "zones", _zones(placement.zones, scheduled=entry.scheduled is not None)
    if placement.paired:
        condition = only(placement.paired_when) + unless(placement.paired_unless, "and")
        yield (
            "region",
            f"its provider may serve it from another one, of its own choice{condition}{cited(placement.paired)}",
        )
    if placement.also:
        yield "region", f"it stands in the regions of {any_of(placement.also)} besides"
    if placement.replicas:
        yield "copies", f"the regions that {named(placement.replicas)} names hold its data too"


def _zones(zones: Zones, *, scheduled: bool) -> str:
    ways = [f"those that {any_of(zones.named)} names"] if zones.named else []
    ways += [f"those that {all_of(zones.together)} name together"] if zones.together else []
    ways += [f"those where {any_of(zones.of)} stands"] if zones.of else []
    ways += [f"so many as {any_of(zones.count.paths)} says, else {known(zones.count.default)}"] if zones.count else []
    if scheduled:
        ways.append(f"at least {zones.least}, if demands keep its instances apart over zones")
    elif zones.when is not None:
        ways.append(f"at least {zones.least}{only(zones.when)}" if zones.when else f"at least {zones.least}, always")
    if zones.when != ():
        ways.append("not known how many" if zones.unnamed else "one of its provider's choice")
    text = f"{'one: ' if zones.single else ''}{', else '.join(ways)}"
    if zones.decided:
        text += f"; where {named(zones.decided)} is given, that decides"
    if zones.each:
        text += f", but over {zones.least} where each of {named(zones.each)} has it{only(zones.each_when)}"
    text += f"; one{only(zones.one_when)}" if zones.one_when else ""
    text += f"; not known{only(zones.unknown_when)}" if zones.unknown_when else ""
    if zones.alone:
        then = "started in another one once it is lost" if zones.alone == "replaced" else "lost with it"
        text += f"; with fewer than two instances it stands in one of them, and is {then}"
    return text + cited(zones.source)


def _edge(edge: Edge) -> str:
    condition = only(edge.when) + unless(edge.unless, "and")
    if edge.gate == "requires":
        to = led_to(edge.to) if edge.to is not None else f"all {edge.group} that join it"
        return f"{to}{' (its traffic goes there)' if edge.nature == 'path' else ''}{condition}"
    if edge.gate == "failover":
        lag = (
            "a declared time"
            if edge.lag == "declared"
            else duration(float(edge.lag))
            if edge.lag is not None
            else "nothing"
        )
        return f"{led_to(edge.primary)}, after a failover {led_to(edge.standby)}, which lags by {lag}{condition}"
    members = f"each of {named(edge.each)}" if edge.each else "what joins it"
    how = {
        "any-of": "one is enough",
        "at-least": f"at least as many as {named(edge.k_from)} says, else {edge.k_default}"
        if edge.k_from
        else f"at least {edge.k_default}",
        "all-or-any": "nobody says whether one is enough",
    }[edge.gate]
    return f"its {edge.group}: {members}; {how}{unless(edge.skip)}{condition}"


def _moves(mover: Mover | None, entry: Entry) -> Iterator[Said]:
    if entry.one_by is not None:
        yield (
            "one thing",
            f"all that agree in {all_of(entry.one_by.same)} are one; a dead one is left if {any_of(entry.one_by.watched)} is given",
        )
    if mover is None:
        return
    by = _RUNS.get(mover.run_by or "", f"control plane {mover.run_by}" if mover.run_by else "itself")
    needs = f", if {all_of(mover.requires)} is given" if mover.requires else ""
    needs += f", if there is {led_to(mover.watched).replace('each ', 'a ', 1)}" if mover.watched is not None else ""
    yield "moves", f"dead members are left by {by}{needs}{only(mover.when)}{cited(mover.source)}"
    yield from (("recovery", _term(term)) for term in mover.terms)


def _term(term: Term) -> str:
    base = " or ".join(
        [
            *([named(term.path)] if term.path else []),
            *([f"{term.default:g} by default"] if term.default is not None else []),
        ]
    )
    of = f" of {led_to(term.of)}" if term.of is not None else ""
    times = f", times {named(term.times_from)}" if term.times_from else ""
    times += f" or {term.times_default:g}" if term.times_from and term.times_default is not None else ""
    times += f" less {named(term.times_less)}" if term.times_less else ""
    times += f" and {term.times_plus:g} more" if term.times_plus else ""
    unit = {"s": "s", "min": "minutes"}[term.unit]
    return (
        f"{term.name}: {f'{base}{of}{times} ({unit})' if base else 'in a time that nobody states'}{cited(term.source)}"
    )


def _backup(backup: PlatformBackup) -> Iterator[Said]:
    text = f"its provider copies it in its region, and loses at most {duration(backup.every)}"
    if backup.sooner:
        cases = " or ".join(holding(condition) for condition in backup.sooner.when)
        text += f", {duration(backup.sooner.seconds)} where {cases}"
    if backup.elsewhere:
        text += f"; in another region too where {named(backup.path)} is {either(backup.elsewhere)} (by default {backup.default})"
        text += ", and in the region that it names otherwise" if backup.named else ""
    if backup.off:
        text += (
            f"; none where {named(backup.off_path)} is {either(backup.off)} (by default {known(backup.off_default)})"
        )
    if backup.keep_path:
        text += f"; kept for the days of {named(backup.keep_path)}"
        text += f", by default {backup.keep_default:g}" if backup.keep_default is not None else ""
    yield "backup", text + cited(backup.source)


def _copies(copies: Copies) -> str:
    what = "a backup" if copies.backup else "a replica"
    every = f", every {duration(copies.every)}" if copies.every else _scheduled(copies.schedule)
    where = _where(copies)
    return f"{what} of {led_to(copies.of)}, {where}{every}{unless(copies.skip)}{cited(copies.source)}"


def _scheduled(schedule: Schedule | None) -> str:
    if schedule is None:
        return ""
    inputs = any_of(dict.fromkeys(path for way in schedule.ways for path in (way.path or way.given or "",) if path))
    inputs = inputs or any_of(dict.fromkeys(path for way in schedule.ways for path, _ in way.when))
    holder = f" of {led_to(schedule.of)}" if schedule.of is not None else ""
    only_such = "; one that says none of it orders none" if schedule.needed else ""
    return f", as often as {inputs}{holder} says{only_such}"


def _where(copies: Copies) -> str:
    if copies.regions is not None:
        return f"in the regions that {named(copies.regions)} names"
    if copies.to is None or copies.to.itself:
        return "where this stands"
    return f"where {led_to(copies.to)} stands"
