"""Signs and verifies envelopes with keys in PEM files, by securesystemslib and cryptography.

What is signed is the pre-authentication encoding of DSSE, so that any of its implementations can verify it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.evidence.statement import Signature
from resilience_checks.model.errors import UsageError
from resilience_checks.model.files import given

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.evidence.statement import Envelope

PASSWORD = "RESILIENCE_ATTEST_PASSWORD"  # noqa: S105 the name of a variable
_UNSIGNED = "the statement would not be signed"
_MAKE = "openssl genpkey -algorithm ed25519 -out key.pem"
_PUBLIC = "openssl pkey -in key.pem -pubout -out key.pub"


def hold_installed() -> None:
    """Raise UsageError where the libraries of the extra are missing, before anything is run for a signature."""
    try:
        import cryptography  # noqa: F401
        import securesystemslib.dsse  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "signatures need libraries that are not installed",
            why="this tool makes and checks no signatures of its own",
            remedy="pip install 'resilience-checks[evidence]'; without a key, --attest and verify work as it is",
        ) from error


def signer(file: Path, password: str) -> Any:
    """Return what signs with the private key in a PEM file; raise UsageError where there is none that can.

    `password` decrypts it, "" where none is given.
    """
    hold_installed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    content = _content(file)
    encrypted = b"ENCRYPTED" in content
    try:
        key = load_pem_private_key(content, password.encode() if password and encrypted else None)
    except TypeError as error:
        raise UsageError(
            f"the key in {file} is encrypted", why=_UNSIGNED, remedy=f"set {PASSWORD} to its password"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if encrypted and b"SIGSTORE" not in content and b"COSIGN" not in content:
            what, remedy = f"the key in {file} is not decrypted by the password in {PASSWORD}", f"correct {PASSWORD}"
        else:
            what, remedy = f"{file} holds no private key in PEM", f"make one: {_MAKE}"
        raise UsageError(what, why=_UNSIGNED, remedy=remedy) from error
    _hold_kind(key.public_key(), file, _MAKE)
    return CryptoSigner(key)


def signed(found: Envelope, by: Any) -> Envelope:
    """Return the envelope with one more signature.

    It names no key: every implementation computes key ids in its own way, and most of them pass over a signature whose
    id is not theirs.
    """
    made = by.sign(_encoding(found))
    return replace(found, signatures=(*found.signatures, Signature(bytes.fromhex(made.signature))))


def verifies(found: Envelope, file: Path) -> bool:
    """Return whether one of the signatures was made with the private half of the key in a PEM file.

    Raises UsageError where there is no such key. The key ids of the signatures are hints, and are not looked at.
    """
    hold_installed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
    from securesystemslib.signer import Signature as Made
    from securesystemslib.signer import SSlibKey

    content = _content(file)
    try:
        public = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        private = b"PRIVATE KEY" in content
        raise UsageError(
            f"{file} holds {'a private' if private else 'no public'} key{'' if private else ' in PEM'}",
            why="what verifies a signature is the public half of the key that made it",
            remedy=f"write it with {_PUBLIC}",
        ) from error
    _hold_kind(public, file, _PUBLIC)
    key = SSlibKey.from_crypto(public)
    for one in found.signatures:
        try:
            key.verify_signature(Made(key.keyid, one.sig.hex()), _encoding(found))
        except (UnverifiedSignatureError, VerificationError):
            continue
        return True
    return False


def _encoding(found: Envelope) -> bytes:
    from securesystemslib.dsse import Envelope as Encoded

    encoded: bytes = Encoded(found.payload, found.kind, {}).pae()
    return encoded


def _hold_kind(public: object, file: Path, remedy: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    curves = {"secp256r1", "secp384r1", "secp521r1"}
    sound = isinstance(public, Ed25519PublicKey) or (
        isinstance(public, EllipticCurvePublicKey) and public.curve.name in curves
    )
    if not sound:
        raise UsageError(
            f"the key in {file} is neither Ed25519 nor ECDSA on P-256, P-384 or P-521",
            why="those are the kinds that verifiers of DSSE have in common",
            remedy=remedy if remedy == _MAKE else f"make such a key ({_MAKE}) and sign with it",
        )


def _content(file: Path) -> bytes:
    try:
        return given(file)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}", why="the key is needed", remedy="name a readable PEM file"
        ) from error
