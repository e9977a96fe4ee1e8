"""How the Pulumi protocol and Pulumi's files write what plain JSON cannot: unknowns, secrets, outputs, assets."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from resilience_checks.model.values import Secret, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 the protocol's mark, not a secret
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_KEY = [os.urandom(32)]
"""Of this process, or of the folder that keeps graphs while a check uses one: a digest tells nothing outside of it."""


def key() -> bytes:
    """Return what keys the digests of secrets."""
    return _KEY[0]


def use_key(other: bytes) -> None:
    """Key the digests of secrets as another process of the same check does."""
    _KEY[0] = other


@contextmanager
def key_put_back() -> Iterator[None]:
    """Leave secrets keyed as they were, whatever keys them within."""
    before = key()
    try:
        yield
    finally:
        use_key(before)


def secret(value: object) -> Secret:
    """Return a secret of which only equality within this run is kept."""
    return Secret(
        hmac.new(_KEY[0], json.dumps(value, sort_keys=True, default=str).encode(), hashlib.sha256).hexdigest()
    )


def unknown(origin: str | None) -> Unknown:
    """Return an unknown that says where its value will come from."""
    if origin is None:
        return Unknown("computed at deployment")
    kind, _, name = origin.rpartition("::")
    return Unknown(f"computed at deployment by {kind.rsplit('::', 1)[-1].rsplit('$', 1)[-1]} {name}")


def is_unknown(value: object) -> bool:
    """Return whether a struct's value is unknown or has something unknown in it."""
    if isinstance(value, dict):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(is_unknown(item) for item in value)
    return isinstance(value, str) and value in UNKNOWNS


def has_secret(value: object) -> bool:
    """Return whether a struct's value is a secret or has one in it."""
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(has_secret(item) for item in value.values())
    return isinstance(value, list) and any(has_secret(item) for item in value)
