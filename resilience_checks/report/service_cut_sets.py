"""The minimal cut sets of services: for a terminal, and as `resilience-service-cut-sets/v1` JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.cut_lists import most_likely
from resilience_checks.report import words
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.analysis.cut_lists import CutSets
    from resilience_checks.model.question import Question
    from resilience_checks.report.page import Page
    from resilience_checks.topology.estate import Estate

SCHEMA = "resilience-service-cut-sets/v1"
Answer = tuple[tuple[str, ...], "Estate", "Mapping[str, CutSets]"]
_SHOWN = 30


def write(page: Page, answers: Sequence[Answer], number: int | None) -> None:
    """Write for each estate the cut sets of its services, the likeliest first, at most `number` of each.

    Services with the same ones are told together.
    """
    for stacks, estate, found in answers:
        if len(answers) > 1:
            page.head("estate", "bold", "", words.listed(stacks))
        alike: dict[tuple[object, ...], list[str]] = {}
        for service, sets in found.items():
            alike.setdefault((sets.sure, sets.possible, sets.finished), []).append(service)
        for services in alike.values():
            _service(page, services, found[services[0]], estate, number or _SHOWN)


def _service(page: Page, services: Sequence[str], found: CutSets, estate: Estate, number: int) -> None:
    if found.sure == ((),):
        page.head("error", "bold red", "", f"{words.listed(services)}: lost with nothing failed")
        page.end()
        return
    least = "" if found.complete else "at least "
    page.head("lost by", "bold", "", f"{words.listed(services)}: {least}{_counts(found.sure, found.asked)}")
    if not found.complete:
        page.field("limit", f"not complete: none of up to {counted(found.finished, 'fault')} is missing, larger may be")
    _rows(page, found.sure, estate, number)
    surely = set(found.sure)
    more = [cut for cut in found.possible if cut not in surely]
    if more == [()]:
        page.field(
            "unknown", "whether it is up at all with nothing failed: `check` names the facts on which that hangs"
        )
    elif more:
        page.field("unknown", f"and, if what is not known turns out badly, {_counts(more, found.asked)}")
        _rows(page, more, estate, number)
    page.end()


def _rows(page: Page, cuts: Sequence[tuple[str, ...]], estate: Estate, number: int) -> None:
    for cut in most_likely(estate, cuts, number):
        likely = ", ".join(found.words for found in cut.classes)
        page.row(f"{len(cut.events)}", f"{', '.join(cut.events)} ({likely})")
    if len(cuts) > number:
        page.field("", f"and {len(cuts) - number:,} more, none of them likelier, which --format json lists")


def _counts(cuts: Sequence[tuple[str, ...]], order: int) -> str:
    sizes = [sum(len(cut) == size for cut in cuts) for size in range(1, order + 1)]
    each = ", ".join(f"{number:,} of order {size}" for size, number in enumerate(sizes, 1) if number)
    return f"{counted(len(cuts), 'minimal cut set')}{f' ({each})' if each else f' of up to {order} faults'}"


def as_data(
    answers: Sequence[Answer], question: Question, number: int | None, most: int | None = None
) -> dict[str, Any]:
    """Return all cut sets, both those that surely and those that possibly lose a service, and the likeliest `number`.

    Of a service that has more than `most` of a sort, the likeliest `most` are told; all are counted.
    """
    return {
        "schema": SCHEMA,
        "max_order": question.order,
        "horizon": str(question.horizon),
        "complete": all(sets.complete for _, _, found in answers for sets in found.values()),
        "estates": [
            {
                "stacks": list(stacks),
                "services": [_one(service, sets, estate, number, most) for service, sets in found.items()],
            }
            for stacks, estate, found in answers
        ],
    }


def _one(service: str, found: CutSets, estate: Estate, number: int | None, most: int | None) -> dict[str, Any]:
    return {
        "service": service,
        "complete": found.complete,
        "finished_order": found.finished,
        "sure": _sets(found.sure, found.asked, estate, number, most),
        "possible": _sets(found.possible, found.asked, estate, number, most),
    }


def _sets(
    cuts: Sequence[tuple[str, ...]], order: int, estate: Estate, number: int | None, most: int | None
) -> dict[str, Any]:
    told = [cut.events for cut in most_likely(estate, cuts, most)] if most is not None and len(cuts) > most else cuts
    ordered = sorted((sorted(cut) for cut in told), key=lambda cut: (len(cut), cut))
    return {
        "counts_by_order": {str(size): sum(len(cut) == size for cut in cuts) for size in range(1, order + 1)},
        "cut_sets": ordered,
        **({} if number is None else {"most_likely": _likely(cuts, estate, number)}),
    }


def _likely(cuts: Sequence[tuple[str, ...]], estate: Estate, number: int) -> list[dict[str, Any]]:
    return [
        {"place": cut.place, "events": list(cut.events), "likelihood": [str(found) for found in cut.classes]}
        for cut in most_likely(estate, cuts, number)
    ]
