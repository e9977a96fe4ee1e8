"""Builds what is declared of policies and stacks, from data that has already been found valid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.result import Severity
from resilience_checks.topology import declared_settings
from resilience_checks.topology.declaration_means import day
from resilience_checks.topology.declared_paths import OwnPath
from resilience_checks.topology.selectors import Glob

if TYPE_CHECKING:
    from resilience_checks.topology.declaration_at import At


def policies(at: At) -> declared_settings.PolicySettings:
    """Return what is set for one policy: the first of its settings, with the others in `also`."""
    first, *others = (_policy(item, at.id) for item in at)
    return replace(first, also=tuple(others))


def policy_set(at: At) -> declared_settings.PolicySet | None:
    """Return the set of policies that is chosen, None where none is."""
    return None if at.value is None else declared_settings.PolicySet(str(at.value), at.location)


def own(at: At) -> tuple[OwnPath, ...]:
    """Return the paths of what the file brings of its own, each with the line that names it."""
    return tuple(OwnPath(at.id, str(item.value), item.location) for item in at)


def _policy(at: At, name: str) -> declared_settings.PolicySettings:
    severity, on_unknown, parameters = at["severity"].value, at["on_unknown"].value, at["parameters"]
    return declared_settings.PolicySettings(
        id=name,
        location=at.location,
        enabled=at["enabled"].value,
        severity=None if severity is None else Severity(severity),
        on_unknown=None if on_unknown is None else declared_settings.OnUnknown(on_unknown),
        parameters=parameters.value or {},
        fail_on=at["fail_on"].value or "",
        enforce_from=day(at["enforce_from"]),
        stacks=tuple(map(_stack_glob, at["stacks"])),
        tiers=tuple(int(item.value) for item in at["tiers"]),
        at=at.lines,
        parameters_at={} if parameters.value is None else parameters.lines,
    )


def stacks(at: At) -> declared_settings.Stacks:
    """Return how strictly stacks are gated."""
    if at.value is None:
        return declared_settings.Stacks()
    globs = {key: tuple(map(_stack_glob, at[key])) for key in at.value if key != "fail_on"}
    thresholds = tuple((one.id, _stack_glob(item)) for one in at["fail_on"].members() for item in one)
    return declared_settings.Stacks(**globs, fail_on=thresholds, at=at.lines)


def _stack_glob(at: At) -> declared_settings.StackGlob:
    return declared_settings.StackGlob(Glob(str(at.value)), at.location)
