"""The answer to `change`, for a person at a terminal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.model.operation import CHANGE, REPLACE
from resilience_checks.model.question import Holds
from resilience_checks.report import words
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resilience_checks.analysis.change import Change, Changes, EstateChange, Unread
    from resilience_checks.analysis.redundancy import CutChange, Redundancy, ServiceChange
    from resilience_checks.analysis.replaced import Replacement
    from resilience_checks.analysis.shared import Shared
    from resilience_checks.analysis.touched import Deployment, ResourceChange, TouchedSet
    from resilience_checks.report.page import Page

_Told = tuple["ServiceChange", "CutChange"]
_MAX = 8
_DEVICES = frozenset({"firewall", "load-balancer", "gateway", "link"})
_RED, _YELLOW, _DOUBT, _GREEN = "bold red", "yellow", "magenta", "green"
_STAGES = "deploy them one after another: what stands in for each other in stacks of their own, each a deployment"
_TELLS = "`pulumi preview --json --show-sames --show-replacement-steps`"


def write(page: Page, changes: Changes) -> None:
    """Write what is compared, the answer about each estate, and what could not be read."""
    page.head("change", "bold", "", f"from {changes.before} to {changes.after}")
    page.listed("note", changes.notes)
    page.end()
    for unread in changes.unread:
        _unread(page, unread)
    for estate in changes.estates:
        _estate(page, estate, several=len(changes.estates) > 1)


def _unread(page: Page, unread: Unread) -> None:
    error = unread.error
    page.head("error", _RED, unread.stack, f"{unread.side} the change: {error.what}")
    page.source(error.location)
    page.field("why", error.why)
    page.field("help", error.remedy)
    page.end()


def _estate(page: Page, estate: EstateChange, *, several: bool) -> None:
    if estate.change is None:
        names = words.listed([name for name in estate.missing if name])
        page.head("unknown", _DOUBT, words.listed(estate.stacks), "what this change does is not known")
        page.field("why", f"{names or 'one version'} could not be evaluated on both sides, so nothing is compared")
        page.end()
        return
    found = estate.change
    for deployment in found.deployments:
        _deployment(page, deployment)
    if found.at_once is not None:
        _at_once(page, found)
    for replacement in found.replacements:
        if replacement.change.operation.op == REPLACE and _breaks(replacement):
            _replacement(page, replacement)
    _open(page, found.replacements)
    for shared in found.shared:
        _shared(page, shared)
    if found.redundancy is not None:
        _redundancy(page, found.redundancy)
    _summary(page, estate, found, several=several)


def _deployment(page: Page, deployment: Deployment) -> None:
    style = _RED if deployment.lost else _DOUBT if deployment.perhaps else _GREEN
    page.head("deployment", style, deployment.stack, _headline(deployment))
    first = next((change.location for touch in deployment.touched for change in touch.changes), None)
    page.source(first if deployment.lost or deployment.perhaps else None)
    page.listed("changes", _operations(deployment.changes), limit=_MAX)
    page.listed("touches", [f"{touch.label}{'' if touch.sure else ', perhaps'}" for touch in deployment.touched], _MAX)
    page.field("lost", words.listed(deployment.lost))
    page.field("perhaps", words.listed(deployment.perhaps))
    page.field("broken", words.listed(deployment.broken) + (": lost with nothing failed" if deployment.broken else ""))
    for number, touched in enumerate(deployment.sets[:_MAX]):
        page.field("" if number else "together", _together(touched))
    page.listed("why", words.steps(next((one.chain for one in deployment.sets if one.sure), ())))
    page.listed("hangs on", dict.fromkeys(touch.why for touch in deployment.touched if touch.why), limit=_MAX)
    page.field("fix", _STAGES if any(one.redundant and one.sure for one in deployment.sets) else "")
    page.end()


def _headline(deployment: Deployment) -> str:
    if deployment.whole:
        first = max(deployment.whole, key=lambda one: (len(one.services), one.role == "firewall"))
        what = first.role.replace("-", " ") + ("" if first.role in _DEVICES else " part")
        where = f"in front of {counted(len(first.services), 'service')}"
        return f"one deployment touches every {what} {where}; if it went wrong, {_would(deployment)}"
    touches = f"touches {counted(len(deployment.touched), 'part')}" if deployment.touched else "touches no part"
    if deployment.lost:
        return f"one deployment {touches} at once; if it went wrong, {_would(deployment)}"
    if deployment.perhaps:
        services = counted(len(deployment.perhaps), "service")
        return f"{touches}; whether {services} would survive the failing of them all is not known"
    if deployment.kept:
        return f"{touches}; every service survives the failing of them all"
    return f"{touches}; no service stands on them" if deployment.touched else touches


def _would(deployment: Deployment) -> str:
    return f"{counted(len(deployment.lost), 'service')} would be lost"


def _operations(changes: Iterable[ResourceChange]) -> Iterator[str]:
    for change in changes:
        at = words.at(change.location)
        kind = change.type.rsplit(":", 1)[-1]
        differing = f" ({words.listed(change.operation.properties, 4)})" if change.operation.properties else ""
        perhaps = "" if change.operation.certain else f": {change.operation.why}"
        yield f"{_done(change)} {kind} {change.name}{differing}{at}{perhaps}"


def _done(change: ResourceChange) -> str:
    done = {CHANGE: "update or replace", "delete-replaced": "delete"}.get(change.operation.op, change.operation.op)
    return done if change.operation.certain else f"perhaps {done}"


def _together(touched: TouchedSet) -> str:
    names, services = words.listed(touched.parts), words.listed(touched.services, 6)
    verb = "loses" if touched.sure else "may lose"
    if touched.redundant:
        return f"{names}: any one may be down; the failing of all {verb} {services}"
    return f"{names}: nothing stands in for it, and its failing {verb} {services}"


def _at_once(page: Page, found: Change) -> None:
    assert found.at_once is not None
    alone = {name for one in found.deployments for name in one.lost}
    more = [name for name in found.at_once.lost if name not in alone]
    if more:
        page.head("in turn", _YELLOW, "", f"{counted(len(found.deployments), 'deployment')} must not run at once")
        page.field("lost", f"{words.listed(more)}, if they all went wrong")
        page.field("fix", "deploy one, see that it works, then deploy the next")
        page.end()


def _breaks(replacement: Replacement) -> bool:
    return replacement.downtime is not Holds.NO and bool(
        replacement.lost or replacement.exposed or replacement.perhaps or replacement.downtime is Holds.YES
    )


def _replacement(page: Page, replacement: Replacement) -> None:
    change = replacement.change
    sure = replacement.downtime is Holds.YES
    how = "goes before the new one stands" if sure else "may be missing for a time"
    style = _RED if sure and replacement.lost else _YELLOW if sure else _DOUBT
    page.head("replaced", style, change.stack, f"{change.name} is made anew, and {replacement.part} {how}")
    page.source(change.location)
    page.field("because", words.listed(change.operation.replaces))
    page.field("lost", words.listed(replacement.lost) + (" meanwhile" if replacement.lost else ""))
    page.listed(
        "exposed", [f"{name}: lost with {words.listed(events, 4)}" for name, events in replacement.exposed], _MAX
    )
    page.field("perhaps", words.listed(replacement.perhaps))
    if change.operation.deletes_first is Holds.UNKNOWN:
        page.field("hangs on", f"which of the two comes first, which {_TELLS} shows")
    page.end()


def _open(page: Page, replacements: Sequence[Replacement]) -> None:
    """Write once of how many resources nobody can say offline whether they are replaced."""
    found = {one.change.urn: one for one in replacements if one.change.operation.op == CHANGE}
    if not found:
        return
    services = dict.fromkeys(name for one in found.values() for name in (*one.lost, *one.perhaps))
    what = counted(len(found), "resource")
    page.head("unknown", _DOUBT, "", f"{what} may be updated in place or replaced: a program does not say which")
    page.field("lost", f"{words.listed(list(services))}, while it is replaced" if services else "")
    page.field("help", f"give what {_TELLS} writes: `resilience-checks change --preview FILE`")
    page.end()


def _shared(page: Page, shared: Shared) -> None:
    event = shared.event
    style = (_RED if shared.alone else _YELLOW) if shared.sure else _DOUBT
    may = "" if shared.sure else " perhaps"
    page.head(
        "shared",
        style,
        event.id,
        f"{words.thing(event.kind, event.name)}{may} becomes shared by what stands in for each other",
    )
    page.source(event.primary)
    page.field("joined", words.listed(shared.joined))
    page.field("lost" if shared.alone else "exposed", words.listed(shared.services))
    if not shared.alone:
        page.field("", "lost by it with one further fault, which each of its parts alone survives")
    page.listed("members", words.steps(event.members), limit=_MAX)
    page.end()


def _redundancy(page: Page, found: Redundancy) -> None:
    for title, style in (("redundancy lost", _RED), ("redundancy gained", _GREEN), ("perhaps", _DOUBT)):
        alone: dict[tuple[str, ...], list[_Told]] = defaultdict(list)
        with_absent: dict[tuple[str, ...], list[_Told]] = defaultdict(list)
        for one in found.changed:
            picked = {"redundancy lost": one.lost, "redundancy gained": one.gained}.get(title, one.perhaps)
            for cut in picked:
                single = len(cut.events) == 1 or not cut.absent
                (alone if single else with_absent)[cut.events if single else cut.absent].append((one, cut))
        for number, (events, each) in enumerate(sorted(alone.items(), key=lambda item: (len(item[0]), item[0]))):
            if number < _MAX:
                _cut(page, found, title, style, events, each)
        if len(alone) > _MAX:
            page.field("", f"and {len(alone) - _MAX} more in the JSON report")
            page.end()
        for absent, each in with_absent.items():
            _with_absent(page, found, title, style, absent, each)
    for one in found.changed:
        for objective in one.objectives:
            old, new = (_shown(objective.name, value) for value in (objective.before, objective.after))
            page.head("objective", _YELLOW, one.service, f"{objective.name}: {old} became {new}")
            page.end()


def _cut(page: Page, found: Redundancy, title: str, style: str, events: tuple[str, ...], each: Sequence[_Told]) -> None:
    services = [one.service for one, _ in each]
    cut, lost = each[0][1], title == "redundancy lost"
    faults, count = _faults(found, events), counted(len(services), "service")
    told = {
        "redundancy lost": f"{faults} now loses {count}",
        "redundancy gained": f"{faults} no longer loses {count}",
        "perhaps": f"{faults}: lost before: {_words(cut.before)}, after: {_words(cut.after)}",
    }[title]
    page.head(title, style, "", told)
    place = next((found.events[event].primary for event in events if event in found.events), None)
    page.source(place if lost else None)
    page.field("services", words.listed(services))
    page.listed("why", words.steps(cut.chain) if lost else ())
    page.end()


def _with_absent(
    page: Page, found: Redundancy, title: str, style: str, absent: tuple[str, ...], each: Sequence[_Told]
) -> None:
    """Write once of all cut sets with a fault that only one side has."""
    there = "is new" if each[0][1].before is Holds.YES else "is no longer there"
    sets = dict.fromkeys(tuple(event for event in cut.events if event not in absent) for _, cut in each)
    may = "may lose" if title == "perhaps" else "loses" if there == "is new" else "lost"
    services = list(dict.fromkeys(one.service for one, _ in each))
    label = title if there == "is new" else "gone"
    page.head(
        label if title != "perhaps" else title,
        style if there == "is new" else "",
        "",
        f"{_faults(found, absent)} {there}: it {may} services together with one of {counted(len(sets), 'fault')}",
    )
    page.listed("with", [_faults(found, rest) or "nothing else" for rest in sets], limit=_MAX)
    page.field("services", words.listed(services))
    page.end()


def _faults(found: Redundancy, events: Iterable[str]) -> str:
    names = [words.fault_of(found.events[event]) if event in found.events else event for event in events]
    return " and ".join(names) or "no fault at all"


def _words(survives: Holds) -> str:
    return {Holds.YES: "no", Holds.NO: "yes", Holds.UNKNOWN: "not known"}[survives]


def _shown(name: str, value: object) -> str:
    if value is None:
        return "not declared"
    if name in {"rto", "rpo"}:
        return words.lasting(float(str(value)))
    return words.listed([str(item) for item in value]) if isinstance(value, tuple) else str(value)


def _summary(page: Page, estate: EstateChange, found: Change, *, several: bool) -> None:
    if several:
        page.field("stacks", words.listed(estate.stacks))
    if found.empty:
        page.field("change", "none: nothing is deployed, and every service has the redundancy that it had")
        page.end()
        return
    for number, deployment in enumerate(found.deployments):
        name = "" if number else "deploys"
        page.field(name, f"{deployment.stack}: {_tally(deployment.changes)}; {_fates(deployment)}")
    compared = found.redundancy
    if compared is not None:
        for name, services in (("appear", compared.appearing), ("disappear", compared.disappearing)):
            page.field(name, words.listed(services))
        page.field("services", f"{_compared(compared)}, up to {counted(compared.order, 'fault')} at once")
    page.end()


def _tally(changes: Sequence[ResourceChange]) -> str:
    counts = [(_done(change), change) for change in changes]
    order = ("create", "update", "update or replace", "replace", "delete")
    rest = sorted({name for name, _ in counts} - set(order))
    told = [f"{sum(name == one for one, _ in counts)} {name}" for name in (*order, *rest)]
    return ", ".join(text for text in told if not text.startswith("0 "))


def _fates(deployment: Deployment) -> str:
    told = [
        f"{len(names)} {what}"
        for what, names in (
            ("lost", deployment.lost),
            ("not known", deployment.perhaps),
            ("kept", deployment.kept),
            ("not touched", deployment.untouched),
        )
        if names
    ]
    return f"if all that it touches failed: {', '.join(told) or 'no service to lose'}"


def _compared(found: Redundancy) -> str:
    counts = (
        ("unchanged", len(found.unchanged)),
        ("with redundancy lost", sum(bool(one.lost) for one in found.changed)),
        ("with redundancy gained", sum(any(not cut.absent for cut in one.gained) for one in found.changed)),
        ("not known", sum(bool(one.perhaps or one.undecided) for one in found.changed)),
    )
    return ", ".join(f"{count} {what}" for what, count in counts if count) or "none on both sides"
