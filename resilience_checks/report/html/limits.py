"""What the report does not show, said of this very check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.report.html.estates import Estate
    from resilience_checks.report.interface import Report


def limits(report: Report, estates: Sequence[Estate]) -> Iterator[tuple[str, str]]:
    """Yield each limit: what it is about, and what follows; those of this check first."""
    yield from _of_this(report)
    yield from _collected(estates)
    yield from _ALWAYS


def _of_this(report: Report) -> Iterator[tuple[str, str]]:
    if report.failures:
        yield (
            "Stacks that could not be read",
            (
                f"{counted(len(report.failures), 'failure')} left parts of the estate without any verdict; "
                "nothing in this report speaks for them."
            ),
        )
    if report.left_out:
        yield "Stacks left out", f"{', '.join(report.left_out)}: nothing was looked at, and no verdict is about them."
    if report.unaffected:
        yield (
            "Stacks that the change does not affect",
            f"{', '.join(report.unaffected)}: nothing was looked at, and no verdict is about them.",
        )
    if report.unknown_types:
        yield (
            "Types that the catalogue does not know",
            (
                f"{counted(sum(report.unknown_types.values()), 'resource')} of {counted(len(report.unknown_types), 'type')} "
                "count as references only: a fault that they bring is not found."
            ),
        )
    open_ = sum(result.outcome is Outcome.UNKNOWN for result in report.results)
    if open_:
        yield (
            "Open questions",
            f"{counted(open_, 'result is', 'results are')} unknown. An unknown is not a pass: it says that the design may hold or not.",
        )
    if report.disabled:
        yield "Policies that were switched off", f"{', '.join(report.disabled)}: their questions were not asked."


def _collected(estates: Sequence[Estate]) -> Iterator[tuple[str, str]]:
    if not estates:
        yield (
            "Picture, cut sets, recovery, capacity and blast radius",
            "They were not collected for this report. A check with `--format html`, or with `--audit`, collects them.",
        )
        return
    orders = {estate.cut_sets["max_order"] for estate in estates if "max_order" in estate.cut_sets}
    if orders:
        cut_off = any(not estate.cut_sets.get("complete", True) for estate in estates)
        yield (
            "Combinations of many faults",
            f"Cut sets are told up to {counted(max(orders), 'fault')} at once; what more faults together lose is not."
            + (" A time limit cut this answer off as well: the lists hold at least these sets." if cut_off else ""),
        )
    for text in dict.fromkeys(text for estate in estates for text in estate.limits):
        yield "Left out for its size", f"{text[:1].upper()}{text[1:]}."
    yield (
        "All rows",
        "Long tables are cut, and each says how many rows it leaves out. The JSON report of the same check has all.",
    )


_ALWAYS = (
    (
        "What is deployed",
        (
            "Programs were read before deployment. What was changed by hand, or what a program does otherwise when it is "
            "deployed, is not in here; `resilience-checks verify --state` compares with what was deployed."
        ),
    ),
    (
        "Whether declarations are true",
        (
            "Sites, carriers, capacities, tests of failovers and all else that no program shows is taken from declarations "
            "as they are written. Whose they are and from when stands beside them; nobody was asked."
        ),
    ),
    (
        "How likely a loss is",
        (
            "Cut sets and blast radius say what is lost when something fails, not how often it fails. Classes of "
            "likelihood order them; they are stated or assumed, and no probabilities."
        ),
    ),
    (
        "Faults that are no failure domain",
        (
            "Defects in applications, corrupted data, attacks, exhausted certificates and licences, or people who do not "
            "know what to do are found only as far as a domain stands for them."
        ),
    ),
    (
        "Whether a standard is met",
        (
            "The controls list evidence that a design was checked before it was deployed. Whether that is enough is for an "
            "auditor to say."
        ),
    ),
    (
        "That this file is unchanged",
        (
            "Anybody can edit an HTML file. Who needs proof keeps the attestation of the same check "
            "(`check --attest`) and compares with `resilience-checks verify`."
        ),
    ),
)
