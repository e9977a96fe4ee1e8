"""The shapes of what a declaration takes, as dictionaries with the keys of resilience.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar, Union

import pulumi

if TYPE_CHECKING:
    from typing import TypeAlias

_T = TypeVar("_T")

# Read at import by every Python from 3.9 on: no `X | Y` outside of annotations.
Given: TypeAlias = Union[_T, pulumi.Output[_T]]
"""A value that the program knows, or an output."""
Text: TypeAlias = Union[str, pulumi.Output[str]]
Thing: TypeAlias = Union[str, pulumi.Resource, pulumi.Output[str]]
"""A resource, another declaration, its URN, or the id of something that is declared elsewhere."""
Many: TypeAlias = Union[Thing, Sequence[Thing]]


class Selector(TypedDict):
    """Resources by pattern, as in resilience.yaml: {"select": {"name": "sql-*"}}."""

    select: object


class Edge(TypedDict, total=False):
    """A reference with its nature: `path`, `need` or `mover`; `start`: whether it is needed to start as well."""

    component: Thing
    service: Thing
    select: object
    nature: Literal["path", "need", "mover"]
    start: bool


class AtLeast(TypedDict):
    """`k` of these are needed."""

    k: int
    of: Sequence[Thing]


class Unit(TypedDict, total=False):
    """One unit that no program shows, at its site."""

    site: Thing
    name: str
    room: str
    rack: str
    host: str


class Voter(TypedDict, total=False):
    """A component, selected resources, or a voter of its own at a site."""

    component: Thing
    select: object
    site: Thing
    votes: int


class Quorum(TypedDict, total=False):
    """More than half of all votes are needed; `recounted`: lost votes are taken out once the rest has agreed."""

    recounted: bool
    voters: Sequence[Voter]


class Replication(TypedDict, total=False):
    """How a standby gets its data."""

    mode: Literal["sync", "async"]
    lag: str
    over: Sequence[Thing]


class Watch(TypedDict):
    """A health check: the time between two, and how many in a row must fail."""

    interval: str
    threshold: int


class Mover(TypedDict, total=False):
    """What performs a failover, and how long each step takes."""

    mode: Literal["automatic", "manual"]
    needs: Thing | Sequence[Thing]
    detect: str | Watch
    decide: str
    promote: str
    ttl: str
    reconcile: str
    tested: str


class Failover(TypedDict, total=False):
    """A primary and what can take over from it, the preferred first."""

    primary: Thing
    standby: Sequence[Thing]
    replication: Replication
    mover: Mover
