"""How each policy is set: enabled, severity, what an unknown does, from when on it blocks, and its parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.result import Severity
from resilience_checks.model.schema_fault import fault
from resilience_checks.model.thresholds import strictest
from resilience_checks.policy.pack import FIRST_SET
from resilience_checks.topology.declared_settings import rank

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.policy.pack import Pack, Policy
    from resilience_checks.topology.declared_settings import PolicySet, PolicySettings

_TIER1 = 1
UNKNOWNS = ("ignore", "warn", "fail")
"""What an unknown does, the mildest first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One policy as it is set for this check.

    `enabled` says whether it is evaluated at all, `elsewhere` whether it is for what none of `scoped` is about.
    """

    enabled: bool
    severity: Severity
    on_unknown: Mapping[str, str]
    parameters: Mapping[str, Any]
    fail_on: tuple[str, ...] = ("",)
    """The mildest violation that blocks: the strictest of these, of which "" is what holds for the stack."""
    enforce_from: date | None = None
    newer_than: PolicySet | None = None
    """The pinned policy set that does not have it yet."""
    elsewhere: bool = True
    scoped: tuple[PolicySettings, ...] = ()
    sides: tuple[Settings, ...] = ()
    """Where it is the stricter of what is checked and what is trusted, and either has scopes of its own: both."""
    enforced_by: Settings | None = None
    """The other side of these, which may block already."""

    @property
    def off(self) -> tuple[str, ...]:
        """For what it is switched off: "" for everything, else words for stacks and tiers."""
        if self.sides:
            one, other = (side.off for side in self.sides)
            return one if other == ("",) else other if one == ("",) else tuple(each for each in one if each in other)
        if not self.enabled:
            return ("",)
        parts = tuple(item.scope for item in self.scoped if item.enabled is False)
        if self.elsewhere:
            return parts
        on = " and ".join(item.scope for item in self.scoped if item.enabled)
        return (f"everything but {on}", *parts)

    @property
    def varies(self) -> bool:
        """Whether its parameters may differ between services."""
        return bool(self.sides) or any(one.parameters for one in self.scoped)

    @property
    def thresholds_set(self) -> bool:
        """Whether anything is said of which violations block."""
        sides = any(side.thresholds_set for side in self.sides)
        return sides or self.fail_on != ("",) or any(one.fail_on for one in self.scoped)

    def within(self, tier: int | None, stacks: Collection[str]) -> Settings:
        """Return how it is set for what is of this tier and these stacks."""
        if self.sides:
            own, trusted = (side.within(tier, stacks) for side in self.sides)
            return stricter(own, trusted)
        if not self.scoped:
            return self
        found = replace(self, enabled=self.elsewhere, scoped=())
        for item in self.scoped:
            if item.holds_for(tier, stacks):
                found = _changed(found, item)
        return found

    def not_enforced(self, today: date) -> tuple[str, ...]:
        """Return why its findings block nothing yet, nothing where they may."""
        if self.enforced_by is not None and not self.enforced_by.not_enforced(today):
            return ()
        day, pinned = self.enforce_from, self.newer_than
        return (
            *((f"enforced from {day.isoformat()} on",) if day is not None and today < day else ()),
            *((f"newer than policy set {pinned.name} ({pinned.location})",) if pinned is not None else ()),
        )

    def unknown_blocks(self, tier: int | None) -> bool:
        """Return whether an unknown about a service of this tier stops a change."""
        return self.on_unknown_of(tier) == "fail"

    def threshold(self, stack: str) -> str:
        """Return the mildest violation that blocks where `stack` is what holds for the stack, "" if nobody says so."""
        return strictest(one or stack for one in self.fail_on)

    def on_unknown_of(self, tier: int | None) -> str:
        """Return what an unknown about a service of this tier does: fail, warn or ignore."""
        default = self.on_unknown.get("default", "warn")
        return self.on_unknown.get("tier1", default) if tier == _TIER1 else default


def settings(
    pack: Pack, declared: Mapping[str, PolicySettings], pinned: PolicySet | None = None
) -> dict[str, Settings]:
    """Return the settings of every policy; raise UsageError at the line of one that does not exist or does not fit."""
    _hold_set(pack, pinned)
    known = {policy.id: policy for policy in pack.policies}
    for name, item in declared.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the policies are {', '.join(known)}."
            raise UsageError(
                f"there is no policy {name!r}",
                location=item.location,
                why="what is set here would have no effect",
                remedy=f"{hint} A policy of your own is known where its folder is given with --policies.",
            )
    return {name: _settings(policy, declared.get(name), pinned) for name, policy in known.items()}


def stricter(own: Settings, trusted: Settings) -> Settings:
    """Return the stricter of what is checked and what is trusted, setting by setting.

    Of parameters nobody but the policy could say which are stricter: the trusted ones count. What is off on one side
    is as the other one has it.
    """
    if own == trusted:
        return trusted
    if own.scoped or trusted.scoped:
        whole = _stricter(*(replace(side, scoped=(), sides=()) for side in (own, trusted)))
        return replace(whole, sides=(own, trusted))
    return _stricter(own, trusted)


def _stricter(own: Settings, trusted: Settings) -> Settings:
    if not trusted.enabled or not own.enabled:
        return own if own.enabled else trusted
    first, other = sorted((trusted, own), key=lambda side: side.enforce_from or date.min)
    tiers = {"default": None, "tier1": _TIER1}
    return Settings(
        enabled=True,
        severity=max(own.severity, trusted.severity, key=lambda severity: severity.rank),
        on_unknown={
            key: max((own.on_unknown_of(tier), trusted.on_unknown_of(tier)), key=UNKNOWNS.index)
            for key, tier in tiers.items()
        },
        parameters=trusted.parameters,
        fail_on=tuple(sorted({*own.fail_on, *trusted.fail_on})),
        enforce_from=first.enforce_from,
        newer_than=first.newer_than,
        enforced_by=replace(other, enforced_by=None),
    )


def newest(pack: Pack) -> str:
    """Return the newest policy set that the pack knows."""
    return max((policy.since for policy in pack.policies), key=rank)


def _hold_set(pack: Pack, pinned: PolicySet | None) -> None:
    if pinned is None or rank(FIRST_SET) <= pinned.rank <= rank(newest(pack)):
        return
    raise UsageError(
        f"policy_set: there is no policy set {pinned.name}",
        location=pinned.location,
        why="it could not be told which policies it has",
        remedy=f"the sets that this version knows are {FIRST_SET} to {newest(pack)}",
    )


def _settings(policy: Policy, declared: PolicySettings | None, pinned: PolicySet | None) -> Settings:
    found = Settings(
        enabled=True,
        severity=policy.severity,
        on_unknown=policy.on_unknown,
        parameters=policy.defaults,
        newer_than=pinned if pinned is not None and rank(policy.since) > pinned.rank else None,
    )
    entries = () if declared is None else (declared, *declared.also)
    for item in entries:
        _hold(policy, item)
        if not item.scoped:
            found = _changed(found, item)
    scoped = tuple(item for item in entries if item.scoped)
    anywhere = found.enabled or any(item.enabled for item in scoped)
    return replace(found, enabled=anywhere, elsewhere=found.enabled, scoped=scoped)


def _changed(found: Settings, item: PolicySettings) -> Settings:
    """Return the settings with what is set here in place of what was."""
    return replace(
        found,
        enabled=found.enabled if item.enabled is None else item.enabled,
        severity=found.severity if item.severity is None else Severity(item.severity),
        on_unknown=found.on_unknown if item.on_unknown is None else {"default": str(item.on_unknown)},
        parameters={**found.parameters, **item.parameters},
        fail_on=(item.fail_on,) if item.fail_on else found.fail_on,
        enforce_from=found.enforce_from if item.enforce_from is None else item.enforce_from,
    )


def _hold(policy: Policy, declared: PolicySettings) -> None:
    parameters = {**policy.defaults, **declared.parameters}
    known = policy.parameters.get("properties", {})
    for name in declared.parameters:
        if name not in known and policy.parameters.get("additionalProperties") is False:
            near = get_close_matches(name, known, n=1)
            raise UsageError(
                f"{policy.id} has no parameter {name!r}",
                location=_place(declared, name),
                why="what is set here would have no effect",
                remedy=f"did you mean {near[0]}?" if near else f"its parameters are {', '.join(known) or 'none'}",
            )
    error = fault(policy.parameters, parameters)
    if error is None:
        return
    place = ".".join(str(item) for item in error.absolute_path)
    raise UsageError(
        f"parameters{'.' if place else ''}{place} of {policy.id}: {error.message}",
        location=_place(declared, place.partition(".")[0]),
        why="the policy cannot be evaluated with it",
        remedy=f"`resilience-checks policies show {policy.id}` tells what it may be",
    )


def _place(declared: PolicySettings, parameter: str) -> Location:
    """Return where the parameter is set, else where parameters are, else where the policy is."""
    return declared.parameters_at.get(parameter, declared.at.get("parameters", declared.location))
