"""The document: who assessed what and when, what was observed, and what that says of controls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from resilience_checks.report.oscal.controls import controls, finding, reviewed
from resilience_checks.report.oscal.observations import SYSTEM, TOOL, Observer, closed, component
from resilience_checks.report.oscal.words import address, filled, heading, identity, line, markdown, prop
from resilience_checks.report.summary import counts, coverage
from resilience_checks.report.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Report, ServiceSummary

VERSION = "1.2.1"


class Oscal:
    """Renders assessment results; the same report gives the same bytes."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the same in every style."""

    def render(self, report: Report) -> str:
        """Return the document as JSON."""
        check = identity(report.started, report.tool, *(f"{name}={of}" for name, of in sorted(report.inputs.items())))
        document = {
            "uuid": check,
            "metadata": _metadata(report),
            "import-ap": {"href": f"#{_plan(check)}"},
            "results": [_result(report, check)],
            "back-matter": {"resources": [*_resources(report, check)]},
        }
        text = json.dumps({"assessment-results": document}, indent=2, ensure_ascii=False, allow_nan=False)
        return inert(f"{text}\n")


def _metadata(report: Report) -> dict[str, Any]:
    run = report.run
    told = {"tool": "resilience-checks", "tool-version": report.tool, "engine": report.engine}
    if run is not None:
        told |= {"commit": run.commit, "branch": run.branch, "run": run.url, "actor": run.actor, "system": run.system}
    told |= {"compared-with": report.compared_with, "settings-from": report.settings_from}
    return {
        "title": "Resilience of Pulumi-defined estates, checked before deployment",
        "last-modified": report.started,
        "version": line(report.started),
        "oscal-version": VERSION,
        "props": [prop(name, value) for name, value in told.items() if value],
    }


def _result(report: Report, check: str) -> dict[str, Any]:
    observed = Observer(report, check).observed()
    of, instead = controls(report, observed), report.verdict.overridden
    risks = [one.risk for one in observed if one.risk is not None]
    known = {risk["uuid"] for risk in risks}
    gone = {risk["uuid"]: risk for risk in (closed(fixed, report.compared_with) for fixed in report.fixed)}
    return filled(
        uuid=identity(check, "result"),
        title="Resilience policies",
        description=markdown(f"{report.verdict.words}; {counts(report)}"),
        start=report.started,
        props=[
            prop("verdict", report.verdict.words),
            prop("exit-code", int(report.verdict.exit_code)),
            *([] if instead is None else [prop("overridden-exit-code", int(instead))]),
            prop("fail-on", report.fail_on),
            *(prop("stack", stack.name) for stack in report.stacks),
        ],
        local_definitions={"components": [*_components(report)]},
        reviewed_controls=reviewed(of),
        observations=[one.observation for one in observed],
        risks=[*risks, *(risk for name, risk in gone.items() if name not in known)],
        findings=[finding(control, report, check) for control in of if control.applies],
        remarks=markdown("\n\n".join(_limits(report))),
    )


def _components(report: Report) -> Iterator[dict[str, Any]]:
    """Yield the tool, the estate as a whole, and every service that a result is about."""
    yield {
        "uuid": TOOL,
        "type": "software",
        "title": "resilience-checks",
        "description": "Reads Pulumi programs before deployment, and finds which faults lose which services.",
        "props": [{"name": "version", "value": line(report.tool)}],
        "status": {"state": "operational"},
    }
    yield {
        "uuid": SYSTEM,
        "type": "this-system",
        "title": "The estate",
        "description": markdown(", ".join(stack.name for stack in report.stacks) or "no stack could be read"),
        "status": {"state": "under-development"},
    }
    services = {service.id: service for service in reversed(report.services)}
    named = dict.fromkeys([*services, *(name for result in report.results for name in result.services)])
    for name in named:
        yield _service(name, services.get(name))


def _service(name: str, service: ServiceSummary | None) -> dict[str, Any]:
    told = (
        {}
        if service is None
        else {"scope": service.scope, "tier": service.tier, "rto": service.rto, "rpo": service.rpo}
    )
    return filled(
        uuid=component(name),
        type="service",
        title=heading(name),
        description="A service that must be available; times are in seconds.",
        props=[prop(key, value) for key, value in told.items() if value is not None],
        status={"state": "under-development"},
    )


def _limits(report: Report) -> Iterator[str]:
    """Yield what a reader must know who takes the findings for all there is."""
    yield f"{coverage(report)}."
    if (override := report.override) is not None:
        yield f"Emergency override: {override.reason} ({override.actor or 'nobody named'}, {override.ticket or 'no ticket'})."
    for failure in report.failures:
        yield f"Not evaluated: {failure.subject or 'the check'}: {failure.what}. {failure.why}"
    if report.left_out:
        yield f"Stacks that were not selected: {', '.join(report.left_out)}."
    if report.unaffected:
        yield f"Stacks that the change does not affect, not checked: {', '.join(report.unaffected)}."
    if report.disabled:
        yield f"Disabled policies: {', '.join(report.disabled)}."
    yield from (f"{what}: {remark.text}" for what, remark in report.remarks)
    yield from (f"Assumed: {remark.text}" for remark in report.assumptions)


def _plan(check: str) -> str:
    return identity(check, "plan")


def _resources(report: Report, check: str) -> Iterator[dict[str, Any]]:
    """Yield what stands for the plan, which no document is, and every input with its digest."""
    policies = ", ".join(f"{name} ({title})" for name, title in sorted(report.policies.items()))
    yield {
        "uuid": _plan(check),
        "title": "What was assessed",
        "description": markdown(
            f"There is no assessment plan; each service was held to these policies: {policies or 'none'}"
        ),
    }
    for name, digest in sorted(report.inputs.items()):
        yield {
            "uuid": identity(check, "input", name),
            "title": heading(name),
            "rlinks": [{"href": address(name) or "#", "hashes": [{"algorithm": "SHA-256", "value": digest}]}],
        }
