"""The failure domains of the worst findings and the services that each loses, as a Mermaid flowchart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.findings import findings, loses
from resilience_checks.report.text import one_line
from resilience_checks.report.words import thing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.report.interface import Report

_FAULTS = frozenset(map(str, FaultKind))
_MAX_DOMAINS, _MAX_SERVICES, _MAX_LABEL = 6, 8, 60
_COLORS = {
    Severity.CRITICAL: "fill:#b42318,color:#fff,stroke:#7a1610",
    Severity.HIGH: "fill:#d9480f,color:#fff,stroke:#8f2f0a",
    Severity.MEDIUM: "fill:#fab005,color:#222,stroke:#a87600",
    Severity.LOW: "fill:#74c0fc,color:#222,stroke:#1864ab",
}


@dataclass
class _Domain:
    """A failure domain that loses services alone, with the worst severity that a finding gives it."""

    severity: Severity
    services: dict[str, None]


def flowchart(report: Report) -> str:
    """Return the chart, empty where no finding that counts has a cause that loses services.

    Only findings that are neither waived nor known are drawn: those that a reader of the change has to act on.
    """
    domains, left = _domains(report)
    if not domains:
        return ""
    lines = ["flowchart LR"]
    numbers: dict[str, str] = {}
    for number, (name, domain) in enumerate(domains.items()):
        lines.append(f'  d{number}["{_label(name)}"]:::{domain.severity}')
        names = [*domain.services]
        for service in names[:_MAX_SERVICES]:
            known = numbers.get(service)
            numbers.setdefault(service, f"s{len(numbers)}")
            shown = "" if known else f'(["{_label(service)}"])'
            lines.append(f"  d{number} -- loses --> {numbers[service]}{shown}")
        if len(names) > _MAX_SERVICES:
            lines.append(f'  d{number} -- loses --> m{number}(["{len(names) - _MAX_SERVICES} more"])')
    if left:
        lines.append(f'  left["{left} more failure domains"]')
    used = dict.fromkeys(domain.severity for domain in domains.values())
    lines += [f"  classDef {severity} {_COLORS[severity]}" for severity in used]
    return "".join(f"{line}\n" for line in lines)


def _domains(report: Report) -> tuple[dict[str, _Domain], int]:
    """Return the first few domains, the worst first, and how many there are besides."""
    found: dict[str, _Domain] = {}
    for group in findings(report):
        for result in group:
            if result.outcome is Outcome.VIOLATION and result.waiver is None and _fails(result) and loses(result):
                for name in [" and ".join(_causes(result.cause))] if result.services else []:
                    domain = found.setdefault(name, _Domain(result.severity, {}))
                    domain.services |= dict.fromkeys(result.services)
    return dict(list(found.items())[:_MAX_DOMAINS]), max(0, len(found) - _MAX_DOMAINS)


def _fails(result: Result) -> bool:
    """Return whether the cause is faults of failure domains, and not something else that a policy is about."""
    return bool(result.cause) and all(event.rpartition("/")[2] in _FAULTS for event in result.cause)


def _causes(events: tuple[str, ...]) -> Iterator[str]:
    """Yield what fails as a reader calls it: `management-plane:fmg.example/bad-change` is `management plane fmg.example`."""
    for event in dict.fromkeys(item.rpartition("/")[0] or item for item in events):
        kind, separator, name = event.partition(":")
        yield thing(kind, name) if separator else event


def _label(text: str) -> str:
    r"""Return text of unknown origin as the inside of a quoted label: all that Mermaid or HTML could read is an entity.

    >>> _label('a "b" <c>;')
    'a #34;b#34; #60;c#62;#59;'
    """
    shown = one_line(text)
    shown = shown if len(shown) <= _MAX_LABEL else f"{shown[: _MAX_LABEL - 1]}…"
    return "".join(char if char.isalnum() or char in " .,-…" else f"#{ord(char)};" for char in shown) or "-"
