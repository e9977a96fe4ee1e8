"""Turns what a program registered into a ResourceGraph."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.graph import Capabilities, ResourceGraph, SkippedCallback
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Lookup, Resource, ResourceOptions
from resilience_checks.sources.program import guesses
from resilience_checks.sources.program.answers import Answers, lookup_id
from resilience_checks.sources.program.conversion import Converter
from resilience_checks.sources.program.notes import read_notes
from resilience_checks.sources.program.reads import outside
from resilience_checks.sources.program.record import STACK
from resilience_checks.sources.project import stack_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.program.record import Asked, Record, Registered
    from resilience_checks.sources.project import StackConfig

_LOOKUP = "urn:resilience-checks:lookup::"
_INSTALLED = frozenset({"node_modules", "site-packages"})
"""Folders of packages, which may stand in a project and are no part of it."""
_SKIPPING = frozenset({"watch_callbacks", "output"})
"""What sees the callbacks that are not called; where it cannot, what they would make is missing unseen."""
_LONGEST_NUMBER = 10
_TOP = re.compile(r"[.\[]")


def build(
    stack: Stack,
    root: Path,
    record: Record,
    answers: Answers,
    private: Path,
    end: Mapping[str, Any],
    config: StackConfig,
    digest: str,
) -> ResourceGraph:
    """Return the graph of a program that ended well with this configuration."""
    return _Builder(stack, root, record, answers, private).graph(end, config, digest)


class _Builder:
    """Joins the protocol's record with the child's notes."""

    def __init__(self, stack: Stack, root: Path, record: Record, answers: Answers, private: Path) -> None:
        self._stack, self._root, self._record = stack, root, record
        self._project = os.path.realpath(stack.project.directory) + os.sep
        self._converter = Converter(answers)
        self._notes = read_notes(private / "notes.jsonl")
        self._lookup_ids = self._number_lookups()
        for text, number, path, whole in self._notes.marks:
            answers.learn(text, self._lookup_ids.get(number, "lookup"), path, whole=whole)
        self._registered = frozenset(item.urn for item in record.resources)

    def graph(self, end: Mapping[str, Any], config: StackConfig, digest: str) -> ResourceGraph:
        registered = sorted(self._record.resources, key=lambda item: (item.type != STACK, item.number))
        resources = tuple(self._resource(item) for item in registered)
        whole = not self._notes.unwatched and all(
            item.number and self._notes.elements.get(item.number) is not None for item in registered if item.inputs
        )
        stack_urn = next((item.urn for item in registered if item.type == STACK), "")
        behind = self._references(self._notes.outputs)
        outputs = self._values(self._record.outputs.get(stack_urn, {}), behind)
        remarks = [*config.notes, *(f"not watched with this SDK: {what}" for what in self._notes.unwatched)]
        remarks += guesses.told(self._notes, self._place)
        if config.environment and self._notes.unset:
            remarks.append(
                f"not set, so that the `environment:` may define it: {', '.join(sorted(set(self._notes.unset)))}"
            )
        if self._record.log:
            remarks.append(f"the program itself reports errors ({len(self._record.log)}), which `pulumi preview` shows")
        if self._record.strangers:
            remarks.append(
                f"requests without the token of this run, which were refused: {self._record.strangers}; "
                "another process tries to speak to the engine of this program"
            )
        remote = [item.name for item in registered if item.remote]
        if remote:
            remarks.append(f"the resources inside remote components are not visible: {', '.join(remote)}")
        read = (*(end.get("read") or ()), stack_file(self._stack.project, self._stack.stack))
        return ResourceGraph(
            project=self._stack.project.name,
            stack=self._stack.stack,
            project_file=self._stack.project.location,
            source="program",
            resources=resources,
            lookups=self._lookups(),
            skipped=tuple(SkippedCallback(self._place(note), note["name"]) for note in self._notes.skipped),
            outputs=outputs,
            output_dependencies={path: tuple(targets) for path, targets in sorted(behind.items()) if targets},
            default_providers=config.default_providers(),
            capabilities=Capabilities(
                lookups=True,
                element_dependencies=whole,
                secret_equality=True,
                lines=True,
                complete=not guesses.decisive(self._notes) and _SKIPPING.isdisjoint(self._notes.unwatched),
            ),
            notes=tuple(remarks),
            digest=digest,
            read=outside(read, self._root, self._stack.project.directory),
        )

    def _handed_on(self, item: Registered) -> dict[str, str]:
        """Return the explicit providers that a component hands to what is in it, by package."""
        urns = {package: reference.rpartition("::")[0] for package, reference in sorted(item.providers.items())}
        return {package: urn for package, urn in urns.items() if urn in self._registered}

    def _resource(self, item: Registered) -> Resource:
        elements = {path: urns for path, urns in self._references(self._noted(item)).items() if urns}
        inputs = self._values(item.inputs, elements)
        return Resource(
            urn=item.urn,
            type=item.type,
            name=item.name,
            custom=item.custom,
            inputs=inputs,
            parent=item.parent or None,
            provider=item.provider if item.provider in self._registered else None,
            dependencies=tuple(urn for urn in item.dependencies if not urn.startswith(_LOOKUP)),
            property_dependencies={
                key: self._targets(urns) for key, urns in sorted(item.property_dependencies.items()) if urns
            },
            element_dependencies={path: tuple(targets) for path, targets in sorted(elements.items())},
            location=self._made_at(item),
            external_id=item.external_id,
            options=ResourceOptions(
                protect=bool(item.protect),
                retain_on_delete=bool(item.retain_on_delete),
                delete_before_replace=item.delete_before_replace,
                deleted_with=item.deleted_with or None,
                ignore_changes=item.ignore_changes,
                aliases=item.aliases,
            ),
            remote=item.remote,
            providers=self._handed_on(item),
        )

    def _noted(self, item: Registered) -> dict[str, Any]:
        """Return what the child noted of each element; of an input that a transform changed, what the engine knows."""
        noted = (self._notes.elements.get(item.number) if item.number else None) or {}
        kept = {path: urns for path, urns in noted.items() if _TOP.split(path, maxsplit=1)[0] not in item.changed}
        return {**kept, **{key: item.property_dependencies.get(key, ()) for key in sorted(item.changed)}}

    def _lookups(self) -> tuple[Lookup, ...]:
        """Return each lookup once, in the order in which the program asked, the unnumbered ones last."""
        found: dict[str, Lookup] = {}
        sent = {item.number: item for item in self._record.lookups if item.number}
        for number in sorted(self._lookup_ids):
            note = self._notes.lookups.get(number, {})
            found.setdefault(self._lookup_ids[number], self._lookup(self._lookup_ids[number], sent.get(number), note))
        for item in self._record.lookups:
            found.setdefault(item.id, self._lookup(item.id, item, {}))
        return tuple(found.values())

    def _lookup(self, key: str, asked: Asked | None, note: Mapping[str, Any]) -> Lookup:
        elements = self._references(note.get("elements") or {})
        given = asked.given if asked else None
        return Lookup(
            id=key,
            token=asked.token if asked else note["token"],
            args=self._values(asked.args if asked else note.get("unsent", {}), elements),
            provider=(asked.provider or None) if asked else None,
            location=self._place(note.get("place")),
            answered=(asked is not None and asked.answered) or note.get("number") in self._notes.standing,
            dependencies=tuple(sorted({target for targets in elements.values() for target in targets})),
            element_dependencies={path: tuple(targets) for path, targets in sorted(elements.items())},
            answer=None if given is None else self._values(given, {}),
        )

    def _values(self, data: dict[str, Any], elements: dict[str, list[str]]) -> Mapping[str, Any]:
        def origin(at: str) -> str | None:
            return next((target for target in elements.get(at, ()) if target.startswith("urn:")), None)

        def note(at: str, lookup: str) -> None:
            targets = elements.setdefault(at, [])
            if lookup not in targets:
                targets.append(lookup)

        return self._converter.mapping(data, origin, note)

    def _references(self, elements: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path, urns in elements.items():
            found[path].extend(self._targets(urns))
        return found

    def _targets(self, urns: Iterable[str]) -> tuple[str, ...]:
        """Return URNs and lookup ids, each once."""
        numbered = (
            self._lookup_ids.get(_number(urn.removeprefix(_LOOKUP)), "") if urn.startswith(_LOOKUP) else urn
            for urn in urns
        )
        return tuple(sorted({target for target in numbered if target}))

    def _number_lookups(self) -> dict[int, str]:
        """Return the id of each lookup call, also of those that were never sent because an argument is unknown."""
        ids = {item.number: item.id for item in self._record.lookups if item.number}
        for number, note in self._notes.lookups.items():
            if number not in ids:
                ids[number] = lookup_id(note["token"], note.get("unsent"), str(note.get("elements")))
        return ids

    def _place(self, note: Mapping[str, Any] | None) -> Location | None:
        return self._location([(note["file"], note["line"])]) if note else None

    def _made_at(self, item: Registered) -> Location | None:
        """Return the innermost frame of the program; None, as in the engine, where Python text made the resource."""
        text = item.frames and not Path(item.frames[0][0]).is_absolute()
        if text and self._stack.project.runtime == "python":
            return None
        return (
            self._location(item.frames)
            or self._place(self._notes.places.get(item.number))
            or self._location(item.position)
        )

    def _location(self, frames: Iterable[tuple[str, int]]) -> Location | None:
        for file, line in frames:
            real = os.path.realpath(file)
            if real.startswith(self._project) and _INSTALLED.isdisjoint(Path(real[len(self._project) :]).parts):
                return Location(_relative(real, self._root), line)
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else 0


def _relative(file: str, root: Path) -> str:
    real = os.path.realpath(root) + os.sep
    return file[len(real) :].replace(os.sep, "/") if file.startswith(real) else Path(file).as_posix()
