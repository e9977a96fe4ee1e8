"""The page of one policy at a terminal: from its METADATA, and the README.md beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.policy import pages
from resilience_checks.report.policies import differences, entry, unknowns
from resilience_checks.report.tables import hanging
from resilience_checks.report.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.policy.pack import Policy
    from resilience_checks.policy.settings import Settings

VERSION = "resilience-policy/v1"
_LABEL = 12
_FAULTS = {"outage": "outage", "bad-change": "bad change"}
_TOLD = {"faults", "kinds", "roles", "order", "horizon", "within_rpo", "except_kinds", "except_roles", "members"}
_MEMBERS = {"alone": ", by what it hits of these alone", "needed": ", and not by what else it hits"}


@dataclass(frozen=True)
class PolicyPage:
    """One policy, how it is set and by which file, the titles of controls, and the text of its README.md."""

    policy: Policy
    settings: Settings
    file: str | None
    titles: Mapping[str, str]
    readme: str

    def text(self, width: int) -> str:
        """Return the page, its lines wrapped at the width where they are no code."""
        return safe("".join(f"{line}\n".replace(" \n", "\n") for line in self._lines(width)))

    def data(self) -> dict[str, Any]:
        """Return the same as JSON values, held by policy.schema.json."""
        policy = self.policy
        return {
            "schema": VERSION,
            "file": self.file,
            **entry(policy, self.settings),
            "description": policy.description,
            "remediation": policy.remediation,
            "waivable": policy.waivable,
            "on_unknown": dict(policy.on_unknown),
            "parameters": dict(policy.parameters),
            "questions": {name: dict(item) for name, item in policy.questions.items()},
            "reads": list(policy.reads),
            "controls": [{"id": control, "title": self.titles.get(control, "")} for control in policy.controls],
            "package": policy.package,
            "path": policy.path,
            "page": self.readme,
        }

    def _lines(self, width: int) -> Iterator[str]:
        policy = self.policy
        yield from hanging("", f"{policy.id}: {policy.title}", width)
        yield ""
        yield from hanging("  ", policy.description, width)
        yield ""
        waivable = "can be waived" if policy.waivable else "cannot be waived"
        yield from self._field("severity", f"{policy.severity}; {waivable}", width)
        yield from self._field("area", f"{policy.area}; in policy sets from {policy.since} on", width)
        yield from self._field("unknown", f"what is not known {unknowns(policy.on_unknown)}", width)
        yield from self._field("fix", policy.remediation, width)
        listed = {
            "asks": [f"{name}: {question(item)}" for name, item in policy.questions.items()],
            "reads": list(policy.reads),
            "standards": [f"{one}: {self.titles.get(one, 'no title is known')}" for one in policy.controls],
            "parameters": [
                f"{name}: {meaning} ({allowed}; default: {default})"
                for name, allowed, default, meaning in pages.parameters(policy)
            ],
            "set here": [*differences(policy, self.settings)],
        }
        for name, texts in listed.items():
            for number, text in enumerate(texts):
                yield from self._field("" if number else name, text, width)
        yield from self._field("stands in", policy.path, width)
        yield from self._setting()
        yield from _page(self.readme, width)

    @staticmethod
    def _field(name: str, value: str, width: int) -> Iterator[str]:
        if value:
            yield from hanging(f"  {name:<{_LABEL}}", value, width)

    def _setting(self) -> Iterator[str]:
        """Yield how the policy is set in resilience.yaml, with its own values."""
        yield ""
        yield "In resilience.yaml, as it is without being set"
        yield ""
        yield "    policies:"
        yield f"      {self.policy.id}:"
        yield f"        severity: {self.policy.severity}"
        if "tier1" not in self.policy.on_unknown:
            yield f"        on_unknown: {self.policy.on_unknown.get('default', 'warn')}"
        if self.policy.defaults:
            yield "        parameters:"
            yield from (f"          {name}: {_yaml(value)}" for name, value in self.policy.defaults.items())


def question(item: Mapping[str, Any]) -> str:
    """Return in words what a policy asks the analysis.

    >>> question({"faults": ["outage"], "kinds": ["site"], "horizon": "rto", "within_rpo": True})
    'survives any 1 outage of a site, within RTO and RPO'
    >>> question({"faults": ["outage", "bad-change"], "roles": ["firewall"], "order": {"parameter": "order"}})
    'survives any `order` outages or bad changes of anything that hits a firewall, at once'
    """
    order = item.get("order", 1)
    faults = " or ".join(f"{_FAULTS.get(fault, fault)}{'' if order == 1 else 's'}" for fault in item["faults"])
    kinds = _one_of(item["kinds"]) if item.get("kinds") else "anything"
    kinds += f" but {_listed(item['except_kinds'])}" if item.get("except_kinds") else ""
    hits = f" that hits a {_listed(item['roles'])}" if item.get("roles") else ""
    hits += f" that hits more than {_listed(item['except_roles'])}" if item.get("except_roles") else ""
    hits += _MEMBERS.get(item.get("members", "any"), "")
    horizon = item.get("horizon", "instant")
    words = {"instant": "at once", "rto": "within RTO"}
    when = words.get(horizon, "") if isinstance(horizon, str) else f"within `{horizon['parameter']}`"
    more = "".join(f"; {key}: {pages.shown(value)}" for key, value in item.items() if key not in _TOLD)
    rpo = " and RPO" if item.get("within_rpo") else ""
    return f"survives any {_value(order)} {faults} of {kinds}{hits}, {when}{rpo}{more}"


def _value(value: object) -> str:
    return f"`{value['parameter']}`" if isinstance(value, dict) else str(value)


def _one_of(kinds: Any) -> str:
    return f"`{kinds['parameter']}`" if isinstance(kinds, dict) else f"a {_listed(kinds)}"


def _listed(names: Any) -> str:
    if isinstance(names, dict):
        return f"`{names['parameter']}`"
    plain = [name.replace("-", " ") for name in names]
    return " or ".join([", ".join(plain[:-1]), plain[-1]]) if len(plain) > 1 else plain[0]


def _yaml(value: object) -> str:
    return f"[{', '.join(str(item) for item in value)}]" if isinstance(value, list) else pages.shown(value)


def _page(readme: str, width: int) -> Iterator[str]:
    """Yield the README.md without its title and what METADATA has told already; code stays as it is."""
    text = re.sub(r"\A# .*\n", "", readme)
    text = re.sub(r"^## (?:Parameters|Standards)\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    for block in re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL):
        if block.startswith("```"):
            yield ""
            yield from (f"    {line}" for line in block.split("\n")[1:-1])
        else:
            yield from _prose(block, width)


def _prose(block: str, width: int) -> Iterator[str]:
    for part in re.split(r"\n{2,}", block.strip("\n")):
        plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", part.strip()).replace("**", "")
        yield ""
        if plain.startswith("## "):
            yield plain[3:]
        elif plain.startswith("|"):
            yield from (f"  {line}" for line in plain.split("\n"))
        else:
            for item in re.split(r"\n(?=- )", plain):
                first, rest = ("  - ", item[2:]) if item.startswith("- ") else ("  ", item)
                yield from hanging(first, " ".join(rest.split()), width) if rest else ()
