"""Which settings hold an estate less strictly than they did at the base: of policies, services and stacks."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import CheckError
from resilience_checks.model.location import Location
from resilience_checks.model.thresholds import DEFAULT, looser, strictest
from resilience_checks.policy.settings import UNKNOWNS
from resilience_checks.policy.settings import settings as settle
from resilience_checks.topology.declaration_durations import duration
from resilience_checks.topology.declaration_strictness import objectives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings
    from resilience_checks.sources.worktrees import Commit, Repository
    from resilience_checks.topology.declaration_strictness import Objectives
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Estate

    _AtLine = tuple["Loosening", Location | None]

_SCOPES = ("local", "regional", "national")
_NOT_DECLARED = "not declared"
_PLURALS = {"policy": "policies", "service": "services", "stack": "stacks", "file": "files", "waiver": "waivers"}
DECLARATIONS = "resilience.yaml"


@dataclass(frozen=True, slots=True)
class Held:
    """How one version of an estate is held: its policies' settings, and what is declared."""

    settings: Mapping[str, Settings]
    declared: Declarations
    own: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What its resilience.yaml names of its own (key, and path from the root), with a digest of the files there."""
    asked: Mapping[str, Objectives] | None = None

    @property
    def services(self) -> Mapping[str, Objectives]:
        """What is asked of each service."""
        return objectives(self.declared) if self.asked is None else self.asked


@dataclass(frozen=True, slots=True)
class Loosening:
    """One setting of policies, services or stacks before and after; not `sure` where nobody says which is stricter.

    `names` are those for which one line says it now, or said it before where none does now. Without `services` it is
    about all. `parts` are the same setting of each of the names, by which it is known again. Nothing is `judged` of
    what is not there any more; `why` says more of that.
    """

    kind: str
    names: tuple[str, ...]
    setting: str
    before: str
    after: str
    services: tuple[str, ...] = ()
    location: Location | None = None
    sure: bool = True
    parts: tuple[str, ...] = ()
    judged: bool = True
    why: str = ""
    must_be_known: bool = False
    """Whether a change is stopped while it is not known what became of it."""
    stacks: tuple[str, ...] = ()
    """Stacks that it is about and that are not checked any more; without them it is about the estate."""

    @property
    def target(self) -> str:
        """What it is about: the one setting, or that of several."""
        return self.parts[0] if len(self.parts) == 1 else f"{self.setting} of {len(self.names)} {_PLURALS[self.kind]}"


@dataclass(frozen=True, slots=True)
class Base:
    """Where the version to compare with is found: a commit, the folder of each stack, and --config where it is given."""

    name: str
    root: Path
    folders: tuple[tuple[str, Path], ...]
    config: Path | None
    pack: Pack

    def held(self) -> Held:
        """Return how the estate was held where this version left the base; raise CheckError where that cannot be read."""
        from resilience_checks.sources.worktrees import Repository
        from resilience_checks.topology.declaration_union import of_stacks
        from resilience_checks.topology.declarations import Declarations, parsed

        repository = Repository(self.root)
        fork = repository.fork_point(self.name, "HEAD")
        found = {place: self._file(repository, fork, place) for place in {place for _, place in self.folders}}
        files = sorted({file for file in found.values() if file is not None})
        declared = {file: parsed(file[1], file[0], alone=False) for file in files}
        none = Declarations.empty()
        stacks = [
            (name, declared[file] if (file := found[place]) is not None else none) for name, place in self.folders
        ]
        whole = of_stacks(sorted(stacks, key=lambda stack: stack[1].path or ""))
        known = {policy.id for policy in self.pack.policies}
        policies = {name: item for name, item in whole.policies.items() if name in known}
        own = {named: repository.digest(fork, named[1]) for named in own_paths(whole)}
        return Held(settle(self.pack, policies, whole.policy_set), whole, own)

    def own(self, declared: Declarations) -> dict[tuple[str, str], str]:
        """Return the same of what is checked now."""
        from resilience_checks.sources.worktrees import Repository

        repository = Repository(self.root)
        return {named: repository.digest(None, named[1]) for named in own_paths(declared)}

    def _file(self, repository: Repository, fork: Commit, directory: Path) -> tuple[str, bytes] | None:
        """Return path from the root and content of the file of a project: the one beside it, else that of the root."""
        beside = [directory / DECLARATIONS, self.root / DECLARATIONS]
        for place in [self.config] if self.config is not None else beside:
            content = repository.content(fork, repository.within(place).as_posix())
            if content is not None:
                return place.resolve().relative_to(self.root.resolve()).as_posix(), content
        return None


def loosened(
    before: Held, after: Held, estate: Estate, stacks: Sequence[str], today: date, *, gone: bool = False
) -> tuple[Loosening, ...]:
    """Return every loosening, those of policies first, and what one line loosens in the same way as one.

    A stack that is ignored now is not of the estate any more. With `gone`, services and their consumers that are not
    declared any more are told too.
    """
    cases = _cases(estate, stacks)
    settings = (_policies(before, after, cases, today), _services(before, after, gone=gone))
    lines: dict[tuple[object, ...], list[Loosening]] = defaultdict(list)
    for one, line in chain(*settings, _stacks(before, after, stacks), _own(before, after)):
        whom = () if one.kind == "service" else one.services
        lines[one.kind, one.setting, one.before, one.after, one.sure, whom, line or one.parts].append(one)
    return tuple(_joined(together) for together in lines.values())


def _joined(found: Sequence[Loosening]) -> Loosening:
    return replace(
        found[0],
        names=tuple(dict.fromkeys(name for one in found for name in one.names)),
        services=tuple(dict.fromkeys(service for one in found for service in one.services)),
        parts=tuple(part for one in found for part in one.parts),
    )


def _cases(estate: Estate, stacks: Sequence[str]) -> dict[tuple[int | None, tuple[str, ...]], list[str]]:
    """Return the services by what scopes of settings go by; without any service, the estate as a whole."""
    cases: dict[tuple[int | None, tuple[str, ...]], list[str]] = defaultdict(list)
    for service in estate.services.values():
        cases[service.tier, (service.stack,) if service.stack is not None else tuple(stacks)].append(service.id)
    return cases or {(None, tuple(stacks)): []}


def _policies(
    before: Held, after: Held, cases: Mapping[tuple[int | None, tuple[str, ...]], Sequence[str]], today: date
) -> Iterator[_AtLine]:
    everything = sum(map(len, cases.values()))
    for name in sorted(before.settings.keys() & after.settings.keys()):
        old, new = before.settings[name], after.settings[name]
        services: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for (tier, stacks), of in cases.items():
            was, now = old.within(tier, stacks), new.within(tier, stacks)
            at_most = strictest(after.declared.stacks.threshold(stack) for stack in stacks) or DEFAULT
            weaker = (*_weaker(was, now, tier, today), *_milder(was, now, at_most), *_otherwise(was, now))
            for change in weaker:
                services[change] += of
        for (setting, earlier, later), of in services.items():
            at = _line(after.declared, name, "enforce_from" if setting == "enforcement" else setting)
            whom = () if len(of) == everything else tuple(sorted(of))
            part = f"policy {name}: {setting}{f' from {earlier} to {later}' if whom else ''}"
            sure = setting != "parameters"
            found = Loosening("policy", (name,), setting, earlier, later, whom, at, sure=sure, parts=(part,))
            yield found, at if sure else None


def _weaker(old: Settings, new: Settings, tier: int | None, today: date) -> Iterator[tuple[str, str, str]]:
    """Yield setting, before and after of what is less strict for what is of this tier."""
    if not old.enabled:
        return
    if not new.enabled:
        yield "enabled", "true", "false"
        return
    if new.severity.rank < old.severity.rank:
        yield "severity", str(old.severity), str(new.severity)
    was, now = old.on_unknown_of(tier), new.on_unknown_of(tier)
    if UNKNOWNS.index(now) < UNKNOWNS.index(was):
        yield "on_unknown", was, now
    if new.not_enforced(today) and (not old.not_enforced(today) or _later(old.enforce_from, new.enforce_from)):
        yield "enforcement", "; ".join(old.not_enforced(today)) or "immediate", "; ".join(new.not_enforced(today))


def _milder(old: Settings, new: Settings, stack: str) -> Iterator[tuple[str, str, str]]:
    """Yield the thresholds before and after where less blocks now; `stack` is what holds for the stacks."""
    was, now = old.threshold(stack), new.threshold(stack)
    if old.enabled and new.enabled and looser(now, was):
        yield "fail_on", was, now


def _otherwise(old: Settings, new: Settings) -> Iterator[tuple[str, str, str]]:
    """Yield the parameters before and after; which of them is less strict the policy alone could say."""
    if old.enabled and new.enabled and old.parameters != new.parameters:
        keys = [key for key in new.parameters if new.parameters[key] != old.parameters.get(key)]
        before, after = (", ".join(f"{key}: {one.parameters.get(key)}" for key in keys) for one in (old, new))
        yield "parameters", before, after


def _later(old: date | None, new: date | None) -> bool:
    return new is not None and (old is None or new > old)


def _line(declared: Declarations, policy: str, setting: str) -> Location | None:
    """Return the last line that says it, else where the policy is set, else the file."""
    item = declared.policies.get(policy)
    if item is not None:
        said = [entry.at[setting] for entry in (item, *item.also) if setting in entry.at]
        return said[-1] if said else item.location
    if setting == "enforce_from" and declared.policy_set is not None:
        return declared.policy_set.location
    return _top(declared)


def _top(declared: Declarations) -> Location | None:
    return Location(declared.path, 1) if declared.path is not None else None


def _services(before: Held, after: Held, *, gone: bool) -> Iterator[_AtLine]:
    services = after.services
    for name, old in before.services.items():
        new = services.get(name)
        if new is not None:
            for setting, was, now in (*_easier(old, new), *(_fewer(old, new) if gone else ())):
                line = new.at.get(setting)
                part = f"service {name}: {setting}"
                found = Loosening("service", (name,), setting, was, now, (name,), line or new.location, parts=(part,))
                yield found, line or old.at.get(setting)
        elif gone:
            part, at = f"service {name}: declaration", _top(after.declared)
            found = Loosening("service", (name,), "declaration", "there", "gone", (name,), at, parts=(part,))
            yield found, at or Location(old.location.path, 1)


def _easier(old: Objectives, new: Objectives) -> Iterator[tuple[str, str, str]]:
    """Yield setting, before and after of what asks less of a service."""
    if old.scope is not None and (new.scope is None or _SCOPES.index(new.scope) < _SCOPES.index(old.scope)):
        yield "scope", str(old.scope), str(new.scope or _NOT_DECLARED)
    for setting in ("tier", "rto", "rpo"):
        was, now = getattr(old, setting), getattr(new, setting)
        if was is not None and (now is None or now > was):
            yield setting, _told(setting, was), _told(setting, now)


def _fewer(old: Objectives, new: Objectives) -> Iterator[tuple[str, str, str]]:
    """Yield the consumers before and after where some are missing."""
    if not set(old.consumers) <= set(new.consumers):
        yield "consumers", ", ".join(old.consumers), ", ".join(new.consumers) or _NOT_DECLARED


def _told(setting: str, value: float | None) -> str:
    if value is None:
        return _NOT_DECLARED
    return f"{value:g}" if setting == "tier" else duration(value)


def _stacks(before: Held, after: Held, names: Iterable[str]) -> Iterator[_AtLine]:
    for name in sorted(names):
        was, now = before.declared.stacks.of(name), after.declared.stacks.of(name)
        if was == "gated" and now != "gated":
            at = next((one.location for one in after.declared.stacks.advisory if one.matches(name)), None)
            part = f"stack {name}: strictness"
            yield Loosening("stack", (name,), "strictness", str(was), str(now), (), at, parts=(part,)), at
        earlier, later = (side.declared.stacks.threshold(name) or DEFAULT for side in (before, after))
        if looser(later, earlier):
            lines = (one.location for said, one in after.declared.stacks.fail_on if said == later and one.matches(name))
            at = next(lines, _top(after.declared))
            part = f"stack {name}: fail_on"
            yield Loosening("stack", (name,), "fail_on", earlier, later, (), at, parts=(part,)), at


def own_paths(declared: Declarations) -> dict[tuple[str, str], Location]:
    """Return what a resilience.yaml names of its own, as key and path from the root, and where."""
    named = (*declared.catalogue, *declared.policy_packs)
    return {(one.key, os.path.normpath(Path(one.location.path).parent / one.text)): one.location for one in named}


def _own(before: Held, after: Held) -> Iterator[_AtLine]:
    """Yield what of one's own is not as it was; policies that are not evaluated any more surely held more strictly."""
    lines = own_paths(after.declared)
    for (key, path), was in before.own.items():
        now = after.own.get((key, path))
        if now is None:
            sure = key == "policy_packs"
            yield _of_file(path, key, "named", "not named", _top(after.declared), sure=sure)
        elif now != was:
            yield _of_file(path, f"content of {key}", was, now, lines[key, path])
    for key, path in sorted(after.own.keys() - before.own.keys()):
        if key == "catalogue":
            yield _of_file(path, key, "not named", "named", lines[key, path])


def _of_file(path: str, setting: str, was: str, now: str, at: Location | None, *, sure: bool = False) -> _AtLine:
    return Loosening("file", (path,), setting, was, now, (), at, sure=sure, parts=(f"{path}: {setting}",)), None


def read(base: Base | None) -> Held | CheckError | None:
    """Return how the base held the estate, why that cannot be read, or None where no base is given."""
    if base is None:
        return None
    try:
        return base.held()
    except CheckError as error:
        return error
