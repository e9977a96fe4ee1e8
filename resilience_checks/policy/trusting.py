"""How an estate is held where settings are trusted: the stricter of what is checked and of what is trusted counts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resilience_checks.policy.loosening import Held, Loosening, loosened
from resilience_checks.policy.settings import settings, stricter
from resilience_checks.topology.declaration_strictness import HELD, Objectives, objectives
from resilience_checks.topology.declaration_trust import Fact, facts, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings
    from resilience_checks.topology.declaration_source import Data
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.declared_settings import PolicySettings
    from resilience_checks.topology.estate import Estate

    _Own = Mapping[tuple[str, str], str]

_DECLARATION = "declaration"
"""What of a service is there or gone."""


@dataclass(frozen=True, slots=True)
class TrustedSide:
    """What is said of one estate's settings: where they are trusted, and by what is checked itself.

    `tip` is what is trusted now, `fork` what was when the change left it. With `for_all` it is an organisation's, which
    speaks of other projects too: what is checked may then be silent about what stands there.
    """

    name: str
    for_all: bool
    tip: Declarations
    fork: Declarations
    own: Declarations
    named: tuple[_Own, _Own, _Own] = ({}, {}, {})
    """What tip, fork and the checkout name of their own, with a digest of the content."""
    gone: tuple[str, ...] = ()
    """Files of settings, by their path from the root, that are there at the fork and not in the checkout."""
    services: Mapping[str, str] = field(default_factory=dict)
    """Services that cannot be judged any more, and why."""
    kept: frozenset[str] = frozenset()
    """Services of the trusted side that belong to this estate or to none: where they are not declared any more, they go."""
    bare: bool = False
    """Whether a file is gone, or all that it says of facts, so that all of it counts as it is trusted."""

    @property
    def going(self) -> tuple[str, ...]:
        """The services that are not declared any more, and are judged all the same."""
        return () if self.for_all else tuple(name for name in missing(self.own, self.tip) if name in self.kept)

    @property
    def until(self) -> str:
        """Why a loosening blocks nothing."""
        return counts_for_nothing(self.name)

    def settings(self, pack: Pack) -> dict[str, Settings]:
        """Return how each policy is set: nowhere less strictly than is trusted."""
        own, tip = self._as_checked(pack), _settings(pack, self.tip)
        return {name: one if name in pack.added else stricter(one, tip[name]) for name, one in own.items()}

    def uncounted(self, pack: Pack, estate: Estate, stacks: Sequence[str], today: date) -> tuple[Loosening, ...]:
        """Return what the change loosens and what counts for nothing yet."""
        after = Held(self._as_checked(pack), self.own, self.named[2], self._services_as_checked())
        fork = self._before(pack, self.fork, self.named[1])
        found = loosened(fork, after, estate, stacks, today, gone=not self.for_all)
        if self.tip is not self.fork:
            tip = self._before(pack, self.tip, self.named[0])
            still = {
                _what(part) for one in loosened(tip, after, estate, stacks, today, gone=True) for part in one.parts
            }
            found = tuple(one for one in found if any(_what(part) in still for part in one.parts))
        return (*(each for one in found for each in self._seen(one)), *self._files())

    def declared_here(self) -> tuple[Fact, ...]:
        """Return the facts that the change declares otherwise than where settings are trusted: they count."""
        if self.for_all or self.bare:
            return ()
        since = facts(self.own, self.fork)
        if self.tip is self.fork:
            return since
        there = {(one.section, one.id) for one in facts(self.own, self.tip)}
        return tuple(one for one in since if (one.section, one.id) in there)

    def _as_checked(self, pack: Pack) -> dict[str, Settings]:
        """Return how what is checked sets each policy; what belongs to a pack that does not count yet is passed over."""
        own = self.own
        if self.named[0] != self.named[2]:
            own = replace(own, policies=_known(pack, own.policies))
        if self.for_all:
            pinned = own.policy_set or self.tip.policy_set
            own = replace(own, policies=_layered(_known(pack, self.tip.policies), own.policies), policy_set=pinned)
        return settings(pack, own.policies, own.policy_set)

    def _before(self, pack: Pack, declared: Declarations, named: _Own) -> Held:
        services = objectives(declared)
        if self.for_all:
            named, mine = {}, objectives(self.own)
            default = _defaults(declared)
            services = {name: services.get(name, replace(default, id=name)) for name in mine}
        return Held(_settings(pack, declared), declared, named, services)

    def _services_as_checked(self) -> dict[str, Objectives]:
        """Return what the change asks of services; where an organisation speaks, silence says the same."""
        mine = objectives(self.own)
        if not self.for_all:
            return mine
        there, default = objectives(self.tip), _defaults(self.tip)
        return {name: _filled(one, there.get(name, default)) for name, one in mine.items()}

    def _seen(self, one: Loosening) -> Iterator[Loosening]:
        """Yield what of a loosening is still judged, and as not known what is not, as nothing is left to judge."""
        going = one.setting == _DECLARATION
        names = [name for name in one.names if not going or name in self.kept]
        lost = [name for name in names if going and name in self.services]
        if len(lost) < len(names):
            yield _only(one, [name for name in names if name not in lost])
        for name in lost:
            asked = objectives(self.tip).get(name)
            first = asked is not None and asked.tier == 1
            yield replace(_only(one, [name]), sure=False, judged=False, why=self.services[name], must_be_known=first)

    def _files(self) -> Iterator[Loosening]:
        for path in self.gone:
            yield Loosening("file", (path,), "content", "there", "gone", (), None, parts=(f"{path}: content",))


def counts_for_nothing(name: str) -> str:
    """Return why a loosening blocks nothing, in words.

    >>> counts_for_nothing("origin/main (0123456789)")
    'counts for nothing until it is on origin/main (0123456789)'
    """
    return f"counts for nothing until it is on {name}"


def _only(one: Loosening, names: Sequence[str]) -> Loosening:
    """Return what of a loosening is about these names; about all of them it is the loosening itself."""
    if len(names) == len(one.names):
        return one
    parts = tuple(part for name, part in zip(one.names, one.parts, strict=True) if name in names)
    return replace(one, names=tuple(names), services=tuple(names), parts=parts)


def _settings(pack: Pack, declared: Declarations) -> dict[str, Settings]:
    return settings(pack, _known(pack, declared.policies), declared.policy_set)


def _known(pack: Pack, policies: Mapping[str, PolicySettings]) -> dict[str, PolicySettings]:
    known = {policy.id for policy in pack.policies}
    return {name: item for name, item in policies.items() if name in known}


def _layered(first: Mapping[str, PolicySettings], then: Mapping[str, PolicySettings]) -> dict[str, PolicySettings]:
    """Return the settings of both, the later ones in place of the earlier ones."""
    both = {
        name: replace(item, also=(*item.also, replace(then[name], also=()), *then[name].also))
        for name, item in first.items()
        if name in then
    }
    return {**first, **then, **both}


def _defaults(declared: Declarations) -> Objectives:
    """Return what is asked of a service that the file does not name."""
    source = declared.source
    assert source is not None
    data = source.data if isinstance(source.data, dict) else {}
    alone: dict[str, Data] = {"service_defaults": data.get("service_defaults") or {}, "services": {"any": {}}}
    return objectives(replace(declared, source=replace(source, data=alone)))["any"]


def _filled(one: Objectives, other: Objectives) -> Objectives:
    silent = {key: getattr(other, key) for key in HELD if getattr(one, key) is None}
    return replace(one, **silent, consumers=one.consumers or other.consumers)


def _what(part: str) -> str:
    return part.partition(" from ")[0]
