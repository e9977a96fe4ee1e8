"""What a policy asks of the analysis, and what the analysis states in return."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Reason


class FaultKind(StrEnum):
    """How a failure domain fails; either takes every part in it down, and they are different events."""

    OUTAGE = "outage"
    BAD_CHANGE = "bad-change"


class Horizon(StrEnum):
    """How long a service may wait for a failover: not at all, or its declared RTO."""

    INSTANT = "instant"
    RTO = "rto"


class Holds(StrEnum):
    """A three-valued answer; a string, never a boolean and never an absence."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Members(StrEnum):
    """How the parts of counted roles must stand behind a loss: hit with others, enough for it alone, or needed for it."""

    ANY = "any"
    ALONE = "alone"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Question:
    """Whether each service survives every set of up to `order` of the counted faults.

    An event counts when its fault is in `faults`, its domain's kind is in `kinds` (empty: any), and some part
    that it hits has a role in `roles` (empty: any). Kinds in `except_kinds` do not count, nor does what hits nothing
    but parts with a role in `except_roles`. `horizon` bounds the time that failovers may take in all;
    `within_rpo` also bounds the replication lag that they may lose. `declared_only` leaves out the places of these
    kinds in which something stands although nobody said in which. `beside` is a sort of aid, such as copy: then it is
    asked whether each service survives or its aids of that sort do: with `any_beside` any one of them, else all.
    With `any_consumer` a service does not survive what takes it from one of its consumers alone.

    `members` says how a loss must rest on the parts of counted roles, those in `roles` (empty: any) and not in
    `except_roles`. ANY: each event hits one of them. ALONE: the events lose the service although they hit nothing else.
    NEEDED: they lose it, and would not if they hit only what else they hit; events that hit nothing else always count.
    """

    id: str
    faults: tuple[FaultKind, ...]
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    order: int = 1
    horizon: Horizon = Horizon.INSTANT
    within_rpo: bool = False
    except_kinds: tuple[str, ...] = ()
    except_roles: tuple[str, ...] = ()
    declared_only: bool = False
    beside: str = ""
    any_beside: bool = True
    any_consumer: bool = False
    members: Members = Members.ANY


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain from a fault to a lost service, where it is said, and the vendor's page if it is cited.

    `part` is the one part that it is about, where what joined a failure domain is told.
    """

    text: str
    location: Location | None = None
    source: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One fault of one failure domain: a basic event of the fault tree.

    `id` is `KIND:KEY/FAULT` (`management-plane:fmg.example/bad-change`), built from keys that the estate
    itself uses, never from a resource's logical name where the catalogue knows a better one.
    `primary` is the line to annotate, `members` what joined the domain and where.
    """

    id: str
    domain: str
    kind: str
    name: str
    fault: FaultKind
    primary: Location | None
    urn: str | None = None
    members: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A minimal set of events that together lose a service, with the chain that shows it.

    `by_cases`: no one set loses it however the unknowns turn out, but in every case some of these events does;
    the chain is that of the first case. `consumers` are those that it cuts off, where any one of them counts.
    """

    events: tuple[str, ...]
    chain: tuple[Step, ...] = ()
    by_cases: bool = False
    consumers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A fact that is not known and on which an answer hangs: why, and how to make it known."""

    id: str
    reason: Reason
    remedy: str

    @property
    def text(self) -> str:
        """The reason with its line, and how to make it known."""
        place = f" ({self.reason.location})" if self.reason.location else ""
        return f"{self.reason.text}{place}; to make it known: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Statement:
    """The answer to one question about one service.

    `asked` says whether any event surely (`YES`) or only possibly (`UNKNOWN`) counts. `holds` is YES when no
    counted fault set can lose the service in any completion of what is unknown, NO when some surely counted
    set does in every completion, else UNKNOWN. `cuts` are minimal sets: when `holds` is NO those proved, when
    it is UNKNOWN those that would lose the service if the `depends_on` facts turned out badly.
    `error` is set when the service is lost with nothing failed.
    """

    question: str
    service: str
    asked: Holds
    holds: Holds
    cuts: tuple[Cut, ...] = ()
    depends_on: tuple[Doubt, ...] = ()
    assumed: tuple[Reason, ...] = ()
    error: str | None = None
    complete: bool = True
    """False when a limit stopped the engine: `cuts` are then at least these."""
