"""The table of `blast-radius`: for a terminal, as CSV, as Markdown, and as `resilience-blast-radius/v1` JSON."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from resilience_checks.report import facts_json, words
from resilience_checks.report.cells import cell
from resilience_checks.report.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.blast_radius import Blast, BlastRadius
    from resilience_checks.report.page import Page

SCHEMA = "resilience-blast-radius/v1"
Answer = tuple[tuple[str, ...], "BlastRadius"]
_COLUMNS = ("fault", "likelihood", "basis", "parts", "lost", "degraded", "unknown", "failover", "where", "stacks")
_STYLES = {
    "lost": "bold red",
    "degraded": "yellow",
    "unknown": "magenta",
    "away until a failover": "cyan",
    "nothing": "green",
}


def write(page: Page, answers: Sequence[Answer], *, everything: bool) -> None:
    """Write for each estate the faults by what they take down; those that take down nothing are counted unless asked for."""
    for stacks, found in answers:
        if len(answers) > 1:
            page.head("estate", "bold", "", words.listed(stacks))
        shown = [blast for blast in found.blasts if everything or not blast.harmless]
        groups: dict[tuple[tuple[str, str], ...], list[Blast]] = {}
        for blast in shown:
            groups.setdefault(tuple(_effect(blast, len(found.services))), []).append(blast)
        for effect, blasts in groups.items():
            _group(page, effect, blasts)
        _summary(page, found, len(found.blasts) - len(shown))
        page.end()


def _group(page: Page, effect: tuple[tuple[str, str], ...], blasts: Sequence[Blast]) -> None:
    for way, names in effect:
        page.head(f"{way}:", _STYLES[way], "", names)
    for blast in blasts:
        doubt = "  (whether it exists is not known)" if blast.doubtful else ""
        place = f"  {blast.event.primary}" if blast.event.primary is not None else ""
        page.row(blast.likelihood.likelihood.words, f"{blast.event.id}{place}{doubt}")
    page.end()


def _effect(blast: Blast, services: int) -> Iterator[tuple[str, str]]:
    """Yield what a fault does, a pair for each way."""
    ways = (
        ("lost", blast.lost),
        ("degraded", blast.degraded),
        ("unknown", blast.unknown),
        ("away until a failover", blast.moved),
    )
    for way, names in ways:
        if names:
            yield way, f"{len(names)} of {services}: {words.listed(names)}"
    if blast.harmless:
        yield "nothing", f"all {services} kept"


def _summary(page: Page, found: BlastRadius, hidden: int) -> None:
    alone = sum(bool(blast.lost) for blast in found.blasts)
    page.field("faults", f"{len(found.blasts)}, of which {alone} lose a service alone, within its RTO")
    if hidden:
        page.field("", f"{counted(hidden, 'fault')} that take down nothing: --all lists them")
    page.field("services", words.listed(found.services))
    if found.errors:
        page.field("error", f"lost with nothing failed, so left out: {words.listed(found.errors)}")
    page.field("likely", "classes as declared, else by kind: `likelihood` in resilience.yaml")


def as_data(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the table as JSON values, held by blast_radius.schema.json."""
    return {
        "schema": SCHEMA,
        "estates": [
            {
                "stacks": list(stacks),
                "services": list(found.services),
                "errors": list(found.errors),
                "faults": [_fault(blast) for blast in found.blasts],
            }
            for stacks, found in answers
        ],
    }


def as_csv(answers: Sequence[Answer]) -> str:
    """Return every fault as a line of CSV; a cell that a spreadsheet would take for a formula starts with a quote."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for stacks, found in answers:
        writer.writerows([cell(text) for text in _cells(blast, stacks)] for blast in found.blasts)
    return out.getvalue()


def as_markdown(answers: Sequence[Answer]) -> str:
    """Return what takes something down as a Markdown table."""
    rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
    for stacks, found in answers:
        rows += [_cells(blast, stacks) for blast in found.blasts if not blast.harmless]
    return "".join(f"| {' | '.join(_plain(cell) for cell in row)} |\n" for row in rows)


def _cells(blast: Blast, stacks: Sequence[str]) -> tuple[str, ...]:
    return (
        blast.event.id,
        blast.likelihood.likelihood.words,
        str(blast.likelihood.reason.basis),
        str(blast.parts),
        *("; ".join(names) for names in (blast.lost, blast.degraded, blast.unknown, blast.moved)),
        str(blast.event.primary or ""),
        "; ".join(stacks),
    )


def _plain(cell: str) -> str:
    text = one_line(cell).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{char}" if char in "\\`*_{}[]()#|!~" else char for char in text)


def _fault(blast: Blast) -> dict[str, Any]:
    return {
        **facts_json.event(blast.event, blast.likelihood),
        "parts": blast.parts,
        "doubtful": blast.doubtful,
        "lost": list(blast.lost),
        "degraded": list(blast.degraded),
        "unknown": list(blast.unknown),
        "failover": list(blast.moved),
    }
