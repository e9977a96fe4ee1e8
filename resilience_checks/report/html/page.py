"""The report as one HTML file that needs nothing else: no script, no request, no name of a program as markup."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

from resilience_checks.gate.verdict import ExitCode
from resilience_checks.report.html import evidence, faults, found, matrix, picture, services
from resilience_checks.report.html.apart import apart
from resilience_checks.report.html.estates import estates as read_estates
from resilience_checks.report.html.limits import limits
from resilience_checks.report.summary import counts
from resilience_checks.report.summary import limits as stack_limits
from resilience_checks.report.text import counted, have, safe
from resilience_checks.report.words import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

    from resilience_checks.report.formats import Style
    from resilience_checks.report.html.estates import Estate
    from resilience_checks.report.html.picture import Picture
    from resilience_checks.report.interface import Report

_MAX_TEXT = 4000
"""Characters of one text; a name that is longer is no name, and would only bloat the file."""
_HEADS = {
    "clean": "Not blocked",
    "passed": "Not blocked",
    "blocked": "Blocked",
    "undecided": "Not decided",
    "nothing": "Nothing was checked",
    "overridden": "Overridden",
}


class Html:
    """Renders the auditors' report; source lines are read below the style's root."""

    def __init__(self, style: Style) -> None:
        """Its width and colours are the browser's."""
        self._root = style.root

    def render(self, report: Report) -> str:
        """Return the whole file; the same report gives the same bytes."""
        report = apart(report)
        audited = read_estates(report.audit)
        findings = found.found(report, self._root, audited)
        anchors = found.anchors(findings)
        names = _services(report, audited)
        table = matrix.matrix(report, names, anchors)
        numbers = {name: number for number, name in enumerate(names)}
        pictures = [drawn for each in audited if (drawn := picture.picture(each, numbers))]
        style, choosing = _css(), _choosing(pictures)
        return (
            _environment()
            .get_template("page.html")
            .render(
                report=report,
                state=_state(report),
                headline=_headline(_state(report), report.verdict.words),
                policy_of_content=_content_policy(style, choosing),
                style=_markup(style),
                choosing=_markup(choosing),
                estates=audited,
                pictures=pictures,
                matrix=table,
                services=services.services(report, names, audited, anchors),
                numbers=numbers,
                radii=[faults.radius(each) for each in audited],
                findings=findings,
                by_fingerprint={result.fingerprint: one.anchor for one in findings for result in one.results},
                unknown=evidence.unknown(report),
                assumed=evidence.assumptions(report),
                anchor_of=lambda result: anchors[id(result)],
                basis=evidence.basis(report, audited),
                controls=evidence.controls(report),
                limits=list(limits(report, audited)),
            )
        )


def _services(report: Report, audited: Sequence[Estate]) -> list[str]:
    """Return the names of all services that anything is said of, each once: those of the report come first."""
    told = sorted({name for result in report.results for name in result.services})
    collected = (name for estate in audited for name in estate.services)
    return list(dict.fromkeys((*(service.id for service in report.services), *told, *collected)))


def _state(report: Report) -> str:
    """Return how the check ended, as a class and a word of the page."""
    code = report.verdict.exit_code
    if report.verdict.overridden is not None:
        return "overridden"
    if code is ExitCode.CLEAN:
        return "clean" if not report.verdict.blocking and report.verdict.words == "clean" else "passed"
    if code in {ExitCode.FAILED, ExitCode.USAGE, ExitCode.INPUT}:
        return "undecided"
    return "nothing" if code is ExitCode.NOTHING else "blocked"


def _headline(state: str, words: str) -> tuple[str, str]:
    """Return the verdict as what stands out and the rest of its sentence.

    >>> _headline("blocked", "blocked by 1 unknown"), _headline("clean", "clean")
    (('Blocked', ' by 1 unknown'), ('Not blocked', ': clean'))
    """
    head = _HEADS[state]
    same = words.casefold().startswith(head.casefold())
    return head, words[len(head) :] if same else f": {words}"


def _choosing(pictures: Sequence[Picture]) -> str:
    """Return the rules by which a chosen service shows its weakest cut; no script is needed for that."""
    return "\n".join(_rules(pictures))


def _rules(pictures: Sequence[Picture]) -> Iterator[str]:
    for drawn in pictures:
        here = f"#estate-{drawn.number}"
        for cut, numbers in sorted(drawn.cuts.items()):
            chosen = ",".join(f'option[value="{number}"]:checked' for number in numbers)
            yield f"{here}:has({chosen}) .cut-{cut}{{display:inline}}"
        for choice in drawn.choices:
            chosen = f'option[value="{choice.number}"]:checked'
            yield f"{here}:has({chosen}) .chosen-{choice.number}{{display:block}}"


def _content_policy(*styles: str) -> str:
    """Return the policy by which a browser runs no script, sends no request, and takes no other style."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles)
    return f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'"


@cache
def _css() -> str:
    folder = resources.files("resilience_checks.report.html") / "templates"
    return "\n".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in ("page", "picture", "print"))


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 style sheets of our own: no text of a program is in them


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("resilience_checks.report.html"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "counts": counts,
        "symbols": matrix.SYMBOLS,
        "words": matrix.WORDS,
        "outcome": matrix.outcome,
        "short": _short,
    }
    made.filters |= {"counted": counted, "have": have, "lasting": lasting, "limits": stack_limits, "day": _day}
    return made


def shown(value: object) -> object:
    r"""Return what a template writes: text from outside with all that could mislead made visible, and of sane length.

    >>> shown("a\u202eb"), shown(None), shown(7)
    ('a\\u202eb', '', 7)
    """
    if value is None:
        return ""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        cut = value if len(value) <= _MAX_TEXT else f"{value[:_MAX_TEXT]}… ({len(value) - _MAX_TEXT} more characters)"
        return safe(cut)
    return value


def _short(text: str, length: int = 80) -> str:
    """Return a name for a list, cut where it is too long to be one."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _day(moment: str) -> str:
    """Return a moment as a reader says it.

    >>> _day("2026-01-24T07:30:00+00:00")
    '24 January 2026, 07:30:00 UTC'
    """
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(moment).astimezone(UTC)
    except ValueError:
        return moment
    return f"{found.day} {found:%B %Y, %H:%M:%S} UTC"
