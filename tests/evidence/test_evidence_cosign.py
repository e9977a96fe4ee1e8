"""Evidence before cosign, which takes too long to build for the usual test run: `tox -e cosign` builds it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from resilience_checks.evidence.statement import PREDICATE
from tests.evidence.projects import run
from tests.evidence.projects import write as repository
from tests.evidence.test_evidence_signing import KEYS, write
from tools.binaries import TOOLS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def cosign() -> str:
    """The cosign that is built."""
    found = TOOLS["cosign"].found()
    assert found is not None, "run `tox -e cosign`, or `python tools/binaries.py build cosign`"
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
