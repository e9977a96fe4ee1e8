"""Evaluated properties as they are sent: outputs opened, dependencies collected, each value a model value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import Unknown
from resilience_checks.sources.program.assets import ARCHIVE, ASSET
from resilience_checks.sources.program.conversion import Converter
from resilience_checks.sources.program.structs import UNKNOWN
from resilience_checks.sources.program.structs import secret as secret_struct
from resilience_checks.sources.wire import RESOURCE, SIGNATURE, secret
from resilience_checks.sources.yaml_program.outputs import Asset, Handle, Measured, Output, outputs_in, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.values import Value
    from resilience_checks.sources.program.answers import Answers

_HIDDEN = Unknown("a secret that is not known before deployment", secret=True)


@dataclass(slots=True)
class Settled:
    """Properties whose only outputs are secrets and unknowns, and what they depend on.

    `properties` holds the URNs of each property, `elements` all sources of each path.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    deps: set[str] = field(default_factory=set)
    properties: dict[str, set[str]] = field(default_factory=dict)
    elements: dict[str, set[str]] = field(default_factory=dict)


def settle(properties: Mapping[str, Any], *, remote: bool = False) -> Settled:
    """Open the outputs of a resource's or lookup's properties; a property that is null is left out.

    A whole resource among the inputs of a remote component is no dependency of the engine's.
    """
    settled = Settled()
    for name, value in properties.items():
        deps: set[str] = set()
        opened = _open(value, name, deps, settled.elements)
        if opened is None and not deps:
            continue
        if remote:
            deps = {urn for output in outputs_in(value) for urn in output.deps}
        settled.tree[name] = opened
        settled.properties[name] = deps
        settled.deps |= deps
    return settled


def _open(value: Any, path: str, deps: set[str], elements: dict[str, set[str]]) -> Any:
    if isinstance(value, Output):
        deps |= value.deps
        if value.sources:
            elements.setdefault(path, set()).update(value.sources)
        if not value.known:
            return Output(known=False, secret=value.secret, why=value.why)
        inner = _open(value.value, path, deps, elements)
        return Output(inner, secret=True) if value.secret else inner
    if isinstance(value, Handle):
        deps.add(value.urn)
        elements.setdefault(path, set()).add(value.urn)
        return value
    if isinstance(value, Measured):
        return value.whole
    if isinstance(value, list):
        return [_open(item, f"{path}[{index}]", deps, elements) for index, item in enumerate(value)]
    if isinstance(value, dict):
        opened = {key: _open(item, f"{path}.{key}", deps, elements) for key, item in value.items()}
        return {key: item for key, item in opened.items() if item is not None}
    if isinstance(value, Asset):
        return Asset({key: _open(item, path, deps, elements) for key, item in value.content.items()}, value.archive)
    return value


class Lowering:
    """Turns settled properties into values of the model."""

    def __init__(self, answers: Answers) -> None:
        """Recognise the values of these answers."""
        self._converter = Converter(answers)
        self._answers = answers

    def values(self, tree: Mapping[str, Any], recorded: Mapping[str, Any] | None = None) -> dict[str, Value]:
        """Return the properties as values; what the engine recorded of them holds the hashes of files."""
        kept = {} if recorded is None else recorded
        return {name: self.value(item, kept.get(name)) for name, item in tree.items()}

    def value(self, item: Any, recorded: Any = None) -> Value:
        """Return one settled value as a value of the model."""
        if isinstance(item, Output):
            if not item.known:
                return _HIDDEN if item.secret else Unknown(item.why)
            hidden = any(not output.known for output in outputs_in(item.value))
            return _HIDDEN if hidden else secret(sent(plain(item.value)))
        if isinstance(item, list):
            kept = recorded if isinstance(recorded, list) else [None] * len(item)
            return [self.value(inner, of) for inner, of in zip(item, kept, strict=True)]
        if isinstance(item, dict):
            of = recorded if isinstance(recorded, dict) else {}
            return {key: self.value(inner, of.get(key)) for key, inner in item.items()}
        if isinstance(item, Asset | Handle):
            item = sent(item) if recorded is None else recorded
        return self._converter.mapping({"": item}, lambda _: None, lambda _at, _lookup: None)[""]

    def elements(self, settled: Settled) -> dict[str, tuple[str, ...]]:
        """Return the URNs and lookups of each path, those of a text that was built from an answer among them."""
        found = {path: set(sources) for path, sources in settled.elements.items()}
        return {path: tuple(sorted(sources)) for path, sources in sorted(found.items())}


def sent(value: Any) -> Any:
    """Return a settled value as the protocol writes it; whole numbers are integers."""
    if isinstance(value, Output):
        inner = sent(value.value) if value.known else UNKNOWN
        return secret_struct(inner) if value.secret else inner
    if isinstance(value, Handle):
        made = value.id.value if value.id.known else ""
        return {SIGNATURE: RESOURCE, "urn": value.urn, "id": made, "packageVersion": ""}
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Measured):
        return value.whole
    if isinstance(value, list):
        return [sent(item) for item in value]
    if isinstance(value, dict):
        return {key: sent(item) for key, item in value.items()}
    if isinstance(value, Asset):
        mark = ARCHIVE if value.archive else ASSET
        return {SIGNATURE: mark, **{key: sent(item) for key, item in value.content.items()}}
    return value
