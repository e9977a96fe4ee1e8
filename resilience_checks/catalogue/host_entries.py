"""The words of a catalogue entry about machines on hosts, and about units behind one name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import Condition, Target


@dataclass(frozen=True, slots=True)
class Units:
    """How many units stand behind one address; without `count` and `number` no code shows it.

    `besides` are inputs each of which is another unit, in the region that its own input `region` names. Where the input
    `either` is given, what refers to the whole means one of its units, and no code shows which.
    """

    count: str | None = None
    when: Condition = ()
    source: str | None = None
    number: int | None = None
    besides: tuple[str, ...] = ()
    region: str | None = None
    either: str | None = None


@dataclass(frozen=True, slots=True)
class Hosted:
    """Runs on a host that its platform chooses from a pool: what is in one pool may share a host.

    `pool` are inputs that lead to the pool, the first that is given counts; `host` names its host outright; `rules` are
    references to rules, or to labels that rules name. `over` is the kind of what machines may share.
    """

    source: str
    pool: tuple[str, ...] = ()
    host: str | None = None
    over: str = "host"
    rules: tuple[Target, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        own = (*self.pool, *((self.host,) if self.host else ()))
        return (*own, *(path for rule in self.rules for path in rule.paths))


@dataclass(frozen=True, slots=True)
class Apart:
    """A rule that keeps its members on different hosts, surely where `when` holds; else it only tries.

    Its members are those that `members` leads to, those that refer to the same labels, and those that refer to it.
    What `within` leads to, where that is a resource of the programs, must have the inputs `within_when` too.
    """

    source: str
    members: Target | None = None
    when: Condition = ()
    within: Target | None = None
    within_when: Condition = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input of its own that it reads."""
        targets = (target for target in (self.members, self.within) if target is not None)
        return (*(path for target in targets for path in target.paths), *(path for path, _ in self.when))


@dataclass(frozen=True, slots=True)
class Restarts:
    """A rule by which the platform restarts machines on another host once theirs is lost."""

    of: Target
    source: str
    when: Condition = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        return (*self.of.paths, *(path for path, _ in self.when))
