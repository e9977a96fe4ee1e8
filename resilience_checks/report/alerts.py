"""What a CI system shows beside the code: an alert for each finding, the worst first."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.findings import (
    alike,
    chain,
    findings,
    loses,
    not_blocking,
    old_and_new,
    said,
    shared,
    stands_aside,
    unnamed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.location import Location
    from resilience_checks.report.interface import Failure, Report, WaiverUse

NOT_CHECKED = "not-checked"
OVERRIDE = "override"
_LAPSED = {"expired": "has expired", "refused": "is refused", "untrusted": "is not on the trusted side yet"}


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at: `found` is its first paragraph, `more` are those that explain it.

    `rule` is a policy's id, `contradiction`, `circle`, `waiver`, `override` or `not-checked`. `severity` is None where it has none:
    what could not be checked, what is not known. `fingerprint` is that of a policy's result.
    """

    rule: str
    title: str
    found: str
    more: tuple[str, ...] = ()
    location: Location | None = None
    severity: Severity | None = None
    fingerprint: str = ""
    blocks: bool = False

    @property
    def text(self) -> str:
        """All its paragraphs."""
        return "\n\n".join((self.found, *self.more))


def alerts(report: Report, *, known: bool = False) -> Iterator[Alert]:
    """Yield what could not be checked, an emergency override, then the findings, the worst first, then what warns of the estate and of waivers.

    What is waived has no alert, unless the policy itself failed; what is `known` has one only where it is asked for.
    """
    blocking = {id(result) for result in report.verdict.blocking}
    yield from (of_error(failure) for failure in report.failures)
    if report.override is not None:
        yield Alert(OVERRIDE, "emergency override", report.verdict.words)
    notes, of = _waivers_that_lapsed(report), alike(report)
    for group in old_and_new(report) if known else findings(report):
        counted = [result for result in group if result.waiver is None or result.outcome is Outcome.ERROR]
        if counted:
            stops = any(id(result) in blocking for result in counted)
            yield _of_results(counted, shared(counted, of), notes.get(counted[0].fingerprint, ()), blocks=stops)
    for what, remark in report.remarks:
        yield from (Alert(what, what, remark.text, location=place) for place in remark.locations or (None,))
    yield from (_of_waiver(use) for use in report.waivers if use.state != "applied")


def of_error(error: CheckError | Failure) -> Alert:
    """Return the alert of something that could not be evaluated."""
    more = tuple(text for text in (error.why, error.remedy) if text)
    return Alert(NOT_CHECKED, "could not be checked", error.what, more, error.location, blocks=True)


def _of_results(group: Sequence[Result], stacks: str, notes: Sequence[str], *, blocks: bool) -> Alert:
    first = group[0]
    certain = first.outcome is not Outcome.UNKNOWN
    title = f"{first.title} [{first.policy}]" if certain else f"not known: {first.title} [{first.policy}]"
    lost = ", ".join(unnamed(first)) if certain or len(group) == 1 else ""
    more = (
        f"Stacks: {stacks}" if stacks else "",
        f"{'Lost' if loses(first) else 'Services'}: {lost}" if lost else "",
        _listed("Why", chain(first)),
        _listed("Hangs on", first.depends_on),
        _listed("Assumed", first.assumed),
        f"Fix: {first.remediation}" if first.remediation else "",
        f"D{not_blocking(first)[1:]}" if stands_aside(first) else "",
        *notes,
    )
    return Alert(
        first.policy,
        title,
        said(group),
        tuple(text for text in more if text),
        first.location,
        first.severity if certain else None,
        first.fingerprint,
        blocks,
    )


def _of_waiver(use: WaiverUse) -> Alert:
    waiver = use.waiver
    found = f"the waiver of {waiver.policy} for {waiver.target} {_LAPSED.get(use.state, f'is {use.state}')}"
    more = (use.why,) if use.why else ()
    return Alert("waiver", f"waiver {use.state}", found, more, waiver.location)


def _waivers_that_lapsed(report: Report) -> dict[str, list[str]]:
    """Return by fingerprint what is to be said of waivers that do not accept it."""
    notes: dict[str, list[str]] = {}
    for use in report.waivers:
        if use.state in _LAPSED:
            why = f": {use.why}" if use.why else ""
            text = f"The waiver at {use.waiver.location} {_LAPSED[use.state]}{why}"
            for fingerprint in use.fingerprints:
                notes.setdefault(fingerprint, []).append(text)
    return notes


def _listed(name: str, texts: Sequence[str]) -> str:
    return "\n".join([f"{name}:", *(f"- {text}" for text in texts)]) if texts else ""


def identity(found: Iterable[Alert]) -> Iterator[tuple[Alert, str]]:
    """Yield each alert with an id that is unique among them and holds when lines move."""
    told: Counter[str] = Counter()
    for alert in found:
        parts = (alert.rule, alert.found, alert.location.path if alert.location is not None else "")
        name = alert.fingerprint or hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:16]
        told[name] += 1
        yield alert, (name if told[name] == 1 else f"{name}-{told[name]}")
