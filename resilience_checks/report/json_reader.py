"""Reads `resilience-report/v1` JSON back: what every other format, and a later run, can start from."""

from __future__ import annotations

import json
from datetime import date, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

from resilience_checks.gate.verdict import ExitCode, Verdict
from resilience_checks.model.graph import Capabilities, SkippedCallback
from resilience_checks.model.json_text import load
from resilience_checks.model.location import Location, Related
from resilience_checks.model.question import Step
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.model.schema_fault import fault
from resilience_checks.model.waiver import Waiver
from resilience_checks.report.interface import (
    VERSION,
    Failure,
    Fixed,
    Override,
    PolicySummary,
    Remark,
    Report,
    Run,
    ServiceSummary,
    StackSummary,
    WaiverUse,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    Data = Mapping[str, Any]


_LONGEST = 300


def read(text: str) -> Report:
    """Return the report that `JsonReport` rendered; raise ValueError where the text is no report of this version."""
    data = load(text)
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError(f"expected a report of version {VERSION}")
    _hold(data)
    datetime.fromisoformat(data["started"])
    results = tuple(_result(item) for item in data["results"])
    blocking = tuple(result for result, item in zip(results, data["results"], strict=True) if item["blocks"])
    end = data["verdict"]
    return Report(
        tool=data["tool"]["version"],
        started=data["started"],
        engine=data["engine"],
        fail_on=end["fail_on"],
        results=results,
        verdict=Verdict(ExitCode(end["exit_code"]), blocking, end["words"], _code(end["overridden"])),
        stacks=tuple(_stack(item) for item in data["stacks"]),
        left_out=tuple(data["left_out"]),
        unaffected=tuple(data["unaffected"]),
        services=tuple(_service(item) for item in data["services"]),
        policies=data["policies"],
        policy_details={
            name: PolicySummary(**{**item, "severity": Severity(item["severity"])})
            for name, item in data["policy_details"].items()
        },
        disabled=tuple(data["disabled"]),
        not_enforced=data["not_enforced"],
        known_types=data["coverage"]["known"],
        unknown_types=data["coverage"]["unknown"],
        inputs=data["inputs"],
        contradictions=tuple(_remark(item) for item in data["contradictions"]),
        circles=tuple(_remark(item) for item in data["circles"]),
        assumptions=tuple(_remark(item) for item in data["assumptions"]),
        failures=tuple(Failure(**{**item, "location": _place(item["location"])}) for item in data["failures"]),
        timings=data["timings"],
        waivers=tuple(_waiver_use(item) for item in data["waivers"]),
        compared_with=data["compared_with"],
        fixed=tuple(Fixed(**{**item, "severity": Severity(item["severity"])}) for item in data["fixed"]),
        settings_from=data["settings_from"],
        declared_here=tuple(_remark(item) for item in data["declared_here"]),
        override=None if data["override"] is None else Override(**data["override"]),
        run=None if data["run"] is None else Run(**data["run"]),
        options=data.get("options"),
        audit=tuple(data["audit"]),
    )


def _hold(data: Data) -> None:
    """Raise ValueError at what no report has: every form of it takes what is read here at its word."""
    text = resources.files("resilience_checks.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    error = fault(json.loads(text), data)
    if error is not None:
        named = "/".join(str(item) for item in error.absolute_path) or "the top"
        raise ValueError(f"at {named}: {error.message[:_LONGEST]}")


def _result(item: Data) -> Result:
    return Result(
        policy=item["policy"],
        outcome=Outcome(item["outcome"]),
        severity=Severity(item["severity"]),
        target=item["target"],
        title=item["title"],
        message=item["message"],
        location=_place(item["location"]),
        related=tuple(Related(related["label"], _at(related["location"])) for related in item["related"]),
        services=tuple(item["services"]),
        cause=tuple(item["cause"]),
        chain=tuple(Step(step["text"], _place(step["location"]), step.get("source")) for step in item["chain"]),
        remediation=item["remediation"],
        depends_on=tuple(item["depends_on"]),
        assumed=tuple(item["assumed"]),
        evidence=item["evidence"],
        blocks_when_unknown=item["blocks_when_unknown"],
        advisory=tuple(item["advisory_because"]),
        waiver=None if item["waiver"] is None else _waiver(item["waiver"]),
        fail_on=item["fail_on"],
        known=item["known"],
    )


def _service(item: Data) -> ServiceSummary:
    return ServiceSummary(**{**item, "location": _place(item["location"]), "stacks": tuple(item["stacks"])})


def _stack(item: Data) -> StackSummary:
    return StackSummary(
        name=item["name"],
        source=item["source"],
        digest=item["digest"],
        resources=item["resources"],
        capabilities=Capabilities(**item["capabilities"]),
        notes=tuple(item["notes"]),
        location=_place(item["location"]),
        skipped=tuple(SkippedCallback(_place(skipped["location"]), skipped["name"]) for skipped in item["skipped"]),
    )


def _waiver(item: Data) -> Waiver:
    days = {name: date.fromisoformat(item[name]) for name in ("created", "expires")}
    only = tuple(item["fingerprints"])
    return Waiver(**{**item, **days, "location": _at(item["location"]), "fingerprints": only})


def _waiver_use(item: Data) -> WaiverUse:
    return WaiverUse(_waiver(item["waiver"]), item["state"], tuple(item["fingerprints"]), item["why"])


def _code(number: int | None) -> ExitCode | None:
    return None if number is None else ExitCode(number)


def _remark(item: Data) -> Remark:
    return Remark(item["text"], tuple(_at(place) for place in item["locations"]))


def _place(item: Data | None) -> Location | None:
    return None if item is None else _at(item)


def _at(item: Data) -> Location:
    """Return a place; JSON has no whole numbers, so `3.0` and `1e9` are lines to its schema."""
    column = item.get("column")
    return Location(item["path"], int(item["line"]), None if column is None else int(column))
