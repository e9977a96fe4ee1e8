"""Evidence that others can verify, and what `verify` says when something of it was changed."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from in_toto_attestation.v1.statement import Statement as Reference
from jsonschema import Draft202012Validator

from resilience_checks.catalogue import bundled
from resilience_checks.cli.schema import text as schema
from resilience_checks.evidence.standing import compare
from resilience_checks.evidence.statement import Statement
from resilience_checks.evidence.witness import Subject
from tests.evidence.projects import CLOCK, FILES, run, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


READING = FILES["web/Pulumi.yaml"].replace("{size: 1}", "{size: 1, text: {fn::readFile: ../shared.txt}}")


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def attested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose check was attested: signed.json by key.pem (key.pub), and plain.json by nobody."""
    root = write(tmp_path_factory.mktemp("attested"), FILES | {"web/Pulumi.yaml": READING, "shared.txt": "shared"})
    openssl("genpkey", "-algorithm", "ed25519", "-out", str(root / "key.pem"))
    openssl("pkey", "-in", str(root / "key.pem"), "-pubout", "-out", str(root / "key.pub"))
    openssl("genpkey", "-algorithm", "ed25519", "-out", str(root / "other.pem"))
    openssl("pkey", "-in", str(root / "other.pem"), "-pubout", "-out", str(root / "other.pub"))
    written = ("--clock", CLOCK, "--format", "json=report.json")
    done = run(root, "check", "--attest", "signed.json", "--attest-key", "key.pem", *written)
    assert done.returncode == 13, done.stderr
    envelope = json.loads((root / "signed.json").read_text(encoding="utf-8"))
    (root / "plain.json").write_text(json.dumps(envelope | {"signatures": []}), encoding="utf-8")
    return root


@pytest.fixture
def repository(attested: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return shutil.copytree(attested, tmp_path / "copy")


def verify(root: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = run(root, "verify", *arguments, "--format", "json")
    found: dict[str, Any] = json.loads(done.stdout)
    Draft202012Validator(json.loads(schema("verification"))).validate(found)
    assert done.returncode == found["exit_code"]
    return done.returncode, found


def differing(found: dict[str, Any]) -> dict[str, list[str]]:
    return {
        f"{one['name']} {one['state']}": [f"{file['path']} {file['state']}" for file in one["files"]]
        for one in found["compared"]
        if one["state"] != "same"
    }


def test_the_predicate_is_the_report_and_the_subjects_are_all_that_it_was_made_from(attested: Path) -> None:
    envelope = json.loads((attested / "signed.json").read_text(encoding="utf-8"))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    report = json.loads((attested / "report.json").read_text(encoding="utf-8"))
    assert statement["predicate"] == report
    assert {one["name"]: one["digest"]["sha256"] for one in statement["subject"]} == report["inputs"]
    assert set(report["inputs"]) == {
        "web/prod", "web/dev", "resilience.yaml", "policies", "catalogue", "kinds/example.yaml", "shared.txt"
    }  # fmt: skip
    read = Reference.copy_from_pb(_protobuf(statement))
    read.validate()


def _protobuf(statement: dict[str, Any]) -> Any:
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    return ParseDict(statement, Message())


def test_openssl_verifies_the_signature_over_the_encoding_of_dsse(attested: Path, tmp_path: Path) -> None:
    envelope = json.loads((attested / "signed.json").read_text(encoding="utf-8"))
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"]
    (tmp_path / "pae").write_bytes(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
    (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    given = ("-rawin", "-in", str(tmp_path / "pae"), "-sigfile", str(tmp_path / "sig"))
    openssl("pkeyutl", "-verify", "-pubin", "-inkey", str(attested / "key.pub"), *given)


def test_what_was_checked_is_verified(attested: Path) -> None:
    code, found = verify(attested, "signed.json", "--key", "key.pub")
    assert (code, found["signature"]["state"], differing(found), found["inconsistent"]) == (0, "valid", {}, [])
    assert found["words"] == "verified: the files are what was checked"


def test_without_a_key_or_a_signature_it_says_that_digests_alone_were_checked(attested: Path) -> None:
    code, found = verify(attested, "plain.json")
    assert (code, found["signature"]["state"]) == (0, "unsigned")
    assert "only digests were checked" in run(attested, "verify", "plain.json").stdout
    code, found = verify(attested, "signed.json")
    assert (code, found["signature"]["state"]) == (0, "not checked")
    assert found["words"].endswith("if the evidence can be trusted: its signature was not checked")


def test_who_did_not_sign_is_told(attested: Path) -> None:
    for arguments in (("signed.json", "--key", "other.pub"), ("plain.json", "--key", "key.pub")):
        code, found = verify(attested, *arguments)
        assert (code, found["signature"]["state"]) == (5, "invalid")


def _payload(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def tamper(envelope: dict[str, Any]) -> None:
        statement = json.loads(base64.b64decode(envelope["payload"]))
        change(statement)
        envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()

    return tamper


def _signature(envelope: dict[str, Any]) -> None:
    raw = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    raw[0] ^= 1
    envelope["signatures"][0]["sig"] = base64.b64encode(raw).decode()


TAMPERED: dict[str, Callable[[dict[str, Any]], None]] = {
    "report": _payload(lambda statement: statement["predicate"]["verdict"].update(exit_code=0, words="clean")),
    "subject": _payload(lambda statement: statement["subject"][0]["digest"].update(sha256="0" * 64)),
    "annotation": _payload(lambda statement: statement["subject"][-1]["annotations"].update(apart=["web/x"])),
    "space": _payload(lambda _: None),  # the same statement, written in other bytes
    "signature": _signature,
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_of_it_breaks_the_signature(what: str, repository: Path) -> None:
    envelope = json.loads((repository / "signed.json").read_text(encoding="utf-8"))
    TAMPERED[what](envelope)
    (repository / "signed.json").write_text(json.dumps(envelope), encoding="utf-8")
    code, found = verify(repository, "signed.json", "--key", "key.pub")
    assert (code, found["signature"]["state"]) == (5, "invalid")
    assert found["words"] == "not verified: nobody who has that key states this"
    assert bool(found["inconsistent"]) is (what == "subject")


def test_what_changed_since_is_named(repository: Path) -> None:
    (repository / "web" / "Pulumi.prod.yaml").write_text("config: {a: b}\n", encoding="utf-8")
    (repository / "web" / "more.yaml").write_text("", encoding="utf-8")
    (repository / "web" / "Pulumi.dev.yaml").unlink()
    (repository / "resilience.yaml").write_text("version: 1\n", encoding="utf-8")
    (repository / "kinds" / "example.yaml").unlink()
    (repository / "shared.txt").write_text("another", encoding="utf-8")
    (repository / "ours" / "own" / "own.rego").write_text("package resilience.own.own_rule\n", encoding="utf-8")
    (repository / "ours" / "own" / "more.rego").write_text("package resilience.own.more\n", encoding="utf-8")
    (repository / "ours" / "own" / "more_test.rego").write_text("", encoding="utf-8")
    (repository / "kinds" / "more.yaml").write_text("", encoding="utf-8")
    (repository / "new").mkdir()
    (repository / "new" / "Pulumi.yaml").write_text("name: new\nruntime: yaml\n", encoding="utf-8")
    (repository / "resilience-waivers.yaml").write_text("version: 1\n", encoding="utf-8")
    code, found = verify(repository, "signed.json", "--key", "key.pub")
    files = ["web/Pulumi.dev.yaml missing", "web/Pulumi.prod.yaml changed", "web/more.yaml unchecked"]
    assert (code, found["signature"]["state"]) == (5, "valid")
    assert differing(found) == {
        "kinds/example.yaml missing": [],
        "policies changed": ["ours/own/more.rego unchecked", "ours/own/own.rego changed"],
        "kinds/more.yaml unchecked": [],
        "resilience.yaml changed": [],
        "shared.txt changed": [],
        "web/dev changed": files,
        "web/prod changed": files,
        "new/dev unchecked": [],
        "resilience-waivers.yaml unchecked": [],
    }
    told = run(repository, "verify", "signed.json", "--key", "key.pub").stdout
    assert "changed: web/prod is not what was checked" in told
    assert "web/more.yaml was added" in told
    assert "not verified: this is not what was checked" in told


def test_what_does_not_stand_in_the_checkout_is_not_called_gone(tmp_path: Path) -> None:
    names = ("main:kinds/example.yaml", "../organisation/resilience.yaml", "gone.yaml")
    stated = Statement((*(Subject(name, "0" * 64, {"kind": "file"}) for name in names),), {})
    found = compare(stated, tmp_path, tmp_path, frozenset())
    assert [str(one.state) for one in found] == ["unknown", "unknown", "missing"]


def test_policies_and_a_catalogue_of_another_tool_are_told_with_its_version(tmp_path: Path) -> None:
    policies = {"kind": "policies", "version": "0.0.1", "bundled": {}, "folders": {"gone": {"a/a.rego": "0" * 64}}}
    catalogue = {"kind": "catalogue", "version": "0.0.1", "files": bundled.files() | {"types/other.yaml": "0" * 64}}
    stated = Statement((Subject("policies", "0" * 64, policies), Subject("catalogue", "0" * 64, catalogue)), {})
    found = compare(stated, tmp_path, tmp_path, frozenset())
    assert [str(one.state) for one in found] == ["changed", "changed"]
    assert ("gone/a/a.rego", "missing") in found[0].files
    assert ("policies/lib/result.rego", "unchecked") in found[0].files
    assert found[1].files == (("catalogue/types/other.yaml", "missing"),)
    for one, what in zip(found, ("policies", "catalogue"), strict=True):
        assert one.why.startswith(f"what of the {what} comes with this tool, ")
        assert one.why.endswith(", is not what checked: version 0.0.1 checked")


@pytest.mark.parametrize(
    ("content", "code"),
    [("", 4), ("{}", 4), ("[]", 4), ('{"payload": "bm8=", "payloadType": "text/plain", "signatures": []}', 4)],
)
def test_what_is_no_evidence_is_refused(content: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text(content, encoding="utf-8")
    done = run(tmp_path, "verify", "file.json")
    assert done.returncode == code
    assert "help: name a file that `check --attest` wrote" in " ".join(done.stderr.split())
