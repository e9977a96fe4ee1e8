"""Values that a program gives to its resources, and how far each can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.model.location import Location


class Basis(StrEnum):
    """What a fact rests on; analysis treats `ASSUMED` as unknown, the report says which assumption would decide."""

    KNOWN = "known"
    DOCUMENTED = "documented"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known before deployment, and why; `secret` where it will be one."""

    why: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of which only equality is kept.

    `digest` is keyed with a key of this run that is written nowhere: equal secrets have equal digests,
    and no digest tells anything about its secret. It must never reach an output.
    """

    digest: str


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """A value that only a provider could look up.

    Two answers are equal when token, arguments, provider and path are: that distinctness is the only fact.
    `lookup` is the id of a `Lookup` of the same graph, `path` the place in its answer.
    """

    lookup: str
    path: str


@dataclass(frozen=True, slots=True)
class StackOutput:
    """A value that another of the checked stacks puts out, and that is not known before deployment.

    `stack` is the name of that stack's graph (`project/stack`), `path` the place in its outputs.
    """

    stack: str
    path: str

    @property
    def reference(self) -> str:
        """What stands among an input's dependencies for it, beside URNs and lookup ids."""
        return f"output:{self.stack}:{self.path}"


Value: TypeAlias = (
    "None | bool | int | float | str | Unknown | Secret | LookupAnswer | StackOutput"
    " | Sequence[Value] | Mapping[str, Value]"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is held to be so: words for a reader, what it rests on, and where to look.

    `source` names a vendor's page or a catalogue rule when the fact is not in the program itself.
    """

    text: str
    basis: Basis = Basis.KNOWN
    location: Location | None = None
    source: str | None = None
