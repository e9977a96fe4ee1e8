"""Reads resilience-waivers.yaml: who accepts what until when, every statement with its line."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.waiver import Waiver
from resilience_checks.topology import declaration_schema
from resilience_checks.topology.declaration_at import At
from resilience_checks.topology.declaration_problems import Problems, hint, listing, printable
from resilience_checks.topology.declaration_source import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from resilience_checks.model.location import Location

NAME = "resilience-waivers.yaml"
"""What the file is called, at the repository root."""
WHY = "nothing was checked: what somebody accepts must be beyond doubt"
_NOT_WRITTEN = "nothing was written: what somebody accepts must be beyond doubt"
_REMEDY = "correct these lines; docs/gate.md describes every key"


@dataclass(frozen=True, slots=True)
class Waivers:
    """All of one file: its waivers, how many days one may last (None: any), and its digest ("" without a file)."""

    path: str = NAME
    waivers: tuple[Waiver, ...] = ()
    longest: int | None = None
    longest_at: Location | None = None
    digest: str = ""
    policies_at: Mapping[int, Location] = field(default_factory=dict)
    """Where the policy of each waiver stands."""


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of resilience-waivers.yaml, as it is published for editors."""
    file = resources.files("resilience_checks.gate") / "waivers.schema.json"
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def parsed(content: bytes, name: str, today: date) -> Waivers:
    """Return the waivers of a file of this content; `name` is its path relative to the repository root.

    Raises UsageError with everything that is wrong in it, each with its line and column; nothing is used of such a file.
    """
    problems = Problems()
    source = read(content, name, problems)
    if source.values and not problems.found:
        declaration_schema.hold(source, problems, schema())
    if problems.found:
        raise problems.error(WHY, _REMEDY)
    top = At(source, (), source.data)
    items = list(top["waivers"])
    for item in items:
        _hold(item, today, problems)
    if problems.found:
        raise problems.error(WHY, _REMEDY)
    longest = top["longest"]
    return Waivers(
        name,
        tuple(_waiver(item) for item in items),
        None if longest.value is None else int(longest.value.removesuffix("d")),
        None if longest.value is None else longest.location,
        hashlib.sha256(content).hexdigest(),
        {number: source.value((*item.path, "policy")) for number, item in enumerate(items)},
    )


def hold_policies(waivers: Waivers, known: Iterable[str]) -> None:
    """Raise UsageError, at each line, for waivers of policies that there are not, with the nearest that there is."""
    problems, ids = Problems(), sorted(set(known))
    for number, waiver in enumerate(waivers.waivers):
        if waiver.policy not in ids:
            otherwise = f"the policies are {listing(ids, 'and', len(ids))}"
            said = f'there is no policy "{printable(waiver.policy)}"; {hint(waiver.policy, ids, otherwise)}'
            problems.add(waivers.policies_at.get(number, waiver.location), said)
    if problems.found:
        raise problems.error(
            WHY, "a policy of your own is known where its folder is given with --policies or policy_packs"
        )


def same_person(one: str, other: str) -> bool:
    """Return whether two names are the same, whatever their letter case, width, spaces, punctuation and unseen characters.

    >>> same_person("Dana  Smith ", "@dana-smith"), same_person("dana", "robin")
    (True, False)
    """
    return _plain(one) == _plain(other)


def refuse(problem: str, remedy: str, location: Location | None = None) -> UsageError:
    """Return the error of a waiver that is not written."""
    return UsageError(problem, location=location, why=_NOT_WRITTEN, remedy=remedy)


def mistakes(values: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    """Yield what no schema can tell is wrong in a waiver: the key, and what was found there and expected."""
    if same_person(values["owner"], values["approver"]):
        yield "approver", f'found "{printable(values["approver"])}", who is the owner; expected somebody else'
    created, expires = (date.fromisoformat(values[key]) for key in ("created", "expires"))
    if created > today:
        yield "created", f"found {created}, which is still to come; today is {today} (UTC)"
    if expires < created:
        yield "expires", f"found {expires}, which is before the waiver was created ({created})"


def _hold(item: At, today: date, problems: Problems) -> None:
    for key, said in mistakes(item.value, today):
        at = item[key]
        problems.add(at.source.value(at.path), f"waivers[{item.path[-1]}].{key}: {said}")


def _waiver(item: At) -> Waiver:
    texts = {key: " ".join(item[key].value.split()) for key in ("reason", "owner", "approver", "ticket")}
    return Waiver(
        policy=item["policy"].value,
        target=item["target"].value,
        created=date.fromisoformat(item["created"].value),
        expires=date.fromisoformat(item["expires"].value),
        location=item.location,
        fingerprints=tuple(sorted(item["fingerprints"].strings)),
        **texts,
    )


def _plain(name: str) -> str:
    """Return what a name is told by: no punctuation, no spaces, nothing that is not seen; as it is where nothing is left."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "PZC") or folded.strip()
