"""What `pulumi preview --json` wrote, as the graph of what would stand after the deployment."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.graph import Capabilities, ResourceGraph
from resilience_checks.sources.files import elements, kinds
from resilience_checks.sources.files.json_file import Reader
from resilience_checks.sources.files.operations import Details
from resilience_checks.sources.files.positions import Positions
from resilience_checks.sources.files.snapshot import (
    STACK,
    Snapshot,
    Urn,
    counts_as_default,
    hold_one_stack,
    hold_whole,
    parse_urn,
)
from resilience_checks.sources.files.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from resilience_checks.model.errors import InputError
    from resilience_checks.model.operation import Operation
    from resilience_checks.model.values import Value
    from resilience_checks.sources.files.homes import Home
    from resilience_checks.sources.files.json_file import Content

_SAME = "same"
_ONE = frozenset({_SAME, "create", "update", "read", "import", "diff"})
"""Operations of which a resource has at most one."""
_REPLACING = frozenset({"replace", "create-replacement", "read-replacement", "import-replacement"})
"""Operations that show the same new resource again: `--show-replacement-steps` shows them all."""
_REFRESH = "refresh"
_AFTER = _ONE | _REPLACING | {_REFRESH}
_GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
_ENGINE_ALONE = frozenset({"extend-parameterize"})
_FAILED = "a preview that failed shows only a part of what the program makes, so nothing was decided about it"


def stack_of(content: Content) -> Urn:
    """Return a URN of the stack that the preview is of, after reading no more than its beginning."""
    document = _Document(Reader(content))
    for at, step in document.steps():
        urn = parse_urn(step.get("urn")) if isinstance(step, dict) else None
        if urn is None:
            raise document.reader.fault(at, "a step without a well-formed `urn`", remedy=kinds.COMMANDS[kinds.PREVIEW])
        return urn
    document.hold_kind()
    raise document.reader.fault(
        0,
        "the preview has no steps, so it does not say which stack it is of",
        why="there is nothing to check in it",
        remedy=kinds.COMMANDS[kinds.PREVIEW],
    )


def graph(content: Content, urn: Urn, home: Home, root: Path) -> ResourceGraph:
    """Return the graph of what would stand after the deployment; raise InputError where there is no whole one.

    A preview without its unchanged resources is partial, which the graph says.
    """
    document = _Document(Reader(content))
    reader = document.reader
    steps = _Steps(Snapshot(reader, Positions(home.directory, root), Values(hides=True, surrogates=reader.surrogates)))
    for at, step in document.steps():
        steps.add(step, at)
    document.hold_kind()
    reader.end()
    snapshot = steps.snapshot
    hold_one_stack(snapshot, urn)
    left_out = steps.left_out(document.summary or {})
    notes = [*home.notes, *_partial(left_out, summarised=document.summary is not None)]
    notes += [f"the operation {name!r} is not known to this tool" for name in sorted(steps.strange)]
    if document.corrupt:
        notes.append("the preview says that resources may be corrupt: what it shows of them may be wrong")
    whole = document.summary is not None and not left_out and not steps.strange and not document.corrupt
    hold_whole(snapshot, partial=not whole)
    return ResourceGraph(
        project=urn.project,
        stack=urn.stack,
        project_file=home.project_file,
        source="preview",
        resources=tuple(snapshot.resources.values()),
        outputs=steps.outputs,
        output_dependencies=elements.outputs_by_id(steps.outputs, snapshot.ids),
        default_providers=snapshot.default_providers,
        capabilities=Capabilities(
            lookups=False,
            element_dependencies=False,
            secret_equality=False,
            lines=any(resource.location is not None for resource in snapshot.resources.values()),
            complete=whole,
        ),
        notes=tuple(notes),
        digest=content.digest,
        operations=steps.finished(),
    )


def before(content: Content, urn: Urn, home: Home, root: Path) -> ResourceGraph:
    """Return the graph of what stands before the deployment, by the same rules; its lines are those of an older program."""
    document = _Document(Reader(content))
    reader = document.reader
    snapshot = Snapshot(reader, Positions(home.directory, root), Values(hides=True, surrogates=reader.surrogates))
    steps = _Steps(snapshot)
    for at, step in document.steps():
        steps.add_old(step, at)
    document.hold_kind()
    hold_one_stack(snapshot, urn)
    hold_whole(snapshot, partial=True)
    whole = document.summary is not None and not steps.left_out(document.summary) and not document.corrupt
    return ResourceGraph(
        project=urn.project,
        stack=urn.stack,
        project_file=home.project_file,
        source="preview",
        resources=tuple(snapshot.resources.values()),
        outputs=steps.outputs,
        output_dependencies=elements.outputs_by_id(steps.outputs, snapshot.ids),
        default_providers=snapshot.default_providers,
        capabilities=Capabilities(
            lookups=False, element_dependencies=False, secret_equality=False, lines=False, complete=whole
        ),
        notes=tuple(home.notes),
        digest=content.digest,
    )


@dataclass
class _Document:
    """Walks through a preview; nothing of its configuration or of its messages is kept, as both may hold secrets."""

    reader: Reader
    summary: dict[str, int] | None = None
    corrupt: bool = False
    """Whether the engine itself says that resources may be in an invalid state."""
    _keys: list[str] = field(default_factory=list)
    _failed: int | None = None

    def steps(self) -> Iterator[tuple[int, Any]]:
        """Yield every step with its position in the file."""
        if not self.reader.next_is("{"):
            raise kinds.refusal(self.reader, (), kinds.PREVIEW)
        for key in self.reader.members():
            self._keys.append(key)
            if key == "steps" and self.reader.next_is("["):
                for at in self.reader.elements():
                    yield at, self.reader.value()
            elif key == "diagnostics" and self.reader.next_is("["):
                self._diagnostics()
            elif key == "maybeCorrupt":
                self.corrupt = self.reader.value() is True
            elif key == "changeSummary":
                self.summary = _counts(self.reader.value())
            else:
                self.reader.value()

    def hold_kind(self) -> None:
        """Make sure that what was read is a preview, and one that did not fail."""
        if self._failed is not None:
            raise self.reader.fault(
                self._failed,
                "the preview ended with an error, whose message stands here",
                why=_FAILED,
                remedy="correct the program until `pulumi preview` succeeds, and write the file again",
            )
        if kinds.recognise(self._keys) != kinds.PREVIEW:
            raise kinds.refusal(self.reader, self._keys, kinds.PREVIEW)

    def _diagnostics(self) -> None:
        for at in self.reader.elements():
            said = self.reader.value()
            if self._failed is None and isinstance(said, dict) and said.get("severity") == "error":
                self._failed = at


@dataclass
class _Steps:
    """Takes the steps, and keeps of each resource the state that it would have in the end."""

    snapshot: Snapshot
    operations: dict[str, str] = field(default_factory=dict)
    details: Details = field(default_factory=Details)
    strange: set[str] = field(default_factory=set)
    outputs: dict[str, Value] = field(default_factory=dict)
    _counted: Counter[str] = field(default_factory=Counter)

    def add(self, step: object, at: int) -> None:
        """Add one step, which stands at `at` in the file."""
        operation = step.get("op") if isinstance(step, dict) else None
        if not isinstance(step, dict) or not isinstance(operation, str) or parse_urn(step.get("urn")) is None:
            raise self._fault(at, "a step without an `op` and a well-formed `urn`")
        urn, new = step["urn"], step.get("newState")
        if not counts_as_default(urn):
            self._counted[operation] += 1
        self.details.add(urn, operation, step)
        if operation in _GONE or operation in _ENGINE_ALONE:
            self.operations.setdefault(self.snapshot.values.text(urn), sys.intern(operation))
            return
        if operation not in _AFTER:
            self.strange.add(operation)
        if new is None and operation == _REFRESH:
            self.operations.setdefault(self.snapshot.values.text(urn), "delete")
            return
        if not isinstance(new, dict) or new.get("urn") != urn:
            raise self._fault(at, f"the step {operation} of {urn} has no `newState` of this URN")
        self._take(urn, operation, new, at)

    def _take(self, urn: str, operation: str, new: dict[str, Any], at: int) -> None:
        """Add the resource of a step; a refresh comes before its resource's own step, a replacement may come twice."""
        before = self.operations.get(urn) if urn in self.snapshot.places else None
        if before is not None and ((before in _REPLACING and operation in _REPLACING) or operation == _REFRESH):
            return
        if before == _REFRESH:
            self.snapshot.forget(urn)
        resource = self.snapshot.add(new, at)
        if resource is not None and resource.type == STACK and isinstance(new.get("outputs"), dict):
            self.outputs = self.snapshot.values.inputs(new["outputs"], {})
        if resource is not None:
            self.operations[resource.urn] = "replace" if operation in _REPLACING else sys.intern(operation)

    def add_old(self, step: object, at: int) -> None:
        """Add what a step shows as standing before it: the first that is shown of each resource."""
        if not isinstance(step, dict) or not isinstance(step.get("op"), str) or parse_urn(step.get("urn")) is None:
            raise self._fault(at, "a step without an `op` and a well-formed `urn`")
        urn, old = step["urn"], step.get("oldState")
        if not counts_as_default(urn):
            self._counted[step["op"]] += 1
        if not isinstance(old, dict) or old.get("urn") != urn or urn in self.snapshot.places:
            return
        if old.get("delete") is True and step["op"] not in _REPLACING:  # left over from an earlier deployment
            return
        resource = self.snapshot.add(old, at)
        if resource is not None and resource.type == STACK and isinstance(old.get("outputs"), dict):
            self.outputs = self.snapshot.values.inputs(old["outputs"], {})

    def finished(self) -> dict[str, Operation]:
        """Return what becomes of each resource."""
        return {urn: self.details.operation(urn, name) for urn, name in self.operations.items()}

    def left_out(self, summary: Mapping[str, int]) -> int:
        """Return how many steps the preview counted and does not show; a refreshed resource is shown by that."""
        lacking = sum(max(0, count - self._counted[name]) for name, count in summary.items())
        return max(0, lacking - self._counted[_REFRESH])

    def _fault(self, at: int, what: str) -> InputError:
        return self.snapshot.reader.fault(at, what, remedy=kinds.COMMANDS[kinds.PREVIEW])


def _counts(summary: object) -> dict[str, int] | None:
    """Return the counts of a summary, None where it is none: of a count that is no number nothing is known."""
    if not isinstance(summary, dict) or not all(type(value) is int for value in summary.values()):
        return None
    return summary


def _partial(left_out: int, *, summarised: bool) -> Iterator[str]:
    remedy = "write the preview with `pulumi preview --json --show-sames`"
    if not summarised:
        yield f"the preview has no `changeSummary`, so nothing says whether it is whole: {remedy}"
    elif left_out:
        yield f"{left_out} steps are not shown in the preview, unchanged resources among them: {remedy}"
