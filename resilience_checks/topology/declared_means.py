"""What is declared of backups, of what things carry and of what is asked of them, as it was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from resilience_checks.model.location import Location
    from resilience_checks.topology.declared import Lines, Reference


@dataclass(frozen=True, slots=True)
class Backup:
    """Copies of what `of` refers to, made every `every` seconds, and how they are restored; None: not declared.

    They are kept at `to`, at a `site` or in a provider's `region`, for `keep` seconds, and restored to `into`. The
    steps of a restore are in seconds; `restore` is given, or follows from `size` in bytes and `throughput` in bytes
    a second. `tested` is the day on which a restore was last tried; `never_tested` says that none ever was, `never` that
    no copies are made.
    """

    id: str
    location: Location
    of: tuple[Reference, ...]
    to: Reference | None = None
    site: str | None = None
    region: str | None = None
    every: float | None = None
    keep: float | None = None
    into: Reference | None = None
    needs: tuple[Reference, ...] = ()
    detect: float | None = None
    decide: float | None = None
    restore: float | None = None
    size: float | None = None
    throughput: float | None = None
    reconcile: float | None = None
    tested: date | None = None
    never: bool = False
    never_tested: bool = False
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much one unit carries, by dimension such as `rps`; `shared`: how much all units of it carry together."""

    location: Location
    amounts: Mapping[str, float]
    shared: bool = False
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A declared number, and where its key stands."""

    value: float
    location: Location
