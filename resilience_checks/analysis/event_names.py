"""From what a user types to events: `site:blaenavon`, `link:wan-*`, `management-plane:fmg.example/bad-change`."""

from __future__ import annotations

import difflib
import fnmatch
import re
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.topology.estate import Domain, Estate

_NEAR = 3
_LISTED = "`resilience-checks blast-radius --all` lists every failure domain"


def events_named(estates: Sequence[Estate], words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each estate the events that the words name in it, in their order; a word may name them in several.

    A word is the id of a failure domain or a shell pattern of ids, with `/outage` or `/bad-change` where not the
    domain's usual fault is meant: its outage, or what it has where it has none. Raises UsageError for a word that
    names nothing.
    """
    found: list[dict[str, None]] = [{} for _ in estates]
    for word in words:
        named = [_events(estate, word) for estate in estates]
        if not any(named):
            raise _unknown(estates, word)
        for events, more in zip(found, named, strict=True):
            events.update(dict.fromkeys(more))
    return [tuple(events) for events in found]


def usual_fault(domain: Domain) -> FaultKind:
    """Return the fault that is meant where none is named."""
    return FaultKind.OUTAGE if FaultKind.OUTAGE in domain.faults else domain.faults[0]


def services_named(estates: Sequence[Estate], words: Iterable[str], option: str) -> list[tuple[str, ...]]:
    """Return for each estate the services that the words, ids or shell patterns, name in it; raise UsageError for none."""
    found: list[dict[str, None]] = [{} for _ in estates]
    for word in words:
        named = [_matching(word, estate.services) for estate in estates]
        if not any(named):
            known = sorted({name for estate in estates for name in estate.services})
            near = [f'"{name}"' for name in _near(word, known)] or [f'"{name}"' for name in known]
            raise UsageError(
                f'{option}: no service is called "{word}"',
                why="what it was meant to say would be said of none",
                remedy=f"did you mean {_or(near)}?" if _near(word, known) else f"the services are {_or(near, 'and')}",
            )
        for services, more in zip(found, named, strict=True):
            services.update(dict.fromkeys(more))
    return [tuple(services) for services in found]


def hold_kinds(estates: Sequence[Estate], kinds: Iterable[str]) -> None:
    """Raise UsageError for a kind of which no estate has a failure domain."""
    known = sorted({domain.kind for estate in estates for domain in estate.domains.values()})
    for kind in kinds:
        if kind not in known:
            raise UsageError(
                f'--kind: no failure domain is of kind "{kind}"',
                why="nothing would be asked",
                remedy=f"the kinds are {_or(known, 'and', len(known))}" if known else "there are none",
            )


def _events(estate: Estate, word: str) -> list[str]:
    name, fault = _parted(word)
    domains = [estate.domains[found] for found in _matching(name, estate.domains)]
    if fault is None:
        return [f"{domain.id}/{usual_fault(domain)}" for domain in domains]
    return [f"{domain.id}/{fault}" for domain in domains if fault in domain.faults]


def _parted(word: str) -> tuple[str, FaultKind | None]:
    name, slash, last = word.rpartition("/")
    return (name, FaultKind(last)) if slash and last in set(FaultKind) else (word, None)


def _matching(word: str, known: Iterable[str]) -> list[str]:
    """Return the names that a word is, or else that have it as their pattern."""
    known = list(known)
    if word in known:
        return [word]
    pattern = re.compile(fnmatch.translate(word))
    return [name for name in known if pattern.fullmatch(name)]


def _unknown(estates: Sequence[Estate], word: str) -> UsageError:
    name, fault = _parted(word)
    domains = {domain.id: domain for estate in estates for domain in estate.domains.values()}
    others = [domains[found] for found in _matching(name, domains)]
    if fault is not None and others:
        has = _or([f"{domain.id}/{each}" for domain in others for each in domain.faults])
        return UsageError(
            f'--fail: "{name}" cannot have the fault {fault}', why="nothing would be asked", remedy=f"it can have {has}"
        )
    declared = sorted(found for found, domain in domains.items() if not domain.implied)
    near = [f'"{found}"' for found in _near(name, declared)]
    return UsageError(
        f'--fail: no failure domain is called "{word}"',
        why="nothing would be asked",
        remedy=f"did you mean {_or(near)}? {_LISTED}" if near else _LISTED,
    )


def _near(word: str, known: Sequence[str]) -> list[str]:
    """Return the few names that a word was most likely meant to be: those that it is, those that it ends, those like it."""
    bare = word.partition(":")[2] or word
    same = [name for name in known if name.partition(":")[2] == bare]
    ends = [*same, *(name for name in known if name.endswith(f" {bare}"))]
    like = difflib.get_close_matches(word, known, n=_NEAR)
    within = [name for name in known if bare and bare.casefold() in name.casefold()]
    return list(dict.fromkeys([*ends, *like, *within]))[:_NEAR]


def _or(words: Sequence[str], last: str = "or", limit: int = 8) -> str:
    if len(words) > limit:
        return f"{', '.join(words[:limit])} {last} {len(words) - limit} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
