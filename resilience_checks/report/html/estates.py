"""What was collected of one estate for its auditors, by service and by event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.report.words import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Data = Mapping[str, Any]


@dataclass(frozen=True)
class Estate:
    """One value of `Report.audit`; `number` tells it from the others in anchors."""

    number: int
    stacks: tuple[str, ...]
    picture: Data
    cut_sets: Data
    """What was asked for: order, horizon, and whether a limit cut the answer off."""
    cuts: Mapping[str, Data]
    recovery: Mapping[str, Data]
    capacity: Mapping[str, Data]
    faults: Sequence[Data]
    rests_on: Mapping[str, Data]
    limits: tuple[str, ...] = ()
    """What its sections leave out, in words."""
    _events: Mapping[str, str] = field(default_factory=dict)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that anything is told of, in the order of the picture."""
        told = [str(service["id"]) for service in self.picture.get("services", ())]
        return tuple(dict.fromkeys((*told, *self.cuts, *self.recovery, *self.capacity)))

    def event(self, identity: str) -> str:
        """Return an event as a reader calls it, such as `outage of site north`."""
        return self._events.get(identity) or _words(identity)

    def events(self, identities: Iterable[str]) -> str:
        """Return what fails together."""
        return " with ".join(self.event(each) for each in identities)


def estates(audit: Sequence[Data]) -> tuple[Estate, ...]:
    """Return the estates of a report, none where nothing was collected."""
    return tuple(_estate(number, each) for number, each in enumerate(audit))


def _estate(number: int, data: Data) -> Estate:
    picture, faults = data.get("picture") or {}, _part(data, "blast_radius").get("faults", ())
    events = {
        f"{domain['id']}/{fault}": _named(fault, domain["kind"], domain["name"])
        for domain in picture.get("domains", ())
        for fault in domain["faults"]
    }
    events |= {each["event"]: _named(each["fault"], each["kind"], each["name"]) for each in faults}
    return Estate(
        number,
        tuple(data.get("stacks", ())),
        picture,
        {key: value for key, value in (data.get("cut_sets") or {}).items() if key != "estates"},
        {each["service"]: each for each in _part(data, "cut_sets").get("services", ())},
        {each["id"]: each for each in _part(data, "recovery").get("services", ())},
        {each["id"]: each for each in _part(data, "capacity").get("services", ())},
        faults,
        data.get("rests_on") or {},
        tuple(each["text"] for each in data.get("limits", ())),
        events,
    )


def _part(data: Data, name: str) -> Data:
    """Return what a question's answer says of the estate; it stands in the form in which the command writes it."""
    answer = data.get(name) or {}
    found = answer.get("estates", (answer,))
    return found[0] if found else {}


def _named(fault: str, kind: str, name: str) -> str:
    return f"{FAULTS.get(fault, fault)} {kind.replace('-', ' ')} {name}"


def _words(identity: str) -> str:
    """Return an event that nothing names, from its id.

    >>> _words("ha-cluster:fw-a/1/bad-change")
    'bad change of ha cluster fw-a/1'
    """
    domain, _, fault = identity.rpartition("/")
    kind, _, name = domain.partition(":")
    return _named(fault, kind, name) if name else identity
