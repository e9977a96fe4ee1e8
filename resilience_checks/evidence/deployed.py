"""What is deployed, as the state of the Pulumi CLI has it, held against what was checked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model import paths
from resilience_checks.model.errors import InputError
from resilience_checks.report.verification import Deployed, Inputs
from resilience_checks.sources.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from resilience_checks.evidence.statement import Statement
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.fingerprint import Fingerprint

_DIFFERS, _SAME, _ADDED, _FILLED_IN = "differs", "same", "added", "filled in"
_NO_LONGER = "was secret when it was checked"
_NOT_KNOWN = "not known when it was checked"
_SECRET = "secret: values are not compared"  # noqa: S105 a sentence
_KEPT = "the program asks to keep what is deployed"
_READ = "the provider tells what it read"
_INCOMPARABLE = (_NOT_KNOWN, _SECRET, _KEPT, _READ)
_LAST = re.compile(r"(?:\[\d+\]|\[\"(?:[^\"\\]|\\.)*\"\]|\.?[^.\[\]\"]+)$")
"""The last step of a path, as `fingerprint.joined` and `leaves` write them."""
_INDEX = re.compile(r"\[\d+\]$")


def compare(statement: Statement, states: Iterable[Path], root: Path) -> tuple[Deployed, ...]:
    """Return for each state how it stands to what was checked of its stack.

    Raises InputError for a file that is no state.
    """
    from resilience_checks.sources.files.state import deployed

    stacks = {one.name: one.annotations for one in statement.subjects if one.annotations.get("kind") == "stack"}
    found: list[Deployed] = []
    for path in states:
        graph, filled_in = deployed(path, root)
        told = stacks.get(graph.name)
        if told is None:
            found.append(Deployed(graph.name, notes=tuple(sorted(stacks)), known=False))
        else:
            try:
                found.append(_stack(graph, filled_in, told))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"what the evidence tells of {graph.name} is not in the form in which `check --attest` writes it",
                    why="nothing that is deployed can be held against it",
                    remedy="take the evidence as it was written, and check its signature with --key",
                ) from error
    return tuple(found)


def _stack(graph: ResourceGraph, filled_in: Mapping[str, frozenset[str]], told: Mapping[str, Any]) -> Deployed:
    checked: Mapping[str, Any] = told.get("resources") or {}
    there = {resource.urn: fingerprint(resource) for resource in graph.resources}
    pairs = [_Pair(urn, checked[urn], there[urn], filled_in.get(urn, frozenset())) for urn in checked if urn in there]
    inside = [_Found.of(pair) for pair in pairs]
    unchecked = tuple(urn for urn in there if urn not in checked)
    notes = list(graph.notes)
    if unchecked and told.get("may_make_more"):
        notes.append("the check could not see all that the program makes: the report says where, at this stack")
    return Deployed(
        stack=graph.name,
        unchecked=unchecked,
        missing=tuple(urn for urn in checked if urn not in there),
        differing=(*_settings(graph, told), *(each for one in inside for each in one.differing)),
        added=tuple(each for one in inside for each in one.added),
        incomparable=tuple(each for one in inside for each in one.incomparable),
        same=sum(one.same for one in inside),
        resources=len(pairs),
        notes=tuple(notes),
    )


def _settings(graph: ResourceGraph, told: Mapping[str, Any]) -> Iterator[Inputs]:
    """Yield what a default provider is not set to that the stack's settings gave it when it was checked."""
    for package, given in sorted((told.get("default_providers") or {}).items()):
        there = graph.default_providers.get(package)
        if there is None:
            continue
        differing = tuple(
            key for key, digest in sorted(given.items()) if key in there and _sha256(there[key]) != digest
        )
        if differing:
            yield Inputs(f"default provider of {package}", differing)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A resource as it was checked, the same as it is deployed, and the inputs there that its provider filled in."""

    urn: str
    checked: Mapping[str, Any]
    there: Fingerprint
    filled_in: frozenset[str]

    @property
    def known(self) -> Mapping[str, str]:
        """Digests of what was known when it was checked."""
        found: Mapping[str, str] = self.checked.get("inputs") or {}
        return found

    def told(self, key: str) -> tuple[str, ...]:
        """Return the paths that were told as `unknown`, `secret` or `kept`."""
        return tuple(self.checked.get(key) or ())

    @property
    def identity(self) -> tuple[str, ...]:
        """What of the resource itself differs; the provider of a component is only that of what is in it."""
        before, now = self.checked.get("identity") or {}, self.there.identity
        keys = ("type", "parent", *(("provider",) if self.there.custom else ()), *(("id",) if "id" in before else ()))
        found = [key for key in keys if before.get(key) != now.get(key)]
        if bool(self.checked.get("component")) is self.there.custom and "type" not in found:
            found.append("type")
        return tuple(found)

    @property
    def inputs(self) -> dict[str, str]:
        """Each input that stands on either side, and what becomes of it; those of a component reach no provider."""
        if not self.there.custom or self.checked.get("component"):
            return {}
        there = (*self.there.inputs, *self.there.secret, *self.there.unknown)
        found = {path: self._there(path) for path in there}
        for path in (*self.known, *self.told("secret"), *self.told("unknown")):
            if path not in found:
                found[path] = self._gone(path)
        return found

    def _there(self, path: str) -> str:
        """Return what becomes of an input that is deployed."""
        hidden = path not in self.there.inputs
        if self._is_kept(path):
            return _KEPT
        if _under(path, self.told("unknown")):
            return _NOT_KNOWN
        if _under(path, self.told("secret")):
            return _SECRET if hidden else _NO_LONGER
        if hidden and any(paths.within(path, each) for each in self.known):
            return _SECRET
        if path in self.known:
            return _SAME if self.known[path] == self.there.inputs[path] else _DIFFERS
        if _under(path, self.filled_in):
            return _FILLED_IN
        if "id" in (self.checked.get("identity") or {}):
            return _READ
        return _ADDED if self._may_be_filled_in(path) else _DIFFERS

    def _gone(self, path: str) -> str:
        """Return what becomes of an input that is not deployed, or not at this path."""
        if self._is_kept(path):
            return _KEPT
        if path in self.told("unknown"):
            return _NOT_KNOWN  # it may have come out as nothing, or with members of its own
        return _SECRET if _under(path, self.there.secret) else _DIFFERS

    def _is_kept(self, path: str) -> bool:
        whole = (each.partition("*")[0].rstrip(".[") for each in self.told("kept"))
        return any(paths.within(each, path) or paths.within(path, each) for each in whole)

    def _may_be_filled_in(self, path: str) -> bool:
        """Return whether a provider could have added the input: none makes a list longer, or a value an object."""
        before = (*self.known, *self.told("secret"), *self.told("unknown"))
        if _holds(before, path):
            return False
        while path:
            above = _LAST.sub("", path)
            if above in self.known:
                return False
            if _INDEX.search(path) and _holds(before, above) and not _holds(before, path):
                return False
            path = above if above != path else ""
        return True


def _under(path: str, above: Iterable[str]) -> bool:
    return any(paths.within(each, path) for each in above)


def _holds(known: Iterable[str], path: str) -> bool:
    return any(paths.within(path, each) for each in known)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the two sides of one resource come to."""

    differing: tuple[Inputs, ...]
    added: tuple[Inputs, ...]
    incomparable: tuple[Inputs, ...]
    same: int

    @staticmethod
    def of(pair: _Pair) -> _Found:
        """Return it for one resource."""
        by_reason: dict[str, list[str]] = {}
        for path, reason in sorted(pair.inputs.items()):
            by_reason.setdefault(reason, []).append(path)

        def told(reason: str, why: str = "") -> tuple[Inputs, ...]:
            found = by_reason.get(reason)
            return (Inputs(pair.urn, tuple(found), why),) if found else ()

        differing = (*pair.identity, *by_reason.get(_DIFFERS, ()))
        return _Found(
            differing=(*((Inputs(pair.urn, differing),) if differing else ()), *told(_NO_LONGER, _NO_LONGER)),
            added=told(_ADDED),
            incomparable=tuple(each for reason in _INCOMPARABLE for each in told(reason, reason)),
            same=len(by_reason.get(_SAME, ())),
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
