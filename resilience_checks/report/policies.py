"""The library of policies as a list: what there is, and how it is set here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from resilience_checks.report.tables import hanging
from resilience_checks.report.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.policy.pack import Policy
    from resilience_checks.policy.settings import Settings
    from resilience_checks.topology.declared_settings import PolicySettings

VERSION = "resilience-policies/v1"


@dataclass(frozen=True)
class Listing:
    """Policies, how they are set, and the resilience.yaml that says so."""

    policies: Sequence[Policy]
    settings: Mapping[str, Settings]
    file: str | None

    def text(self, width: int) -> str:
        """Return the list by area, each policy with what is set of it."""
        return "".join(f"{line}\n" for line in self._lines(width))

    def data(self) -> dict[str, Any]:
        """Return the same as JSON values, held by policies.schema.json."""
        return {
            "schema": VERSION,
            "file": self.file,
            "policies": [entry(policy, self.settings[policy.id]) for policy in self.policies],
        }

    def _lines(self, width: int) -> Iterator[str]:
        longest = max(len(policy.id) for policy in self.policies)
        for area, group in groupby(sorted(self.policies, key=lambda one: (one.area, one.id)), lambda one: one.area):
            yield one_line(area)
            for policy in group:
                yield from hanging(f"  {policy.id:<{longest}}  {policy.severity:<8}  ", policy.title, width)
                for words in differences(policy, self.settings[policy.id]):
                    yield from hanging(f"  {'':<{longest}}  {'set:':<8}  ", words, width)
            yield ""
        changed = sum(bool([*differences(policy, self.settings[policy.id])]) for policy in self.policies)
        where = f"{one_line(self.file)} sets {changed or 'none'} of them" if self.file else "no resilience.yaml here"
        yield f"{counted(len(self.policies), 'policy', 'policies')}; {where}"
        yield "`resilience-checks policies show ID` shows the page of one"


def differences(policy: Policy, settings: Settings) -> Iterator[str]:
    """Yield in words what is set otherwise than the policy itself says."""
    if not settings.enabled:
        yield "off"
        return
    yield from (f"off for {whom}" for whom in settings.off)
    if settings.severity != policy.severity:
        yield f"severity {settings.severity}"
    if settings.on_unknown != policy.on_unknown:
        yield f"unknown: {unknowns(settings.on_unknown)}"
    for name, value in settings.parameters.items():
        if value != policy.defaults.get(name):
            yield f"{name}: {_plain(value)}"
    if settings.enforce_from is not None:
        yield f"enforced from {settings.enforce_from.isoformat()} on"
    if settings.newer_than is not None:
        yield f"newer than policy set {settings.newer_than.name}: blocks nothing"
    for item in settings.scoped:
        yield from _scoped(item)


def unknowns(chosen: Mapping[str, str]) -> str:
    """Return what an unknown outcome does.

    >>> unknowns({}), unknowns({"default": "warn", "tier1": "fail"}), unknowns({"default": "ignore"})
    ('warns', 'warns; blocks on tier 1', 'is passed over')
    """
    words = {"fail": "blocks", "warn": "warns", "ignore": "is passed over"}
    default = words[chosen.get("default", "warn")]
    return f"{default}; {words[chosen['tier1']]} on tier 1" if "tier1" in chosen else default


def entry(policy: Policy, settings: Settings) -> dict[str, Any]:
    """Return one policy and how it is set, as JSON values."""
    return {
        "id": policy.id,
        "title": policy.title,
        "area": policy.area,
        "severity": str(policy.severity),
        "since": policy.since,
        "set": {
            "enabled": settings.enabled,
            "off_for": [whom for whom in settings.off if whom],
            "severity": str(settings.severity),
            "on_unknown": dict(settings.on_unknown),
            "parameters": dict(settings.parameters),
            "enforce_from": settings.enforce_from.isoformat() if settings.enforce_from else None,
            "newer_than": settings.newer_than.name if settings.newer_than else None,
            "differs": [*differences(policy, settings)],
        },
    }


def _scoped(item: PolicySettings) -> Iterator[str]:
    parts = [f"severity {item.severity}"] if item.severity else []
    parts += [f"unknown: {unknowns({'default': str(item.on_unknown)})}"] if item.on_unknown else []
    parts += [f"enforced from {item.enforce_from.isoformat()} on"] if item.enforce_from else []
    parts += [f"{name}: {_plain(value)}" for name, value in item.parameters.items()]
    if parts:
        yield f"for {item.scope}: {', '.join(parts)}"


def _plain(value: object) -> str:
    from resilience_checks.policy.pages import shown

    return shown(value)
