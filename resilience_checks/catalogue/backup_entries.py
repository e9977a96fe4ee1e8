"""The words of a catalogue entry about the copies that a platform makes of a resource by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import Condition, Target


@dataclass(frozen=True, slots=True)
class Sooner:
    """How much may be lost in seconds where any of the conditions holds."""

    when: tuple[Condition, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class PlatformBackup:
    """Copies that the platform makes of the resource by itself: in its region, and elsewhere where an input says so.

    `every` is how much may be lost in seconds, unless the inputs of `sooner` say less; `every_elsewhere` the same of the
    copies in another region, which the input `path` orders where it is one of `elsewhere`, or names it (`named`). It
    makes none where the input `off_path` (`off_default` where it is not given) is one of `off`, but that is not sure
    where there is a resource of a type in `off_unless`, which may order copies of it, nor where something in `filled`
    leads to it: what a program puts there itself it can put there again. Copies are kept for the days of `keep_path`.
    """

    every: float
    source: str
    sooner: Sooner | None = None
    every_elsewhere: float = 0.0
    path: str = ""
    default: str = ""
    elsewhere: tuple[str, ...] = ()
    named: bool = False
    off_path: str = ""
    off_default: object = None
    off: tuple[object, ...] = ()
    off_unless: tuple[str, ...] = ()
    filled: tuple[Target, ...] = ()
    keep_path: str = ""
    keep_default: float | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        sooner = self.sooner.when if self.sooner is not None else ()
        own = (path for path in (self.path, self.off_path, self.keep_path) if path)
        return (*own, *dict.fromkeys(path for condition in sooner for path, _ in condition))


@dataclass(frozen=True, slots=True)
class Every:
    """One way in which a schedule says how often it runs: it counts where `when` holds, and `path` and `given` are given.

    So often as `path` says in `unit`, or every so many `seconds`; with more than one value at `single` nobody knows.
    """

    when: Condition = ()
    given: str | None = None
    path: str | None = None
    unit: str = "s"
    seconds: float | None = None
    single: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        own = (path for path in (self.given, self.path, self.single) if path is not None)
        return (*own, *(path for path, _ in self.when))


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often copies are made, by the first of these ways that counts, in the inputs of what `of` leads to.

    Where `needed`, something that says none of it is no schedule, and orders no copies.
    """

    ways: tuple[Every, ...]
    of: Target | None = None
    needed: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input of the thing itself that it reads."""
        return self.of.paths if self.of is not None else tuple(path for way in self.ways for path in way.paths)
