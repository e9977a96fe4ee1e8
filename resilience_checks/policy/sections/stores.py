"""`stores`: the data stores that services need, their replicas and backups, and what takes both of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.nested_domains import NestedDomains
from resilience_checks.analysis.recovery import PLACES
from resilience_checks.analysis.stores import Stores
from resilience_checks.model.question import FaultKind, Holds, Step
from resilience_checks.policy.matter import Section
from resilience_checks.topology.declaration_durations import duration
from resilience_checks.topology.gates import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.analysis.stores import Copy, Store
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Backup

ENDLESS = 1e12
"""Seconds: what is never made, or lags as far as can be; JSON has no infinity."""
_UNKNOWN = "unknown"


def section(matter: Matter) -> Section:
    """Return the stores by id; times are in seconds, and -1 where nobody says."""
    stores = Stores(matter.estate)
    nested = NestedDomains(matter.estate.domains)
    data = {store.part.id: _Written(stores, nested, store).data() for store in stores.all}
    places: dict[str, Step] = {}
    for store in stores.all:
        places |= _places(stores, store)
    return Section(data, places)


def _places(stores: Stores, store: Store) -> dict[str, Step]:
    found = {store.part.id: Step(store.part.label, store.part.location)}
    for part in sorted(store.made_of & stores.estate.without_backup.keys()):
        why = stores.estate.without_backup[part]
        found[f"{store.part.id}/none"] = Step(why.text, why.location, why.source)
    for backup in store.backups:
        found[f"backup:{backup.id}"] = Step(f"{_called(backup)} of {store.part.label}", backup.location)
    return found


class _Written:
    """One store as it is written down."""

    def __init__(self, stores: Stores, nested: NestedDomains, store: Store) -> None:
        self._stores, self._nested, self._store = stores, nested, store

    def data(self) -> dict[str, Any]:
        store, estate = self._store, self._stores.estate
        off = [estate.without_backup[part] for part in sorted(store.made_of & estate.without_backup.keys())]
        services = [estate.services[name] for name in store.services]
        return {
            "label": store.part.label,
            "role": store.part.role or _UNKNOWN,
            "may_be": list(store.roles),
            "services": list(store.services),
            "rpo": {one.id: {"seconds": one.rpo, "text": duration(one.rpo)} for one in services if one.rpo is not None},
            "backed": "yes" if store.backups else "no" if off else _UNKNOWN,
            "why": off[0].text if off else "",
            "at": [f"{store.part.id}/none", store.part.id] if off else [store.part.id],
            "backups": [
                {
                    "id": _called(one),
                    "keep": -1 if one.keep is None else one.keep,
                    "kept": _UNKNOWN if one.keep is None else duration(one.keep),
                    "at": f"backup:{one.id}",
                }
                for one in store.backups
            ],
            "shared": list(self._shared()),
            "hangs_on": [
                f"where the copies of {_called(one)} are kept is not declared; to make it known: "
                f"declare `to`, `site` or `region` of it"
                for one in store.backups
                if _nowhere(one)
            ],
            "ways": [*self._replicas(), *self._elsewhere(), *self._restores()],
        }

    def _shared(self) -> Iterator[dict[str, Any]]:
        """Yield the domains that take the store and all its backups, each with the kinds of the smaller ones in it."""
        if not self._store.backups:
            return
        taken = self._stores.lost(self._store.copies, replicas=True)
        for backup in self._store.backups:
            if _nowhere(backup):
                taken = dict.fromkeys(taken, Holds.UNKNOWN)
                continue
            gone = self._stores.lost(self._stores.kept(backup))
            taken = {
                name: Holds.YES if holds is gone[name] is Holds.YES else Holds.UNKNOWN
                for name, holds in taken.items()
                if name in gone
            }
        for name in sorted(taken):
            domain = self._stores.estate.domains[name]
            yield {
                "id": name,
                "kind": domain.kind,
                "name": domain.name,
                "fault": "loss" if FaultKind.OUTAGE in domain.faults else "bad change",
                "holds": str(taken[name]),
                "inside": sorted({self._stores.estate.domains[one].kind for one in self._nested.inside(name, taken)}),
            }

    def _replicas(self) -> Iterator[dict[str, Any]]:
        for copy in self._store.copies[1:]:
            names = [
                self._stores.estate.parts[part].label for part in sorted(copy.parts) if part != self._store.part.id
            ]
            label = f"the replica on {names[-1]}" if names else "a replica"
            facts = [self._stores.estate.facts[fact] for fact in sorted(copy.facts)]
            doubts = [f"{fact.reason.text}; to make it known: {fact.remedy}" for fact in facts]
            yield self._way(label, copy.low, copy.high, self._share([copy]), doubts)

    def _elsewhere(self) -> Iterator[dict[str, Any]]:
        """Yield the copies that the provider keeps in other regions."""
        replicas = self._stores.estate.replicas
        for part in sorted(self._store.made_of & replicas.keys()):
            lag, label = replicas[part].lag, f"the replica in {' and '.join(replicas[part].regions)}"
            remedy = "declare a component with `select` for it and `replication: {mode: async, lag: ...}`"
            doubt = f"how far {label} lags behind is not known; to make it known: {remedy}"
            low, high = (0.0, ENDLESS) if lag is None else (lag, lag)
            yield self._way(label, low, high, {}, [doubt] if lag is None else [])

    def _restores(self) -> Iterator[dict[str, Any]]:
        for backup in self._store.backups:
            name = _called(backup)
            doubts = []
            if backup.every is None:
                doubts.append(f"how often {name} is made is not declared; to make it known: declare `every` of it")
            low, high = (0.0, ENDLESS) if backup.every is None else (backup.every, backup.every)
            kept = self._stores.kept(backup)
            share = {"": _UNKNOWN} if _nowhere(backup) else self._share(list(kept)) if kept else {}
            yield self._way(name, low, high, share, doubts)

    def _share(self, copies: list[Copy]) -> dict[str, str]:
        """Return the kinds of domain that take what is written to and all of these; unknown where no place is known."""
        first = self._stores.lost(self._store.copies[:1])
        other = self._stores.lost(copies)
        domains = self._stores.estate.domains
        found = (
            {} if all(any(domains[name].kind in PLACES for name in one) for one in (first, other)) else {"": _UNKNOWN}
        )
        for name in sorted(first.keys() & other.keys()):
            sure = first[name] is other[name] is Holds.YES
            if sure or domains[name].kind not in found:
                found[domains[name].kind] = "yes" if sure else _UNKNOWN
        spots = ({domains[name].kind for name in one} & {"site", "zone"} for one in (first, other))
        if found.get("region") == "yes" and not all(spots):
            found.setdefault("zone", _UNKNOWN)
        return found

    def _way(self, label: str, low: float, high: float, share: dict[str, str], doubts: list[str]) -> dict[str, Any]:
        return {
            "label": label,
            "low": min(low, ENDLESS),
            "high": min(high, ENDLESS),
            "behind": duration(low) if low < ENDLESS else "never",
            "shares": [{"kind": kind, "holds": holds} for kind, holds in share.items()],
            "hangs_on": doubts,
        }


def _called(backup: Backup) -> str:
    return backup.id if backup.id.startswith("automatic backup") else f"backup {backup.id}"


def _nowhere(backup: Backup) -> bool:
    """Return whether nothing is known of where the copies are."""
    return isinstance(backup.store, Case)
