"""Who joins a common-cause group, and by which key: the resource itself, its device, or those that it lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.topology.drafts import HIDDEN
from resilience_checks.topology.references import Loose, resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import CommonCause
    from resilience_checks.topology.estate import Condition
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.things import Things

Joining = tuple[Thing, str, "Condition"]
"""What holds the key, the id of the part that joins, and the completions in which it does."""


def joining(things: Things, thing: Thing, cause: CommonCause, book: FactBook) -> Iterator[Joining]:
    """Yield everyone whom the resource brings into the group."""
    if cause.members is not None:
        for end in resolve(things, thing, cause.members):
            if isinstance(end.to, Thing):
                yield thing, end.to.id, ()
            else:
                yield from _perhaps(things, thing, cause.members, end.to, book)
        return
    part = thing.device.id if thing.entry.configures and thing.device else thing.id
    if cause.of is None:
        yield thing, part, ()
        return
    for end in resolve(things, thing, cause.of):
        if isinstance(end.to, Thing):
            yield end.to, part, ()


def _perhaps(things: Things, thing: Thing, members: Target, end: Loose, book: FactBook) -> Iterator[Joining]:
    """Yield those of whom one joins, or, where nobody shows who joins, all that may; an outsider is no part."""
    if end.unseen:
        found = [other for other in things.all if any(name.kind == members.name for name in other.entry.names)]
        for other in found:
            key = f"{thing.id} lists {other.id}"
            fact = book.doubt(key, ("yes", "no"), end.why, end.remedy, location=end.location)
            yield thing, other.id, ((fact, "yes"),)
        return
    ids = tuple(sorted(other.id for other in end.candidates))
    if len(ids) > 1:
        fact = book.doubt(end.key, ids, end.why, end.remedy, location=end.location)
        yield from ((thing, part, ((fact, part),)) for part in ids)


def key_of(things: Things, thing: Thing, cause: CommonCause) -> str | None:
    """Return the group's key in words, None where it is not known.

    A key that must not be shown is marked, and named by its members in the end; one that is made at deployment
    is that of the resource which makes it.
    """
    if cause.members is not None:
        return thing.id
    words = []
    for path in cause.key:
        value = thing.value(path)
        if isinstance(value, Secret | LookupAnswer | StackOutput):
            words.append(f"{HIDDEN}{value!r}")
        elif isinstance(value, Unknown):
            made = _maker(things, thing, path)
            if made is None:
                return None
            words.append(made)
        elif value is not None:
            words.append(text(value) or str(value))
    prefix = ""
    if cause.scope == "provider" and thing.device is not None:
        prefix = f"{thing.device.id}/"
    return prefix + "/".join(words)


def _maker(things: Things, thing: Thing, path: str) -> str | None:
    """Return the id of the one resource whose output stands at the path."""
    ends = resolve(things, thing, Target(ref=path))
    return ends[0].to.id if len(ends) == 1 and isinstance(ends[0].to, Thing) else None


def how_joined(holder: Thing, cause: CommonCause, label: str) -> str:
    """Return in words how a part joins the group."""
    if cause.members is not None:
        return f"{label} is in {holder.label}"
    return f"{label} takes it from {holder.label}" if cause.of is not None else f"{holder.label} of {label} joins it"
