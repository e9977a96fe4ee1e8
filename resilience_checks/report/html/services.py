"""What is told of each service: its verdicts, cut sets, recovery, and capacity after each loss."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.report.html.found import rests
from resilience_checks.report.html.matrix import SYMBOLS, outcome
from resilience_checks.report.words import lasting, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.html.estates import Estate
    from resilience_checks.report.html.found import Rests
    from resilience_checks.report.interface import Report, ServiceSummary

    Data = Mapping[str, Any]

CUT_SETS, LOSSES = 8, 4
"""How many cut sets, and how many losses of one row, are told of a service; the rest is counted, and stands in the JSON report."""
_ENOUGH = ("short", "lost", "unknown", "enough")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one policy, or several, say of the service, with what that rests on, and where its finding stands."""

    policies: tuple[str, ...]
    message: str
    outcome: str
    rests: Rests | None
    anchor: str


@dataclass(frozen=True, slots=True)
class CutSets:
    """The smallest cut sets: order, faults in words, and whether they surely lose it; `more` are not told."""

    rows: tuple[tuple[int, str, bool], ...]
    more: int
    by_order: tuple[tuple[int, int], ...]
    possible: int
    complete: bool
    finished: int | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """What follows the loss of a place, or of several in the same way; `terms` are those that add up, in words."""

    losses: str
    time: str
    rto: str
    loss: str
    rpo: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """What is left at peak after a loss, or after several that leave the same."""

    losses: str
    enough: str
    carries: str
    asked: str
    stage: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One service with all that is told of it; None where nothing was collected."""

    id: str
    number: int
    summary: ServiceSummary | None
    estate: Estate | None
    verdicts: tuple[Verdict, ...]
    cut_sets: CutSets | None
    recoveries: tuple[Recovery, ...] | None
    capacity: tuple[Loss, ...] | None
    peak: tuple[str, ...]
    worst: str


def services(
    report: Report, names: Sequence[str], estates: Sequence[Estate], anchors: Mapping[int, str]
) -> tuple[Service, ...]:
    """Return every service in this order."""
    by_service: dict[str, list[Result]] = defaultdict(list)
    for result in report.results:
        for name in result.services:
            by_service[name].append(result)
    summaries = {each.id: each for each in report.services}
    homes = {name: estate for estate in reversed(estates) for name in estate.services}
    found = []
    for number, name in enumerate(names):
        verdicts = _verdicts(by_service[name], estates, anchors)
        estate = homes.get(name)
        losses = estate.capacity.get(name) if estate else None
        found.append(
            Service(
                name,
                number,
                summaries.get(name),
                estate,
                verdicts,
                _cut_sets(estate, name),
                _recoveries(estate, name),
                tuple(_losses(estate, losses)) if estate and losses else None,
                tuple(f"{peak['words']} {peak['dimension']}" for peak in losses["peak"]) if losses else (),
                verdicts[0].outcome if verdicts else "",
            )
        )
    return tuple(found)


def _verdicts(results: Sequence[Result], estates: Sequence[Estate], anchors: Mapping[int, str]) -> tuple[Verdict, ...]:
    """Return what policies say, the worst first; what several say in the same words stands together."""
    groups: dict[tuple[str, str, Rests | None, str], list[str]] = {}
    for each in sorted(results, key=lambda each: (list(SYMBOLS).index(outcome(each)), each.policy)):
        same = (each.message, outcome(each), _rests(each, estates), anchors.get(id(each), ""))
        groups.setdefault(same, []).append(each.policy)
    return tuple(Verdict(tuple(policies), *same) for same, policies in groups.items())


def _rests(result: Result, estates: Sequence[Estate]) -> Rests | None:
    """Return what a verdict rests on in numbers; whose declarations they are is told once, not of each service."""
    found = rests(result, estates)
    return replace(found, declarations=()) if found else None


def _cut_sets(estate: Estate | None, name: str) -> CutSets | None:
    told = estate.cuts.get(name) if estate else None
    if estate is None or told is None:
        return None
    sure = [tuple(each) for each in told["sure"]["cut_sets"]]
    certain = set(sure)
    possible = [tuple(each) for each in told["possible"]["cut_sets"] if tuple(each) not in certain]
    ordered = sorted([(each, True) for each in sure] + [(each, False) for each in possible], key=_smallest)
    return CutSets(
        tuple((len(each), estate.events(each), is_sure) for each, is_sure in ordered[:CUT_SETS]),
        max(0, len(ordered) - CUT_SETS),
        tuple((int(order), number) for order, number in told["sure"]["counts_by_order"].items()),
        len(possible),
        told["complete"],
        told["finished_order"],
    )


def _smallest(item: tuple[tuple[str, ...], bool]) -> tuple[int, bool]:
    return len(item[0]), not item[1]


def _recoveries(estate: Estate | None, name: str) -> tuple[Recovery, ...] | None:
    told = estate.recovery.get(name) if estate else None
    if estate is None or told is None:
        return None
    groups: dict[object, list[str]] = {}
    for item in told["recoveries"]:
        same = (
            "keeps running" if _kept(item) else bounds(item["time"]),
            item["rto"],
            bounds(item["loss"]) if item["time"]["at_least"] is not None else "-",
            item["rpo"],
            tuple(_terms(item)),
        )
        groups.setdefault(same, []).append(estate.events(item["events"]))
    return tuple(Recovery(_named(losses), *same) for same, losses in groups.items())  # type: ignore[misc]


def bounds(found: Data) -> str:
    """Return a time that may be known within bounds; null stands for no bound.

    >>> bounds({"known": False, "at_least": 60.0, "at_most": None})
    'not known, at least 1m'
    """
    low, high = found["at_least"], found["at_most"]
    if low is None:
        return "no way back is known"
    if found["known"] and low == high:
        return lasting(low) if low else "none"
    if high is not None:
        return f"{lasting(low)} to {lasting(high)}"
    return f"not known, at least {lasting(low)}" if low else "not known"


def _kept(item: Data) -> bool:
    return bool(item["time"]["at_most"] == 0 and item["loss"]["at_most"] == 0)


def _terms(item: Data) -> Iterator[str]:
    for move in item["moves"]:
        yield f"{move['what']}{_lasting(move['seconds'])}"
        for term in move["terms"]:
            seconds = lasting(term["seconds"]) if term["seconds"] is not None else "not known"
            yield f"  {seconds} {term['name']}: {reason(term['why'])}"
    for move in item["meanwhile"]:
        yield f"meanwhile {move['what']}{_lasting(move['seconds'])}"
    for note in item["notes"]:
        yield reason(note)
    for doubt in item["doubts"]:
        yield f"not known: {reason(doubt['reason'])}; to make it known: {doubt['remedy']}"


def _lasting(seconds: float | None) -> str:
    return f", {lasting(seconds)}" if seconds is not None else ""


def reason(why: Data) -> str:
    """Return why something holds, with its place and the page that it rests on."""
    place = why["location"]
    rests_on = [f"{place['path']}:{place['line']}"] if place else []
    rests_on += [why["source"]] if why["source"] else []
    basis = "assumed: " if why["basis"] == "assumed" else ""
    return f"{basis}{why['text']}" + (f" ({'; '.join(rests_on)})" if rests_on else "")


def _losses(estate: Estate, told: Data) -> Iterator[Loss]:
    """Yield the losses, those that leave too little first; what leaves the same stands together."""
    groups: dict[object, list[Data]] = {}
    for item in told["losses"]:
        stage = item["weakest"]
        key = (item["enough"], item["dimension"], str(stage), str(item["doubts"]))
        groups.setdefault(key, []).append(item)
    for group in sorted(groups.values(), key=_shortest):
        first = group[0]
        stage, unit = first["weakest"], first["dimension"]
        names = [estate.events(each["events"]) or "nothing" for each in group]
        doubts = [f"not known: {reason(doubt['reason'])}; {doubt['remedy']}" for doubt in first["doubts"]]
        yield Loss(
            _named(names),
            first["enough"],
            f"{'up to ' if first['enough'] == 'unknown' else ''}{stage['carries']:g} {unit}" if stage else "-",
            f"{sum(stage['asked'].values()):g} {unit}" if stage else "-",
            stage["name"] if stage else "-",
            (*(reason(why) for why in (stage["why"] if stage else ())), *doubts),
        )


def _named(losses: Sequence[str]) -> str:
    return listed(losses, LOSSES)


def _shortest(group: Sequence[Data]) -> tuple[int, float]:
    first = group[0]
    stage = first["weakest"]
    asked = sum(stage["asked"].values()) if stage else 0
    return _ENOUGH.index(first["enough"]), stage["carries"] / asked if asked else float("inf")
