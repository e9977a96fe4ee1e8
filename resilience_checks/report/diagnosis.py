"""The answer to `diagnose`, for a person at a terminal and as `resilience-diagnosis/v1` JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from resilience_checks.model.question import Horizon
from resilience_checks.model.values import Basis
from resilience_checks.report import facts_json, words
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.diagnosis import Diagnosis, Explanation, Look
    from resilience_checks.report.page import Page

SCHEMA = "resilience-diagnosis/v1"
Answer = tuple[tuple[str, ...], "Diagnosis"]
_WHEN = {Horizon.INSTANT: "at once, before any failover", Horizon.RTO: "after failovers had the time of the RTO"}
_MAX_LOOKS, _MAX_DOUBTS, _MAX_NAMED = 5, 8, 3


def write(page: Page, answers: Sequence[Answer], *, top: int) -> None:
    """Write the likeliest explanations of what is seen in each estate, and what to look at next."""
    for stacks, found in answers:
        _seen(page, found)
        if len(answers) > 1:
            page.field("stacks", words.listed(stacks))
        page.end()
        shown = [explanation for explanation in found.explanations if explanation.encloses is None][:top]
        for explanation in shown:
            _explanation(page, found, explanation)
        if found.explanations:
            page.end()
        _doubts(page, shown)
        larger = sum(explanation.encloses is not None for explanation in found.explanations)
        _counts(page, found, larger, len(found.explanations) - larger - len(shown))
        _looks(page, found)
        page.end()


def _seen(page: Page, found: Diagnosis) -> None:
    observed = found.observed
    down = words.listed(observed.down) or "no service"
    page.head("seen", "bold", "", f"{down} down" if observed.down else words.listed(observed.degraded) + " degraded")
    page.field("degraded", words.listed(observed.degraded) if observed.down else "")
    page.field("up", words.listed(observed.up))
    page.field("when", _WHEN[found.horizon])
    if found.errors:
        page.field(
            "error", f"lost with nothing failed as the estate is described, so left out: {words.listed(found.errors)}"
        )


def _explanation(page: Page, found: Diagnosis, explanation: Explanation) -> None:
    label = f"{explanation.place}{'=' if explanation.tied else '.'}{'' if explanation.sure else ' ?'}"
    for nth, event in enumerate(found.events[event] for event in explanation.events):
        likely = found.likelihoods[event.id].likelihood.words
        where = f"  {event.primary}" if event.primary is not None else ""
        joined = "and " if nth else ""
        page.row("" if nth else label, f"{likely:<10} {joined}{event.id}{where}")


def _doubts(page: Page, shown: Sequence[Explanation]) -> None:
    """Write once what those that are only possible hang on."""
    doubts = {doubt.id: doubt for explanation in shown for doubt in explanation.depends_on}
    page.listed("? unknown", words.doubts(doubts.values()), limit=_MAX_DOUBTS)
    if doubts:
        page.end()


def _counts(page: Page, found: Diagnosis, larger: int, more: int) -> None:
    total = len(found.explanations)
    sure = sum(explanation.sure for explanation in found.explanations)
    faults = counted(found.finished, "fault")
    if not total:
        page.field("found", f"no explanation of up to {faults}")
        page.field("", "raise --max-order, or what is seen has a cause that the estate does not show")
    else:
        told = f"{counted(total, 'smallest explanation')} of up to {faults}: {sure} sure, {total - sure} possible"
        page.field("found", told)
    if larger:
        page.field("", f"{larger} of them, not shown, name a place around one with the same parts")
    if more:
        page.field("", f"{more} more: --top, or --format json")
    if found.finished < found.order:
        page.field("partial", f"{faults} of {found.order} asked for were looked at: there may be more explanations")
    if not found.exact:
        page.field("inexact", "too much is unknown to look at every case: a possible explanation may be none, or sure")
    if total > 1:
        page.field("ranked", "by number of faults, then by class of likelihood, the rarest fault first; = is tied")
    if total:
        page.field("likely", _bases(found))


def _bases(found: Diagnosis) -> str:
    """Return who states the classes of the faults."""
    bases = Counter(stated.reason.basis for stated in found.likelihoods.values())
    words_of = {Basis.KNOWN: "declared", Basis.DOCUMENTED: "documented by kind", Basis.ASSUMED: "assumed by kind"}
    told = [f"{bases[basis]} {word}" for basis, word in words_of.items() if bases[basis]]
    return f"classes of {counted(sum(bases.values()), 'fault')}: {', '.join(told)}; `likelihood` in resilience.yaml declares them"


def _looks(page: Page, found: Diagnosis) -> None:
    if len(found.among) < 2:  # noqa: PLR2004 one explanation has nothing to be told apart from
        return
    if not found.looks:
        page.field("next", "no one further look at a service or failure domain tells the explanations apart")
        return
    page.listed("next", _look(found.looks[0], found))
    others = [look.subject for look in found.looks[1:]]
    if others:
        page.field("", f"{words.listed(others, _MAX_LOOKS)} would tell as much")


def _look(look: Look, found: Diagnosis) -> Iterator[str]:
    """Yield the question and what each answer would leave of the explanations with the fewest faults."""
    yield f"is {look.subject} up?" if look.service else f"has {look.subject} happened?"
    for answer in look.answers:
        left = counted(len(answer.left), "explanation")
        yield f"{answer.answer}: leaves {left} of {len(found.among)}{_named(answer.left, found)}"


def _named(indices: Sequence[int], found: Diagnosis) -> str:
    """Return the faults of a few explanations."""
    if not indices:
        return ": then the cause is a larger set, or not in the estate"
    if len(indices) > _MAX_NAMED:
        return ""
    return f": {', '.join(' and '.join(found.explanations[index].events) for index in indices)}"


def as_data(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the answer as JSON values, held by diagnosis.schema.json."""
    return {"schema": SCHEMA, "estates": [_estate(stacks, found) for stacks, found in answers]}


def _estate(stacks: Sequence[str], found: Diagnosis) -> dict[str, Any]:
    return {
        "stacks": list(stacks),
        "observed": {
            "down": list(found.observed.down),
            "degraded": list(found.observed.degraded),
            "up": list(found.observed.up),
        },
        "horizon": str(found.horizon),
        "order": found.order,
        "finished": found.finished,
        "complete": found.finished >= found.order,
        "exact": found.exact,
        "errors": list(found.errors),
        "explanations": [
            {
                "number": number,
                "place": explanation.place,
                "tied": explanation.tied,
                "sure": explanation.sure,
                "faults": [
                    facts_json.event(found.events[event], found.likelihoods[event]) for event in explanation.events
                ],
                "depends_on": facts_json.doubts(explanation.depends_on),
                "encloses": None if explanation.encloses is None else explanation.encloses + 1,
            }
            for number, explanation in enumerate(found.explanations, start=1)
        ],
        "among": [index + 1 for index in found.among],
        "next": [
            {
                "subject": look.subject,
                "is": "service" if look.service else "fault",
                "answers": [
                    {"answer": answer.answer, "left": [index + 1 for index in answer.left]} for answer in look.answers
                ],
            }
            for look in found.looks
        ],
    }
