"""The in-toto statement of a check, in a DSSE envelope.

Statement: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
Envelope: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.evidence.witness import CATALOGUE, Subject
from resilience_checks.model.errors import InputError
from resilience_checks.model.files import LARGEST_OUTPUT, given
from resilience_checks.model.json_text import load
from resilience_checks.report.interface import VERSION
from resilience_checks.report.json_report import as_data

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from resilience_checks.report.interface import Report

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = f"https://resilience-checks.invalid/{VERSION}"
"""Names the JSON report as predicate; `.invalid` (RFC 2606) is nobody's, as a type is a name and no page."""
PAYLOAD = "application/vnd.in-toto+json"
_REMEDY = "name a file that `check --attest` wrote"
_WHY = "nothing in it can be held against anything"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as an envelope has it: `keyid` is a hint of who signed, and not to be relied on."""

    sig: bytes
    keyid: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload and who signed it; without signatures anyone may have written it."""

    payload: bytes
    kind: str
    signatures: tuple[Signature, ...] = ()

    def text(self) -> str:
        """Return the envelope as JSON."""
        data = {
            "payload": base64.b64encode(self.payload).decode(),
            "payloadType": self.kind,
            "signatures": [{"keyid": one.keyid, "sig": base64.b64encode(one.sig).decode()} for one in self.signatures],
        }
        return json.dumps(data) + "\n"


@dataclass(frozen=True, slots=True)
class Statement:
    """What was checked, and the report of it as JSON values."""

    subjects: tuple[Subject, ...]
    report: dict[str, Any]


def envelope(report: Report, subjects: Sequence[Subject]) -> Envelope:
    """Return the unsigned envelope of a check; the same check gives the same bytes."""
    data = {
        "_type": STATEMENT,
        "subject": [
            {"name": one.name, "digest": {"sha256": one.sha256}, "annotations": dict(one.annotations)}
            for one in subjects
        ],
        "predicateType": PREDICATE,
        "predicate": as_data(report),
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Envelope(text.encode("utf-8", "backslashreplace"), PAYLOAD)


def read(path: Path) -> Envelope:
    """Return the envelope in a file; raise InputError where there is none."""
    try:
        data = load(given(path, LARGEST_OUTPUT))
        signatures = tuple(
            Signature(_decoded(one["sig"]), str(one.get("keyid") or "")) for one in data.get("signatures") or ()
        )
        return Envelope(_decoded(data["payload"]), str(data["payloadType"]), signatures)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", why=_WHY, remedy=_REMEDY) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path} is not a DSSE envelope", why=_WHY, remedy=_REMEDY) from error


def opened(found: Envelope, path: Path) -> Statement:
    """Return the statement in an envelope; raise InputError where it is of something else than a check."""
    if found.kind != PAYLOAD:
        raise InputError(f"{path} holds {found.kind}, not {PAYLOAD}", why=_WHY, remedy=_REMEDY)
    try:
        data = load(found.payload)
        kinds = data["_type"], data["predicateType"]
        subjects = tuple(
            Subject(one["name"], one["digest"]["sha256"], one.get("annotations") or {}) for one in data["subject"]
        )
        report = data["predicate"]
        sound = all(isinstance(part, str) for one in subjects for part in (one.name, one.sha256))
        sound = sound and all(_fits(one.annotations) for one in subjects)
        sound = sound and isinstance(report, dict) and isinstance(report.get("failures", []), list)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"what {path} holds is not an in-toto statement", why=_WHY, remedy=_REMEDY) from error
    if kinds != (STATEMENT, PREDICATE) or not sound or not isinstance(report, dict):
        raise InputError(
            f"{path} holds a statement of type {kinds[0]} about {kinds[1]}, not one of a check that is known here",
            why=_WHY,
            remedy=f"{_REMEDY}, or update this tool",
        )
    if len({one.name for one in subjects}) < len(subjects):
        raise InputError(f"{path} names a subject twice", why=_WHY, remedy=_REMEDY)
    return Statement(subjects, report)


def _fits(annotations: object) -> bool:
    """Return whether what is told of a subject has the form that `check --attest` gives it; resources are held later."""
    if not isinstance(annotations, dict):
        return False
    texts = (annotations.get(key) for key in ("kind", "source", "file", "folder", "version"))
    folders = annotations.get("folders") or {}
    files = [annotations.get(key) or {} for key in ("files", "bundled")]
    if isinstance(folders, dict):
        files += folders.values()
    return (
        all(text is None or isinstance(text, str) for text in texts)
        and _are_texts(annotations.get("apart") or [])
        and (isinstance(folders, dict) or (annotations.get("kind") == CATALOGUE and _are_texts(folders)))
        and all(isinstance(one, dict) and _are_texts(list(one.values())) for one in files)
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _decoded(text: str) -> bytes:
    """Return the bytes of base64 in either alphabet, as DSSE has verifiers accept both."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
