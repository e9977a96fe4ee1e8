"""Runs a check anew with what its evidence says it was asked for, and holds the two reports against each other."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.evidence.asked import again, asked
from resilience_checks.model.errors import CheckError
from resilience_checks.report import json_reader
from resilience_checks.report.difference import between
from resilience_checks.report.json_report import as_data
from resilience_checks.report.repetition import Outcome, Repetition
from resilience_checks.sources.worktrees import pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from resilience_checks.evidence.statement import Statement
    from resilience_checks.options import Options
    from resilience_checks.report.interface import Report

_OF_A_RUN = ("run", "timings")
"""Parts of a report that tell of one run, and that no other can give again: where it ran, and how long it took."""


def repeated(
    stated: Statement,
    root: Path,
    apart: frozenset[Path],
    run: Callable[[Options], Report],
    opa_url: str | None = None,
    readable: Sequence[Path] = (),
) -> Repetition:
    """Return what comes out when `run` checks what stands under `root` as the evidence says it was asked for.

    Programs of the repository are run. `apart` are files that are no part of them, such as the evidence.
    """
    found = again(stated.report, root, opa_url, readable)
    if found.options is None:
        return _not(*found.lacking)
    options = replace(found.options, written=apart | _written(stated, root))
    try:
        before = json_reader.read(json.dumps(stated.report))
        with pinned(found.commits):
            after = run(options)
            after = replace(after, options=asked(options))
    except CheckError as error:
        return _not(f"nothing could be checked: {error.what}")
    except (ValueError, KeyError, TypeError) as error:
        return _not(f"the report in the evidence cannot be read: {error!r}")
    failed = {(one.subject, one.what) for one in after.failures} - {(one.subject, one.what) for one in before.failures}
    if failed:
        return _not(*(f"{subject or 'the check'} could not be evaluated: {what}" for subject, what in sorted(failed)))
    now = _values(after)
    parts = tuple(_different(stated.report, now))
    if not parts:
        return Repetition(Outcome.SAME)
    difference = between(before, after)
    told = {one.result.fingerprint for one in (*difference.new, *difference.fixed)}
    told |= {one.result.fingerprint for pair in (*difference.worse, *difference.better) for one in pair}
    return Repetition(Outcome.DIFFERENT, (), parts, tuple(_reworded(stated.report, now, told)), difference)


def _not(*why: str) -> Repetition:
    return Repetition(Outcome.NOT_REPRODUCED, why)


def _written(stated: Statement, root: Path) -> frozenset[Path]:
    """Return the files that the check itself wrote into programs' folders."""
    told = (name for one in stated.subjects for name in one.annotations.get("apart") or ())
    return frozenset((root / str(name)).resolve() for name in told)


def _values(report: Report) -> Mapping[str, Any]:
    """Return a report as it is read back from evidence."""
    found: Mapping[str, Any] = json.loads(json.dumps(as_data(report), allow_nan=False))
    return found


def _different(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parts of two reports that are not the same bytes of JSON, the order of their keys among them."""
    for name in dict.fromkeys((*before, *after)):
        here = name in before and name in after
        if name not in _OF_A_RUN and not (here and json.dumps(before[name]) == json.dumps(after[name])):
            yield name


def _reworded(before: Mapping[str, Any], after: Mapping[str, Any], apart: Collection[str]) -> Iterator[str]:
    """Yield policy and target of each result that stands in both reports with other content."""
    one, other = (_by_fingerprint(report["results"]) for report in (before, after))
    for fingerprint in one:
        if fingerprint not in apart and fingerprint in other and one[fingerprint] != other[fingerprint]:
            first = json.loads(one[fingerprint])[0]
            yield f"{first['policy']} of {first['target']}"


def _by_fingerprint(results: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the results of each fingerprint as JSON."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        found.setdefault(result["fingerprint"], []).append(result)
    return {fingerprint: json.dumps(of) for fingerprint, of in found.items()}
