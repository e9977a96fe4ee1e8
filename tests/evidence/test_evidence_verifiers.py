"""Evidence before other verifiers: the DSSE implementation of its authors, in Go and in Python."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from resilience_checks.evidence.signing import signed, signer
from resilience_checks.evidence.statement import PAYLOAD, Envelope
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
