"""Keys of every kind that is offered, and what is said of those that cannot be used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.evidence.signing import signed, signer, verifies
from resilience_checks.evidence.statement import PAYLOAD, Envelope, Signature, read
from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

ENVELOPE = Envelope(b'{"a": 1}', PAYLOAD)
KEYS: dict[str, Callable[[], PrivateKeyTypes]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
}


def write(directory: Path, key: PrivateKeyTypes, password: bytes = b"") -> tuple[Path, Path]:
    """Write a key as openssl does, and return the files of its private and its public half."""
    hides = form.BestAvailableEncryption(password) if password else form.NoEncryption()
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, hides)
    public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    (directory / "key.pem").write_bytes(private)
    (directory / "key.pub").write_bytes(public)
    return directory / "key.pem", directory / "key.pub"


@pytest.mark.parametrize("kind", KEYS)
def test_what_a_key_signs_its_public_half_verifies_whatever_the_key_id(kind: str, tmp_path: Path) -> None:
    private, public = write(tmp_path, KEYS[kind]())
    made = signed(ENVELOPE, signer(private, "a password that is not needed"))
    (signature,) = made.signatures
    assert verifies(made, public)
    for others in ((Signature(signature.sig),), (Signature(b"x", signature.keyid), Signature(signature.sig, "who?"))):
        assert verifies(Envelope(made.payload, made.kind, others), public)
    assert not verifies(Envelope(made.payload + b" ", made.kind, made.signatures), public)
    assert not verifies(Envelope(made.payload, f"{made.kind}x", made.signatures), public)
    assert not verifies(ENVELOPE, public)


def test_an_encrypted_key_needs_its_password(tmp_path: Path) -> None:
    private, public = write(tmp_path, KEYS["ed25519"](), b"open sesame")
    assert verifies(signed(ENVELOPE, signer(private, "open sesame")), public)
    with pytest.raises(UsageError, match="is encrypted") as caught:
        signer(private, "")
    assert caught.value.remedy == "set RESILIENCE_ATTEST_PASSWORD to its password"
    with pytest.raises(UsageError, match="is not decrypted by the password in RESILIENCE_ATTEST_PASSWORD"):
        signer(private, "wrong")


def test_keys_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    private, public = write(tmp_path, rsa.generate_private_key(65537, 2048))
    with pytest.raises(UsageError, match="neither Ed25519 nor ECDSA"):
        signer(private, "")
    with pytest.raises(UsageError, match="neither Ed25519 nor ECDSA"):
        verifies(ENVELOPE, public)
    private, public = write(tmp_path, ec.generate_private_key(ec.SECP256K1()))
    with pytest.raises(UsageError, match="neither Ed25519 nor ECDSA"):
        signer(private, "")
    with pytest.raises(UsageError, match="holds no private key in PEM") as caught:
        signer(public, "")
    assert "openssl genpkey -algorithm ed25519" in caught.value.remedy
    with pytest.raises(UsageError, match="holds a private key") as caught:
        verifies(ENVELOPE, private)
    assert "-pubout" in caught.value.remedy
    (tmp_path / "text").write_text("no key", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no public key in PEM"):
        verifies(ENVELOPE, tmp_path / "text")


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "securesystemslib.dsse", None)
    with pytest.raises(UsageError, match="not installed") as caught:
        signer(tmp_path / "key.pem", "")
    assert "pip install 'resilience-checks[evidence]'" in caught.value.remedy


@given(st.binary(max_size=40), st.lists(st.builds(Signature, st.binary(max_size=8), st.text(max_size=4)), max_size=2))
def test_an_envelope_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes, signatures: list[Signature]
) -> None:
    file = tmp_path_factory.getbasetemp() / "envelope.json"
    envelope = Envelope(payload, PAYLOAD, tuple(signatures))
    file.write_text(envelope.text(), encoding="utf-8")
    assert read(file) == envelope
