"""Evidence before other verifiers: the DSSE implementation of its authors, in Go and in Python, and cosign."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from resilience_checks.evidence.signing import signed, signer
from resilience_checks.evidence.statement import PAYLOAD, PREDICATE, Envelope
from tests.evidence.projects import run
from tests.evidence.projects import write as repository
from tests.evidence.test_evidence_signing import KEYS, write
from tools.binaries import TOOLS

if TYPE_CHECKING:
    from pathlib import Path

ENVELOPE = Envelope('{"a": "ü"}'.encode(), PAYLOAD)


@pytest.fixture(scope="session")
def dsse_verifier() -> str:
    """The verifier that `make test` builds from the Go module of the authors of DSSE."""
    found = TOOLS["dsse-verifier"].found()
    if found is None:
        pytest.skip("no verifier of DSSE: run `python tools/binaries.py build dsse-verifier`")
    return str(found)


@pytest.mark.parametrize("kind", KEYS)
def test_the_go_implementation_verifies_what_is_signed_and_refuses_what_is_changed(
    kind: str, dsse_verifier: str, tmp_path: Path
) -> None:
    def verified(envelope: Envelope) -> subprocess.CompletedProcess[bytes]:
        (tmp_path / "envelope.json").write_text(envelope.text(), encoding="utf-8")
        command = [dsse_verifier, str(tmp_path / "envelope.json"), str(public)]
        return subprocess.run(command, capture_output=True, check=False)

    private, public = write(tmp_path, KEYS[kind]())
    made = signed(ENVELOPE, signer(private, ""))
    done = verified(made)
    assert (done.returncode, done.stdout, done.stderr) == (0, ENVELOPE.payload, b"")
    for changed in (
        Envelope(made.payload.replace(b"a", b"b"), made.kind, made.signatures),
        Envelope(made.payload, f"{made.kind}x", made.signatures),
        ENVELOPE,
    ):
        assert verified(changed).returncode == 1
    other = {"ed25519": ec.generate_private_key(ec.SECP256R1())}.get(kind, ed25519.Ed25519PrivateKey.generate())
    _, public = write(tmp_path, other)
    assert verified(made).returncode == 1


@pytest.fixture(scope="session")
def cosign() -> str:
    """The cosign that `tox -e cosign` builds; it is too large for the usual test run."""
    found = TOOLS["cosign"].found()
    if found is None:
        pytest.skip("no cosign: run `tox -e cosign`, or `python tools/binaries.py build cosign`")
    return str(found)


@pytest.mark.parametrize("kind", ["ed25519", "P-256"])
def test_cosign_verifies_evidence_of_a_file_and_refuses_another(kind: str, cosign: str, tmp_path: Path) -> None:
    private, public = write(tmp_path, KEYS[kind]())
    root = repository(tmp_path / "repository")
    run(root, "check", "--attest", "evidence.json", "--attest-key", str(private))
    file = root / "resilience.yaml"

    def verified() -> subprocess.CompletedProcess[str]:
        given = ("--key", str(public), "--type", PREDICATE, "--signature", str(root / "evidence.json"))
        return subprocess.run(
            [
                cosign,
                "verify-blob-attestation",
                *given,
                "--insecure-ignore-tlog",
                "--new-bundle-format=false",
                str(file),
            ],
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    done = verified()
    assert (done.returncode, "Verified OK" in done.stderr) == (0, True), done.stderr
    content = file.read_bytes()
    file.write_bytes(content + b"\n")
    assert "no matching subject digest found" in verified().stderr
    file.write_bytes(content)
    envelope = json.loads((root / "evidence.json").read_text(encoding="utf-8"))
    payload = base64.b64decode(envelope["payload"]).replace(b'"exit_code":13', b'"exit_code":0', 1)
    envelope["payload"] = base64.b64encode(payload).decode()
    (root / "evidence.json").write_text(json.dumps(envelope), encoding="utf-8")
    assert verified().returncode != 0
