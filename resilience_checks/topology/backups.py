"""Backups: what each is a copy of, where it is kept, and how what it protects comes back from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology import ordered_copies
from resilience_checks.topology.components import part_id
from resilience_checks.topology.declared import Named
from resilience_checks.topology.estate import Backup, Part
from resilience_checks.topology.gates import ALWAYS, NEVER, Case, Failover, Gate, Nature, Standby, Up, Way, targets
from resilience_checks.topology.parts import every
from resilience_checks.topology.places import Place
from resilience_checks.topology.platform_backups import by_platform, may_be_off, switched_off
from resilience_checks.topology.steps import restore_terms, total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from resilience_checks.topology import declared
    from resilience_checks.topology.components import Components
    from resilience_checks.topology.declared_means import Backup as Declared
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.placement import Placements
    from resilience_checks.topology.selection import Selection
    from resilience_checks.topology.things import Things

_ENDLESS = float("inf")


class Backups:
    """Draws every declared backup, and those that platforms make or programs order of what no declared one protects."""

    def __init__(
        self,
        declarations: declared.Declarations,
        selection: Selection,
        components: Components,
        things: Things,
        parts: Parts,
        placements: Placements,
        book: FactBook,
    ) -> None:
        """Remember where the answers are."""
        self._declarations, self._selection, self._components = declarations, selection, components
        self._things, self._parts, self._placements, self._book = things, parts, placements, book
        self._ordered: set[str] = set()

    def draw(self) -> dict[str, Backup]:
        """Return every backup; the place of its copies is taken up as a part."""
        declared = {item.id: self._backup(item) for item in self._declarations.backups.values() if not item.never}
        covered = {part for backup in declared.values() for part in backup.of}
        made = (
            by_platform(thing, thing.entry.backup, self._parts, self._placements, self._book)
            for thing in list(self._parts.things.values())
            if thing.entry.backup is not None and thing.id not in covered and not may_be_off(thing, thing.entry.backup)
        )
        found = declared | {backup.id: backup for backup in made}
        orders = ordered_copies.backups(self._things, self._parts, self._placements, self._book)
        by_order = {backup.id: backup for backup in orders if covered.isdisjoint(backup.of)}
        self._ordered = {part for backup in by_order.values() for part in backup.of}
        return found | by_order

    def without(self, types: AbstractSet[str]) -> dict[str, Reason]:
        """Return the parts of which it is declared, or shown by a program of these types, that no backups are made."""
        found = {
            thing.id: off
            for thing in self._parts.things.values()
            if thing.entry.backup is not None
            and (off := switched_off(self._things, thing, thing.entry.backup, types)) is not None
        }
        for item in self._declarations.backups.values():
            location = item.at.get("every", item.location)
            why = Reason(f"backup {item.id} is declared to be made never", location=location)
            if item.never:
                found |= dict.fromkeys((part for to in item.of for part in self._protected(to)), why)
        return {part: why for part, why in found.items() if part not in self._ordered}

    def _backup(self, item: Declared) -> Backup:
        of = tuple(dict.fromkeys(part for to in item.of for part in self._protected(to)))
        store = self._store(item)
        return Backup(
            id=item.id,
            of=of,
            store=store,
            restored=self._restored(item, store, of),
            every=item.every,
            keep=item.keep,
            tested=item.tested,
            never_tested=item.never_tested,
            known=item.into is not None and all(term.seconds is not None for term in restore_terms(item)),
            location=item.location,
        )

    def _protected(self, to: declared.Reference) -> Iterator[str]:
        """Yield the parts that a reference stands for: what a component selects, or the component itself."""
        if isinstance(to, Named):
            found = self._components.selected[to.id]
            yield from (thing.id for thing, _ in found) if found else (part_id(to.id),)
            return
        for thing, answer in self._selection.of(to):
            if answer is Holds.YES:
                yield thing.id

    def _store(self, item: Declared) -> Gate:
        """Return that the copies can be read."""
        location = item.at.get("to") or item.at.get("site") or item.at.get("region") or item.location
        why = Reason(f"the copies of backup {item.id} are kept there", location=location)
        if item.to is not None:
            return self._components.reference(item.to, Nature.NEED, why)
        if item.site is None and item.region is None:
            return self._doubt(
                f"place of backup {item.id}",
                ("apart", "with what it protects"),
                f"where the copies of backup {item.id} are kept is not declared",
                f"declare `to`, `site` or `region` of backup {item.id}",
                item,
                ALWAYS,
            )
        place = self._placements.at_site(item.site) if item.site else Place(regions=((item.region or "", ()),))
        part = Part(f"backup {item.id}", f"backup {item.id}", "backup", location=location)
        self._parts.add(part, place, None)
        # Copies are carried as they can be: no flow has to lead to where they are kept.
        self._parts.all[part.id] = replace(part, site=None)
        return Up(part.id, Nature.NEED, why)

    def _restored(self, item: Declared, store: Gate, of: tuple[str, ...]) -> Gate:
        """Return that what the backup protects is back, after the time of the restore."""
        terms = restore_terms(item)
        what = (
            f"{self._parts.all[of[0]].label if len(of) == 1 else 'what it protects'} is restored from backup {item.id}"
        )
        needs = every(
            self._components.reference(
                need, Nature.MOVER, Reason(f"the restore of backup {item.id} needs this", location=item.location)
            )
            for need in item.needs
        )
        ready = self._ready(item, store)

        def gate(lag: float | None, loss: Reason) -> Gate:
            way = Way(what, terms, loss, restores=True, tested=item.tested, never_tested=item.never_tested)
            return Failover(
                NEVER, (Standby(ready, needs, total(terms), lag, way),), Reason(what, location=item.location)
            )

        found = self._with_loss(item, gate)
        if item.into is None:
            found = self._doubt(
                f"where backup {item.id} is restored",
                ("in place", "nowhere"),
                f"what backup {item.id} is restored to once {', '.join(self._parts.all[part].label for part in of)} is lost "
                "is not declared",
                f"declare `into` of backup {item.id}",
                item,
                found,
            )
        unknown = next((term for term in terms if term.seconds is None), None)
        if unknown is not None:
            key, values = f"restore of backup {item.id}", ("in time", "too late")
            found = self._doubt(key, values, unknown.why.text, unknown.remedy, item, found)
        return found

    def _with_loss(self, item: Declared, gate: _Restored) -> Gate:
        if item.every is not None:
            why = Reason("all since the last copy", location=item.at.get("every", item.location))
            return gate(item.every, why)
        text = f"how often backup {item.id} makes a copy is not declared"
        fact = self._book.doubt(
            f"interval of backup {item.id}",
            ("within the RPO", "beyond it"),
            text,
            f"declare `every` of backup {item.id}",
            location=item.location,
        )
        why = Reason(text, Basis.UNKNOWN, item.location)
        return Case(fact, {"within the RPO": gate(None, why), "beyond it": gate(_ENDLESS, why)})

    def _ready(self, item: Declared, store: Gate) -> Gate:
        """Return that the copies can be read from where they are restored to, and that this is up."""
        if item.into is None:
            return store
        why = Reason(f"backup {item.id} is restored to this", location=item.at.get("into", item.location))
        into = self._components.reference(item.into, Nature.PATH, why)
        places = [self._parts.all[name].site for name in targets(into) if name in self._parts.all]
        site = places[0] if places and all(place == places[0] for place in places) else None
        part = Part(f"restore {item.id}", f"the restore of backup {item.id}", "", site, every((store, into)))
        self._parts.all[part.id] = part
        return Up(part.id, Nature.PATH, why)

    def _doubt(self, key: str, values: tuple[str, str], why: str, remedy: str, item: Declared, good: Gate) -> Gate:
        fact = self._book.doubt(key, values, why, remedy, location=item.location)
        return Case(fact, {values[0]: good, values[1]: NEVER})


if TYPE_CHECKING:
    from collections.abc import Callable

    _Restored = Callable[[float | None, Reason], Gate]
