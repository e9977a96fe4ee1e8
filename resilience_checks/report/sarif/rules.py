"""Policies as SARIF rules: what they are about, how to mend what they find, and how grave it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome, Severity
from resilience_checks.report.text import one_line, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Fixed, PolicySummary, Report

MAX_DESCRIPTION = 1024
MAX_TAGS = 20
UNKNOWN, ADVISORY = "/unknown", "/advisory"
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""Within the ranges that GitHub shows as critical, high, medium and low."""
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
_FENCE = "```"
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")
_BEFORE = {UNKNOWN: "Not known: ", ADVISORY: "Not enforced: ", "": ""}


def policy_rule(policy: str) -> str:
    """Return the id of a policy's own rule."""
    return one_line(policy) or "policy"


def rule_of(result: Result) -> str:
    """Return the id of the rule that a result belongs to.

    GitHub takes the severity of an alert from its rule. What is not known, and what is not enforced, has therefore
    a rule of its own beside the policy's, which claims none.
    """
    policy = policy_rule(result.policy)
    if result.outcome is Outcome.UNKNOWN:
        return policy + UNKNOWN
    return policy + ADVISORY if result.advisory and result.outcome is Outcome.VIOLATION else policy


def rules(report: Report, results: Iterable[Result], fixed: Iterable[Fixed] = ()) -> list[dict[str, Any]]:
    """Return a rule for every policy that was evaluated, and for every one that results or fixed findings need."""
    named = [*report.policies, *(item.policy for item in fixed)]
    found: dict[str, list[Result]] = {policy_rule(name): [] for name in named}
    for result in results:
        found.setdefault(rule_of(result), []).append(result)
    return [_rule(report, name, of) for name, of in sorted(found.items())]


def _rule(report: Report, name: str, results: Sequence[Result]) -> dict[str, Any]:
    kind = next((kind for kind in (UNKNOWN, ADVISORY) if name.endswith(kind) and results), "")
    policy = results[0].policy if results else name
    details = report.policy_details.get(policy)
    title = safe(report.policies.get(policy) or (results[0].title if results else "")).strip() or name
    severities = [result.severity for result in results] or ([details.severity] if details else [Severity.MEDIUM])
    worst = max(severities, key=lambda severity: severity.rank)
    level = "note" if kind else LEVELS[worst]
    description = safe(details.description if details else "").strip() or title
    scored = {} if kind else {"security-severity": _SCORES[worst]}
    return {
        "id": name,
        **_friendly(name),
        "shortDescription": {"text": f"{_BEFORE[kind]}{title}"},
        "fullDescription": {"text": _cut(description, MAX_DESCRIPTION)},
        "help": {"text": _help(policy, description, details), "markdown": _page(policy, description, details)},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": _tags(details, secure=not kind),
            "precision": "high",
            "problem.severity": _PROBLEMS[level],
            **scored,
        },
    }


def _friendly(name: str) -> dict[str, str]:
    """Return the name in the one-word form that readers of SARIF expect, where it gives one."""
    words = re.split(r"[-_/. ]+", name)
    whole = all(re.fullmatch(r"[A-Za-z0-9]+", word) for word in words) and name[0].isalpha()
    return {"name": "".join(word[0].upper() + word[1:] for word in words)} if whole else {}


def _help(policy: str, description: str, details: PolicySummary | None) -> str:
    parts = [description]
    if details is not None and details.remediation:
        parts.append(f"What to change: {safe(details.remediation)}")
    if details is not None and details.controls:
        parts.append("\n".join(["Gives evidence for:", *(f"- {text}" for text in _standards(details))]))
    parts.append(f"All of it: resilience-checks policies show {one_line(policy)}")
    return "\n\n".join(parts)


def _page(policy: str, description: str, details: PolicySummary | None) -> str:
    if details is None or not details.page.strip():
        return _help(policy, description, details)
    return safe(_unlinked(details.page))


def _standards(details: PolicySummary) -> list[str]:
    return [
        f"{one_line(control)}: {one_line(title)}" if title else one_line(control)
        for control, title in details.controls.items()
    ]


def _tags(details: PolicySummary | None, *, secure: bool) -> list[str]:
    """Return what a rule is filed under; the help names the controls that find no room here."""
    controls = [one_line(name) for name in details.controls if name] if details is not None else []
    return list(dict.fromkeys([*(["security"] if secure else []), "resilience", *controls]))[:MAX_TAGS]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _unlinked(page: str) -> str:
    """Return a page without links to files beside it, which lead nowhere from another site; code stays as it is.

    >>> _unlinked("[a](../a/README.md), [b](https://b.example) ```x[0](y)```")
    'a, [b](https://b.example) ```x[0](y)```'
    """
    parts = page.split(_FENCE)
    return _FENCE.join(part if number % 2 else _LINK.sub(r"\1", part) for number, part in enumerate(parts))
