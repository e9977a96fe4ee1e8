"""One harness for each reader: bytes go in, and a proper result or the package's own error comes out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TODAY = date(2026, 11, 26)
_PROJECT = "name: web\nruntime: yaml\n"
_STATE = b'{"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:dev::web::a:b:C::a", "type": "a:b:C"}]}}'


@dataclass(frozen=True, slots=True)
class Harness:
    """A reader under test: `read` gets the bytes and an empty folder; `file` is the name that its errors show."""

    read: Callable[[bytes, Path], object]
    file: str
    longest: int = 1 << 14
    """How many bytes an input may have; more finds nothing new and takes long."""


def _written(data: bytes, file: Path) -> Path:
    file.write_bytes(data)
    return file


def _of_files(data: bytes, folder: Path, *, state: bool) -> None:
    from resilience_checks.report import graph_json
    from resilience_checks.sources.files import reading

    file = _written(data, folder / "file.json")
    found = reading.open_all([] if state else [file], [file] if state else [], [], folder)
    for failure in found.failures:
        raise failure
    for source in found.sources:
        graph_json.render(source.graph())


def _preview(data: bytes, folder: Path) -> None:
    _of_files(data, folder, state=False)


def _standing(data: bytes, folder: Path) -> None:
    """Read what a preview shows as standing before the deployment."""
    from resilience_checks.model.location import Location
    from resilience_checks.report import graph_json
    from resilience_checks.sources.files import json_file, preview
    from resilience_checks.sources.files.homes import Home

    content = json_file.read(_written(data, folder / "file.json"), folder)
    graph_json.render(
        preview.before(content, preview.stack_of(content), Home(folder, Location("Pulumi.yaml", 1)), folder)
    )


def _state(data: bytes, folder: Path) -> None:
    _of_files(data, folder, state=True)


def _deployed(data: bytes, folder: Path) -> None:
    from resilience_checks.sources.files import state

    state.deployed(_written(data, folder / "file.json"), folder)


def _declarations(data: bytes, folder: Path) -> None:
    from resilience_checks.topology import declarations

    declarations.load(_written(data, folder / "resilience.yaml"), folder)


def _waivers(data: bytes, folder: Path) -> None:
    from resilience_checks.gate import waiver_edit, waiver_file

    _ = folder
    found = waiver_file.parsed(data, "resilience-waivers.yaml", _TODAY)
    text = data.decode("utf-8-sig")
    for number, waiver in enumerate(found.waivers[:1]):
        waiver_edit.added(text, waiver, _TODAY)
        waiver_edit.removed(text, {number}, _TODAY)


def _baseline(data: bytes, folder: Path) -> None:
    from resilience_checks.gate import baseline_file

    _ = folder
    baseline_file.written(baseline_file.read(data, "resilience-baseline.json"))


def _yaml_program(data: bytes, folder: Path) -> None:
    from resilience_checks.report import graph_json
    from resilience_checks.sources.discovery import discover
    from resilience_checks.sources.interface import Limits
    from resilience_checks.sources.opening import of_program

    _written(data, folder / "Main.yaml")
    (folder / "Pulumi.yaml").write_text(_PROJECT)
    found = discover([folder], folder)
    graph_json.render(of_program(found.stacks[0], folder, Limits(seconds=4.0)).graph())


def _project(data: bytes, folder: Path) -> None:
    """Read a Pulumi.yaml, and the program that may stand in it."""
    from resilience_checks.sources.discovery import discover
    from resilience_checks.sources.interface import Limits
    from resilience_checks.sources.opening import of_program
    from resilience_checks.sources.project import stack_config

    _written(data, folder / "Pulumi.yaml")
    found = discover([folder], folder)
    for failure in found.failures:
        raise failure
    for stack in found.stacks[:1]:
        stack_config(stack.project, stack.stack, folder).default_providers()
        if stack.project.runtime == "yaml":
            of_program(stack, folder, Limits(seconds=4.0)).graph()


def _stack_config(data: bytes, folder: Path) -> None:
    from resilience_checks.sources.project import read_project, stack_config

    (folder / "Pulumi.yaml").write_text(f"{_PROJECT}config: {{size: {{type: integer, default: 1}}}}\n")
    _written(data, folder / "Pulumi.dev.yaml")
    project = read_project(folder / "Pulumi.yaml", folder)
    stack_config(project, "dev", folder).default_providers()


def _catalogue(data: bytes, folder: Path) -> None:
    from resilience_checks.catalogue import own_files

    own_files.read(_written(data, folder / "own.yaml"), "own.yaml")


def _open_psa(data: bytes, folder: Path) -> None:
    from resilience_checks.analysis.open_psa.reader import read

    _ = folder
    read(data, "tree.xml")


def _traces(data: bytes, folder: Path) -> None:
    """Read what a program's child leaves in its private directory: its end, what it printed, and where it hung."""
    from resilience_checks.sources.nodejs import failures as of_node
    from resilience_checks.sources.program import failures
    from resilience_checks.sources.program.child_process import _how_it_ended
    from resilience_checks.sources.project import read_project

    (folder / "Pulumi.yaml").write_text(_PROJECT)
    project = read_project(folder / "Pulumi.yaml", folder)
    for name in ("end.json", "output.txt", "stuck.txt", "last.txt"):
        _written(data.replace(b"@", str(folder).encode()), folder / name)
    (folder / "notes.jsonl").touch()
    end = _how_it_ended(folder, 1)
    for made in (
        failures.failed(end, project, folder, folder, 1),
        of_node.failed(end, project, folder, folder, 1),
        failures.endless(project, folder, folder, 1.0),
        of_node.endless(project, folder, folder, 1.0),
    ):
        _said(made, folder)


def _notes(data: bytes, folder: Path) -> None:
    from resilience_checks.model.location import Location
    from resilience_checks.sources.program import guesses
    from resilience_checks.sources.program.notes import MisshapenError, read_notes

    try:
        found = read_notes(_written(data, folder / "notes.jsonl"))
    except MisshapenError:
        return
    _ = found.standing, guesses.decisive(found)
    guesses.told(found, lambda note: Location(note["file"], note["line"]) if note else None)


def _positions(data: bytes, folder: Path) -> None:
    from resilience_checks.sources.files.positions import Positions

    uri = data.decode("utf-8", "surrogateescape")
    frames = [{"sourcePosition": line} for line in uri.split("\n")]
    Positions(folder, folder).find({"stackTrace": frames, "sourcePosition": uri})


def _attestation(data: bytes, folder: Path) -> None:
    from resilience_checks.evidence import statement

    file = _written(data, folder / "statement.json")
    statement.opened(statement.read(file), file)


def _statement(data: bytes, folder: Path) -> None:
    """Read what an envelope holds, hold a checkout and a state against it, and see how its check was asked for."""
    from resilience_checks.evidence import asked, deployed, standing, statement
    from resilience_checks.report import verification

    found = statement.opened(statement.Envelope(data, statement.PAYLOAD), folder / "statement.json")
    (folder / "Pulumi.yaml").write_text(_PROJECT)
    state = _written(_STATE, folder / "file.json")
    told = verification.Verification(
        evidence="statement.json",
        checked=str(found.report.get("started")),
        tool="",
        verdict="",
        signed=verification.Signed.UNSIGNED,
        by="",
        compared=standing.compare(found, folder, folder, frozenset()),
        deployed=deployed.compare(found, [state], folder),
        inconsistent=tuple(standing.consistent(found)),
    )
    json.dumps(verification.as_data(told), allow_nan=False)
    asked.again(found.report, folder)


def _key(data: bytes, folder: Path) -> None:
    from resilience_checks.evidence import signing, statement

    file = _written(data, folder / "key.pem")
    signed = statement.Envelope(b"{}", statement.PAYLOAD, (statement.Signature(data[:64]),))
    signing.verifies(signed, file)


def _report(data: bytes, folder: Path) -> None:
    """Read a report back, and write it in every form."""
    from resilience_checks.cli.report import reading
    from resilience_checks.report import explanation
    from resilience_checks.report.formats import FORMS, Style

    report = reading(_written(data, folder / "report.json"))
    for form in FORMS.values():
        form.renderer(Style(folder)).render(report)
    for result in report.results[:1]:
        explanation.as_data(explanation.stories(report, result.fingerprint))


def _lookups(data: bytes, folder: Path) -> None:
    from resilience_checks.sources import given

    found = given.load(_written(data, folder / "lookups.json"), None)
    found.answer("aws:index/getZones:getZones", {})


def _stack_outputs(data: bytes, folder: Path) -> None:
    from resilience_checks.sources import given

    found = given.load(None, _written(data, folder / "outputs.json"))
    found.outputs("org/web/dev", "web")


def _metadata(data: bytes, folder: Path) -> None:
    """Read a policy of the user's own."""
    from resilience_checks.policy import pack

    _written(data, folder / "own.rego")
    pack.load([folder])


def _controls(data: bytes, folder: Path) -> None:
    from resilience_checks.policy import controls

    _written(data, folder / "controls.yaml")
    controls.evidenced({"OWN-1": ["a"]}, [folder])


def _kept(data: bytes, folder: Path) -> None:
    """Read an entry of the cache: no bytes make anything but values of the model."""
    from resilience_checks.sources.stacks.packed import UnreadableError, unpack

    _ = folder
    try:
        unpack(data)
    except UnreadableError:
        return


def _said(error: Exception, folder: Path) -> None:
    """Hold an error of the package to what every one promises: words that can be written, and where it is."""
    from resilience_checks.cli.errors import block, trace
    from resilience_checks.model.errors import CheckError

    assert isinstance(error, CheckError)
    assert error.what.strip(), "an error without words"
    block(error, folder).encode()
    trace(error).encode()


HARNESSES = {
    "preview": Harness(_preview, "file.json"),
    "standing": Harness(_standing, "file.json"),
    "state": Harness(_state, "file.json"),
    "deployed": Harness(_deployed, "file.json"),
    "declarations": Harness(_declarations, "resilience.yaml", 1 << 12),
    "waivers": Harness(_waivers, "resilience-waivers.yaml", 1 << 12),
    "baseline": Harness(_baseline, "resilience-baseline.json", 1 << 12),
    "yaml-program": Harness(_yaml_program, "Main.yaml", 1 << 12),
    "project": Harness(_project, "Pulumi.yaml", 1 << 12),
    "stack-config": Harness(_stack_config, "Pulumi.dev.yaml", 1 << 12),
    "catalogue": Harness(_catalogue, "own.yaml", 1 << 12),
    "open-psa": Harness(_open_psa, "tree.xml"),
    "traces": Harness(_traces, "", 1 << 12),
    "notes": Harness(_notes, "notes.jsonl", 1 << 12),
    "positions": Harness(_positions, "", 1 << 10),
    "attestation": Harness(_attestation, "statement.json"),
    "statement": Harness(_statement, ""),
    "key": Harness(_key, "key.pem", 1 << 12),
    "report": Harness(_report, "report.json", 1 << 15),
    "lookups": Harness(_lookups, "lookups.json", 1 << 12),
    "stack-outputs": Harness(_stack_outputs, "outputs.json", 1 << 12),
    "policy": Harness(_metadata, "own.rego", 1 << 12),
    "controls": Harness(_controls, "controls.yaml", 1 << 12),
    "cache": Harness(_kept, ""),
}
"""By the name of the reader, which is also that of its folder in the corpus."""
