"""Whether what was checked still stands and is what was deployed: for a person, and as `resilience-verification/v1` JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from resilience_checks.gate.verdict import ExitCode
from resilience_checks.report import repetition
from resilience_checks.report.repetition import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.report.page import Page
    from resilience_checks.report.repetition import Repetition

SCHEMA = "resilience-verification/v1"
_MAX_LISTED = 20


class State(StrEnum):
    """How something stands now that was checked."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    UNCHECKED = "unchecked"
    """It is there, and was no part of the check."""
    UNKNOWN = "unknown"


_WORDS = {
    State.CHANGED: "is not what was checked",
    State.MISSING: "is not there any more",
    State.UNCHECKED: "was not checked",
    State.UNKNOWN: "cannot be compared",
}
_OF_FILES = {State.CHANGED: "changed", State.MISSING: "is gone", State.UNCHECKED: "was added"}
_STYLES = {State.CHANGED: "bold red", State.MISSING: "bold red", State.UNCHECKED: "bold red", State.UNKNOWN: "magenta"}


_AGAIN = {Outcome.SAME: State.SAME, Outcome.DIFFERENT: State.CHANGED, Outcome.NOT_REPRODUCED: State.UNKNOWN}


class Signed(StrEnum):
    """What is known of who states it."""

    VALID = "valid"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that was checked, or that stands there; `files` are those of it that differ."""

    name: str
    state: State
    why: str = ""
    files: tuple[tuple[str, State], ...] = ()


@dataclass(frozen=True, slots=True)
class Inputs:
    """Inputs of a resource, by their paths; `why` they are told."""

    urn: str
    paths: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack's state held against its graph as it was checked; resources are named by their URNs.

    `differing` are inputs (or "type", "parent", "provider", "id") that are not what was checked. `added` are inputs
    of which the check knew nothing: the provider may fill them in. `incomparable` are those that the check could not
    know, or that are secret. `same` counts the inputs that are equal.
    """

    stack: str
    unchecked: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    differing: tuple[Inputs, ...] = ()
    added: tuple[Inputs, ...] = ()
    incomparable: tuple[Inputs, ...] = ()
    same: int = 0
    resources: int = 0
    notes: tuple[str, ...] = ()
    known: bool = True
    """Whether the stack was checked at all."""

    @property
    def state(self) -> State:
        """What the comparison came to."""
        if not self.known:
            return State.UNCHECKED
        if self.unchecked or self.missing or self.differing:
            return State.CHANGED
        return State.UNKNOWN if self.added else State.SAME


@dataclass(frozen=True, slots=True)
class Verification:
    """All that verifying the evidence of one check says; `checked`, `tool` and `verdict` are what the evidence states.

    `compared` is None where no files were to be compared, `again` where the check was not to be run anew.
    """

    evidence: str
    checked: str
    tool: str
    verdict: str
    signed: Signed
    by: str = ""
    compared: tuple[Compared, ...] | None = None
    deployed: tuple[Deployed, ...] = ()
    inconsistent: tuple[Compared, ...] = field(default=())
    """What the evidence contradicts itself about."""
    again: Repetition | None = None

    @property
    def exit_code(self) -> ExitCode:
        """5 where something is not what was checked or who signed is not who should, 10 where that is not known."""
        states = {one.state for one in (*(self.compared or ()), *self.inconsistent)} | {
            one.state for one in self.deployed
        }
        states |= {_AGAIN[self.again.outcome]} if self.again is not None else set()
        if self.signed is Signed.INVALID or states & {State.CHANGED, State.MISSING, State.UNCHECKED}:
            return ExitCode.DIFFERENT
        return ExitCode.UNDECIDED if State.UNKNOWN in states else ExitCode.CLEAN

    @property
    def words(self) -> str:
        """The end of it, in one sentence."""
        if self.signed is Signed.INVALID:
            return "not verified: nobody who has that key states this"
        if self.exit_code is ExitCode.DIFFERENT:
            return "not verified: this is not what was checked"
        if self.exit_code is ExitCode.UNDECIDED and self.again is not None and self.again.why:
            return "not verified: the check was not reproduced"
        if self.exit_code is ExitCode.UNDECIDED:
            return "not verified: something of it cannot be compared"
        against = [
            *(["the files"] if self.compared is not None else []),
            *(["what is deployed"] if self.deployed else []),
        ]
        same = f"{' and '.join(against)} {'are' if self.compared is not None else 'is'} what was checked"
        same += ", and the same report comes out again" if self.again is not None else ""
        if self.signed is Signed.VALID:
            return f"verified: {same}" if against else "verified: the signature is valid, and nothing else was compared"
        return (
            f"{same}, if the evidence can be trusted: its signature was not checked"
            if against
            else "nothing was verified"
        )


def write(page: Page, found: Verification) -> None:
    """Write what was verified, what is not as it was checked, and the end of it."""
    page.head("evidence", "bold", "", found.evidence)
    page.field("checked", f"{found.checked}, by resilience-checks {found.tool}")
    page.field("verdict", found.verdict)
    page.field("signature", _signature(found), style="bold red" if found.signed is Signed.INVALID else "")
    if found.compared is not None:
        same = sum(one.state is State.SAME for one in found.compared)
        page.field("same", f"{same} of {len(found.compared)}: stacks, declarations, policies, and what else was read")
    page.end()
    for one in (*found.inconsistent, *(found.compared or ())):
        _compared(page, one)
    for stack in found.deployed:
        _deployed(page, stack)
    if found.again is not None:
        repetition.write(page, found.again)
    page.field("end", found.words)


def _signature(found: Verification) -> str:
    match found.signed:
        case Signed.VALID:
            return f"valid, by the key in {found.by}"
        case Signed.INVALID:
            return f"NOT valid: none is by the key in {found.by}, or what was signed was changed afterwards"
        case Signed.UNSIGNED:
            return "none: only digests were checked, and whoever can write the evidence can write it anew"
    return "not checked, so only digests were: name the public key of whom you trust with --key FILE"


def _compared(page: Page, one: Compared) -> None:
    if one.state is State.SAME:
        return
    page.head(f"{one.state}:", _STYLES[one.state], "", f"{one.name} {_WORDS[one.state]}")
    page.field("why", one.why)
    page.listed("files", (f"{name} {_OF_FILES[state]}" for name, state in one.files), limit=_MAX_LISTED)
    page.end()


def _deployed(page: Page, one: Deployed) -> None:
    if not one.known:
        page.head("unchecked:", "bold red", "", f"{one.stack} is deployed and was not checked")
        page.listed("checked", one.notes)
        page.end()
        return
    words = {
        State.CHANGED: "what is deployed is not what was checked",
        State.SAME: "what is deployed is what was checked",
    }
    style = _STYLES.get(one.state, "bold green")
    page.head(
        f"{one.state}:", style, one.stack, words.get(one.state, "whether all that is deployed was checked is not known")
    )
    page.listed("unchecked", (f"{_short(urn)} is deployed and was not checked" for urn in one.unchecked), _MAX_LISTED)
    page.listed("missing", (f"{_short(urn)} was checked and is not deployed" for urn in one.missing), _MAX_LISTED)
    page.listed("differs", (f"{_short(each.urn)}: {_paths(each)}" for each in one.differing), _MAX_LISTED)
    page.listed("added", (f"{_short(each.urn)}: {_paths(each)}" for each in one.added), _MAX_LISTED)
    if one.added:
        page.field("", "the program may have set these at deployment only, or the provider may have filled them in")
    page.field("same", f"{one.same} of the inputs, in {one.resources} resources that stand on both sides")
    unknown = sum(len(each.paths) for each in one.incomparable)
    if unknown:
        page.field(
            "not known", f"{unknown} inputs were not known when checked, or are secret: the JSON form lists them"
        )
    page.listed("notes", one.notes)
    page.end()


def _paths(one: Inputs) -> str:
    return f"{', '.join(one.paths)}{f' ({one.why})' if one.why else ''}"


def _short(urn: str) -> str:
    """Return type and name of a URN, as people call a resource."""
    kind, _, name = urn.partition("::")[2].partition("::")[2].partition("::")
    return f"{kind.rpartition('$')[2]} {name}" if name else urn


def as_data(found: Verification) -> dict[str, Any]:
    """Return it as JSON values, held by verification.schema.json."""
    return {
        "schema": SCHEMA,
        "evidence": found.evidence,
        "checked": found.checked,
        "tool": found.tool,
        "verdict": found.verdict,
        "signature": {"state": str(found.signed), "key": found.by},
        "inconsistent": _all(found.inconsistent),
        "compared": None if found.compared is None else _all(found.compared),
        "deployed": [{"state": str(one.state), **_plain(asdict(one))} for one in found.deployed],
        "again": None if found.again is None else repetition.as_data(found.again),
        "exit_code": int(found.exit_code),
        "words": found.words,
    }


def _all(found: Sequence[Compared]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "state": str(one.state),
            "why": one.why,
            "files": [{"path": path, "state": str(state)} for path, state in one.files],
        }
        for one in found
    ]


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in data.items()}
