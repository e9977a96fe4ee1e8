"""GitHub workflow commands: an annotation on the line at fault, and a summary of the job.

Escaping follows actions/toolkit, packages/core/src/command.ts; the limits are those of actions/runner,
ExecutionContext.cs: ten annotations of a type for each step, 4096 characters a message, the rest dropped.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from resilience_checks.gate.verdict import blocks
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.terminal import order
from resilience_checks.report.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.report.interface import Report

MAX_ANNOTATIONS = 10
MAX_MESSAGE = 4096
MAX_SUMMARY = 1 << 20
_CUT = "\n[cut: the whole text is in the report]"


class Github:
    """Renders annotations; `readable` is shown below them, fenced so that nothing in it is a command."""

    def __init__(self, readable: str = "") -> None:
        """Keep the readable form of the same report."""
        self._readable = readable

    def render(self, report: Report) -> str:
        """Return the commands, the most severe first, at most ten of a type."""
        fail_on = Severity(report.fail_on) if report.fail_on != "never" else None
        errors = [
            command(
                "error",
                failure.what + _paragraphs(failure.why, failure.remedy),
                failure.location,
                "could not be evaluated",
            )
            for failure in report.failures
        ]
        warnings: list[str] = []
        for result in sorted(report.results, key=order):
            if result.outcome in {Outcome.VIOLATION, Outcome.ERROR, Outcome.UNKNOWN}:
                kind = "error" if blocks(result, fail_on) else "warning"
                (errors if kind == "error" else warnings).append(
                    command(kind, _message(result), result.location, f"{result.title} [{result.policy}]")
                )
        lines = [*_limited("error", errors), *_limited("warning", warnings)]
        if self._readable:
            lines += fenced(self._readable)
        return "\n".join(lines) + "\n"


def command(kind: str, message: str, location: Location | None, title: str) -> str:
    r"""Return one workflow command.

    >>> command("error", "50% of a\nb", None, "x: y")
    '::error title=x%3A y::50%25 of a%0Ab'
    """
    properties: dict[str, str] = {}
    if location is not None:
        properties = {"file": location.path, "line": str(location.line), "endLine": str(location.line)}
        if location.column is not None:
            properties["col"] = str(location.column)
    properties["title"] = title
    listed = ",".join(f"{key}={_property(safe(value))}" for key, value in properties.items() if value)
    text = safe(message)
    if len(_data(text)) > MAX_MESSAGE:
        while len(_data(text)) > MAX_MESSAGE - len(_data(_CUT)):
            text = text[: -max(1, (len(_data(text)) - MAX_MESSAGE + len(_data(_CUT))) // 3)]
        text += _CUT
    return f"::{kind} {listed}::{_data(text)}"


def fenced(text: str, token: str | None = None) -> list[str]:
    """Return the text between commands that stop all commands, until a token that nobody can guess."""
    token = token or secrets.token_hex(16)
    return [f"::stop-commands::{token}", *text.splitlines(), f"::{token}::"]


def summary(report: Report) -> str:
    """Return the job summary in Markdown, below the size above which the runner refuses it whole."""
    rows = [f"**resilience-checks: {_markdown(report.verdict.words)}**", ""]
    shown = [
        result
        for result in sorted(report.results, key=order)
        if result.outcome in {Outcome.VIOLATION, Outcome.UNKNOWN, Outcome.ERROR}
    ]
    if shown:
        rows += ["| outcome | severity | policy | what | where |", "|---|---|---|---|---|"]
        rows += [
            f"| {result.outcome} | {result.severity} | {result.policy} | {_markdown(result.message)} | {_markdown(str(result.location or ''))} |"
            for result in shown
        ]
    rows += [
        f"- error: {_markdown(failure.what)} ({_markdown(str(failure.location or ''))})" for failure in report.failures
    ]
    text = "\n".join(rows) + "\n"
    encoded = text.encode()
    return text if len(encoded) < MAX_SUMMARY else encoded[: MAX_SUMMARY - 100].decode(errors="ignore") + "\n\n(cut)\n"


def write_summary(report: Report, environment: Mapping[str, str]) -> None:
    """Append the job summary where the runner asks for it."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if path:
        from pathlib import Path

        with Path(path).open("a", encoding="utf-8") as file:
            file.write(summary(report))


def _message(result: Result) -> str:
    lost = f"Lost: {', '.join(result.services)}" if len(result.services) > 1 else ""
    why = "\n".join(f"- {step.text}{f' ({step.location})' if step.location else ''}" for step in result.chain)
    hangs = "\n".join(f"- {text}" for text in result.depends_on)
    return result.message + _paragraphs(
        lost,
        f"Why:\n{why}" if why else "",
        f"Hangs on:\n{hangs}" if hangs else "",
        f"Fix: {result.remediation}" if result.remediation else "",
    )


def _paragraphs(*parts: str) -> str:
    return "".join(f"\n\n{part}" for part in parts if part)


def _limited(kind: str, commands: Sequence[str]) -> list[str]:
    if len(commands) <= MAX_ANNOTATIONS:
        return list(commands)
    left = len(commands) - MAX_ANNOTATIONS + 1
    more = command(
        kind,
        f"{left} more of this kind: they are in the log of this step, in the job summary and in the JSON report",
        None,
        "more findings",
    )
    return [*commands[: MAX_ANNOTATIONS - 1], more]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _markdown(text: str) -> str:
    """Return text of unknown origin as Markdown that shows it as it is."""
    shown = safe(text).replace("\n", " ")
    for mark in "\\`*_{}[]<>()#+!|~&@":
        shown = shown.replace(mark, f"&#{ord(mark)};") if mark in "<>&|@`" else shown.replace(mark, f"\\{mark}")
    return shown
