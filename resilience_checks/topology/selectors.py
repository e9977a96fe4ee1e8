"""Selectors: which resources a line of resilience.yaml is about."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value

_OPAQUE = (Unknown, Secret, LookupAnswer, StackOutput)


@dataclass(frozen=True, slots=True)
class Glob:
    """A case-sensitive shell pattern over a whole text: `*` is any characters, `?` one, `[ab]` one of these.

    >>> Glob("record.*").matches("record.nhs.example"), Glob("fw-?").matches("FW-a")
    (True, False)
    """

    pattern: str
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile once."""
        object.__setattr__(self, "_compiled", re.compile(fnmatch.translate(self.pattern)))

    def matches(self, text: str) -> bool:
        """Return whether the whole of `text` has this pattern."""
        return self._compiled.fullmatch(text) is not None

    def __str__(self) -> str:
        """Return the pattern as it was written."""
        return self.pattern


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a selector is held against.

    `names` are the logical name and the names that the estate itself uses, `provider_names` the same of the
    provider instance (its logical name, its hostname); None stands for one that is not known yet.
    `within` are the URNs of the components that it is part of.
    `tags` and `inputs` may be, or may contain, values that are not known.
    """

    urn: str | None = None
    within: tuple[str, ...] = ()
    type: str | None = None
    names: tuple[str | None, ...] = ()
    provider_names: tuple[str | None, ...] = ()
    tags: Value = field(default_factory=dict)
    inputs: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Select:
    """Patterns that a resource must all have; one with none selects nothing and cannot be loaded.

    `resources` are whole URNs, any one of which will do; a component's stands for all that it is made of. `sure`
    is False where it is not known whether the declaration is about what it selects.
    `tags` and `properties` pair a tag's key or an input's path (`a.b[].c`: some element will do) with the
    pattern of its value. `location` is the line that a selector without a match is reported at.
    """

    location: Location
    urn: Glob | None = None
    type: Glob | None = None
    name: Glob | None = None
    provider: Glob | None = None
    tags: tuple[tuple[str, Glob], ...] = ()
    properties: tuple[tuple[str, Glob], ...] = ()
    resources: tuple[str, ...] = ()
    sure: bool = True

    def match(self, candidate: Candidate) -> Holds:
        """Return NO when some pattern surely fails, YES when all surely match, else UNKNOWN."""
        answers = set(self._answers(candidate))
        if Holds.NO in answers or not answers:
            return Holds.NO
        return Holds.UNKNOWN if Holds.UNKNOWN in answers or not self.sure else Holds.YES

    def _answers(self, candidate: Candidate) -> Iterator[Holds]:
        if self.resources:
            named = candidate.urn in self.resources or any(urn in self.resources for urn in candidate.within)
            yield Holds.YES if named else Holds.NO
        if self.urn:
            yield _some(self.urn, (candidate.urn,))
        if self.type:
            yield _some(self.type, (candidate.type,))
        if self.name:
            yield _some(self.name, _unseen(candidate.names))
        if self.provider:
            yield _some(self.provider, _unseen(candidate.provider_names))
        for key, glob in self.tags:
            yield _some(glob, _tag(candidate.tags, key))
        for path, glob in self.properties:
            yield _some(glob, tuple(value for _, value in paths.find(candidate.inputs, path)))

    def __str__(self) -> str:
        """Return the selector in one line, as resilience.yaml writes it."""
        plain = (("urn", self.urn), ("type", self.type), ("name", self.name), ("provider", self.provider))
        parts = [f'{key}: "{glob}"' for key, glob in plain if glob]
        if self.resources:
            parts.append(f"resource: {', '.join(urn.rsplit('::', 1)[-1] for urn in self.resources)}")
        for key, pairs in (("tag", self.tags), ("property", self.properties)):
            if pairs:
                inner = ", ".join(f'{name}: "{glob}"' for name, glob in pairs)
                parts.append(f"{key}: {{{inner}}}")
        return f"{{{', '.join(parts)}}}"


def _some(glob: Glob, values: Iterable[Value]) -> Holds:
    """Return YES when some value surely matches, UNKNOWN when only one that is not known might, else NO."""
    answer = Holds.NO
    for value in values:
        if isinstance(value, _OPAQUE):
            answer = Holds.UNKNOWN
        elif (shown := text(value)) is not None and glob.matches(shown):
            return Holds.YES
    return answer


def _unseen(names: tuple[str | None, ...]) -> tuple[Value, ...]:
    return tuple(Unknown("not known before deployment") if name is None else name for name in names)


def _tag(tags: Value, key: str) -> tuple[Value, ...]:
    if isinstance(tags, _OPAQUE):
        return (tags,)
    found = tags[key] if isinstance(tags, Mapping) and key in tags else ()
    return tuple(found) if isinstance(found, list | tuple) else (found,)


def text(value: Value) -> str | None:
    """Return a known scalar as the text by which names and patterns are compared: `true`, `443`; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value) if isinstance(value, int) else None
