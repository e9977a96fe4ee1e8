"""The results in the order and grain in which people read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result
from resilience_checks.report import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from resilience_checks.model.waiver import Waiver
    from resilience_checks.report.interface import Report

Order = tuple[int, int, bool, str, int, int, str, str]
_URGENCY = {Outcome.ERROR: 0, Outcome.VIOLATION: 1, Outcome.UNKNOWN: 2}


def findings(report: Report) -> Iterator[tuple[Result, ...]]:
    """Yield everything new that is neither a pass nor not applicable: errors, violations, unknowns; the worst first.

    What stood before (`Result.known`) is told by `standing`, briefly.
    """
    yield from _groups(item for item in report.results if not item.known)


def old_and_new(report: Report) -> Iterator[tuple[Result, ...]]:
    """Yield the same with what stood before among it."""
    yield from _groups(report.results)


def standing(report: Report) -> dict[str, list[Result]]:
    """Return the findings that stood before, the worst first, by where they stood ("at main (0a1b2c3d4e)")."""
    found: dict[str, list[Result]] = {}
    for result in sorted((item for item in report.results if item.outcome in _URGENCY and item.known), key=order):
        found.setdefault(result.known, []).append(result)
    return found


def by_doubt(groups: Iterable[tuple[Result, ...]]) -> Iterator[tuple[tuple[Result, ...], ...]]:
    """Yield the groups of findings, together what several policies leave open for want of the very same facts."""
    together: dict[object, list[tuple[Result, ...]]] = {}
    for number, group in enumerate(groups):
        first = group[0]
        shared = first.outcome is Outcome.UNKNOWN and first.depends_on
        together.setdefault(frozenset(first.depends_on) if shared else number, []).append(group)
    for found in together.values():
        if len({group[0].policy for group in found}) > 1:
            yield tuple(found)
        else:
            yield from ((group,) for group in found)


def order(result: Result) -> Order:
    """Return the key that sorts findings: by outcome, the most severe first, what may block first, then by place."""
    place = result.location
    where = (place.path, place.line, place.column or 0) if place else ("", 0, 0)
    urgency = (_URGENCY.get(result.outcome, len(_URGENCY)), -result.severity.rank, stands_aside(result))
    return (*urgency, *where, result.policy, result.target)


def targets(group: Iterable[Result]) -> tuple[str, ...]:
    """Return what a group of results is about, each once."""
    return tuple(dict.fromkeys(result.target for result in group))


def said(group: Sequence[Result]) -> str:
    """Return what a group of results says: those of several targets are one doubt, others say the same."""
    first = group[0]
    if len(group) == 1 or first.outcome is not Outcome.UNKNOWN:
        return first.message
    return f"not known for {', '.join(targets(group))}"


def alike(report: Report) -> dict[int, tuple[str, ...]]:
    """Return the stacks of each result of which others differ in nothing but these, by its identity."""
    same: dict[str, list[Result]] = {}
    for result in report.results:
        same.setdefault(result.fingerprint, []).append(result)
    several = (group for group in same.values() if len(group) > 1)
    return {id(one): stacks(one) for group in several if len(set(map(stacks, group))) > 1 for one in group}


def stacks(result: Result) -> tuple[str, ...]:
    """Return the stacks of the estate that a result is about, as far as it says."""
    told = result.evidence.get("stacks")
    return tuple(map(str, told)) if isinstance(told, list) else ()


def shared(group: Iterable[Result], of: Mapping[int, tuple[str, ...]]) -> str:
    """Return the stacks to tell of a group, of those that `alike` found; "" where it is clear which they are."""
    return ", ".join(dict.fromkeys(name for one in group for name in of.get(id(one), ())))


def chain(result: Result) -> list[str]:
    """Return the steps from fault to loss, each with its place and the page that it rests on.

    Where the policy found them by itself, they are in its evidence.
    """
    why = result.evidence.get("why")
    return words.steps(result.chain) or ([str(step) for step in why] if isinstance(why, list) else [])


def unnamed(result: Result) -> tuple[str, ...]:
    """Return the services that a finding is about, none when its message names each of them already."""
    told = all(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", result.message) for name in result.services)
    return () if told else result.services


def loses(result: Result) -> bool:
    """Return whether the services of a finding are lost, and not only concerned by what it is about."""
    return not any(related.label.endswith("is concerned") for related in result.related)


def stands_aside(result: Result) -> bool:
    """Return whether a finding blocks nothing, whatever its severity: it is waived, known already, or advisory."""
    return bool(result.waiver is not None or result.known or result.advisory)


def not_blocking(result: Result) -> str:
    """Return why such a finding blocks nothing."""
    waived = () if result.waiver is None else (waived_by(result.waiver),)
    known = (f"known already, {result.known}",) if result.known else ()
    return f"does not block: {'; '.join((*waived, *known, *result.advisory))}"


def waived_by(waiver: Waiver) -> str:
    """Return until when a waiver holds, by whom and why."""
    until = f"waived until {waiver.expires} by {waiver.approver} for {waiver.owner}"
    return f"{until} ({waiver.ticket}, {waiver.location}): {waiver.reason}"


def _groups(results: Iterable[Result]) -> Iterator[tuple[Result, ...]]:
    """Yield the findings among them, the worst first.

    Unknown results of one policy that hang on the same facts come together, so that a doubt is told once.
    """
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in sorted((item for item in results if item.outcome in _URGENCY), key=order):
        groups.setdefault(_grain(result), []).append(result)
    for group in groups.values():
        yield tuple(group)


def _grain(result: Result) -> tuple[str, ...]:
    gate = (str(result.blocks_when_unknown), result.fail_on, not_blocking(result))
    if result.outcome is Outcome.UNKNOWN and result.depends_on:
        return (result.policy, *gate, *result.depends_on)
    return (result.policy, *gate, str(result.outcome), result.fingerprint, str(result.location), result.message)
