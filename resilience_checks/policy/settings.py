"""How each policy is set: enabled, severity, what an unknown does, and its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.policy.pack import Pack, Policy
    from resilience_checks.topology.declared_settings import PolicySettings

_TIER1 = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """One policy as it is set for this check."""

    enabled: bool
    severity: Severity
    on_unknown: Mapping[str, str]
    parameters: Mapping[str, Any]

    def unknown_blocks(self, tier: int | None) -> bool:
        """Return whether an unknown about a service of this tier stops a change."""
        default = self.on_unknown.get("default", "warn")
        chosen = self.on_unknown.get("tier1", default) if tier == _TIER1 else default
        return chosen == "fail"


def settings(pack: Pack, declared: Mapping[str, PolicySettings]) -> dict[str, Settings]:
    """Return the settings of every policy; raise UsageError at the line of one that does not exist or does not fit."""
    known = {policy.id: policy for policy in pack.policies}
    for name, item in declared.items():
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the policies are {', '.join(known)}"
            raise UsageError(
                f"there is no policy {name!r}",
                location=item.location,
                why="what is set here would have no effect",
                remedy=hint,
            )
    return {name: _settings(policy, declared.get(name)) for name, policy in known.items()}


def _settings(policy: Policy, declared: PolicySettings | None) -> Settings:
    if declared is None:
        return Settings(
            enabled=True, severity=policy.severity, on_unknown=policy.on_unknown, parameters=policy.defaults
        )
    parameters = {**policy.defaults, **declared.parameters}
    _hold(policy, declared, parameters)
    chosen = {"default": str(declared.on_unknown)} if declared.on_unknown else policy.on_unknown
    return Settings(
        enabled=declared.enabled is not False,
        severity=Severity(declared.severity) if declared.severity else policy.severity,
        on_unknown=chosen,
        parameters=parameters,
    )


def _hold(policy: Policy, declared: PolicySettings, parameters: Mapping[str, Any]) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(policy.parameters).iter_errors(dict(parameters)))
    if error is None:
        return
    place = ".".join(str(item) for item in error.absolute_path)
    location = declared.at.get("parameters", declared.location)
    what = f"parameters{'.' if place else ''}{place} of {policy.id}: {error.message}"
    raise UsageError(
        what,
        location=location,
        why="the policy cannot be evaluated with it",
        remedy=f"its parameters are {', '.join(policy.parameters.get('properties', {})) or 'none'}",
    )
