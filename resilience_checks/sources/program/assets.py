"""Assets and archives with the hashes that the engine gives them, by which it tells whether they have changed."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.record import RefusedError
from resilience_checks.sources.wire import ARCHIVE, ASSET, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKED = (".tar", ".tgz", ".tar.gz", ".zip", ".jar")
_BLOCK, _NAME, _PREFIX = 512, 100, 155
_REMEDY = "name a file that exists, relative to the directory of the program"


class _WithoutHash(Exception):  # noqa: N818 no error: the engine would look where an offline run does not
    """An asset whose bytes are not here."""


def hashed(value: Any, folder: Path) -> Any:
    """Return a value whose assets and archives have hashes; raise RefusedError where a file does not exist.

    Paths are relative to the folder. What stands at an address stays without a hash: nothing is fetched.
    """
    if isinstance(value, list):
        return [hashed(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) not in {ASSET, ARCHIVE}:
        return {key: hashed(item, folder) for key, item in value.items()}
    inner = {"assets": hashed(value["assets"], folder)} if isinstance(value.get("assets"), dict) else {}
    try:
        data = _asset(value, folder) if value[SIGNATURE] == ASSET else _archive(value, folder)
    except _WithoutHash:
        return {**value, **inner}
    except OSError as error:
        kind = "asset" if value[SIGNATURE] == ASSET else "archive"
        raise RefusedError(
            f"failed to compute the hash of an {kind}: {value.get('path', error.filename)}: {error.strerror}", _REMEDY
        ) from error
    return {**value, **inner, "hash": data}


def _asset(value: dict[str, Any], folder: Path) -> str:
    return hashlib.sha256(_bytes(value, folder)).hexdigest()


def _bytes(value: dict[str, Any], folder: Path) -> bytes:
    if value.get("text") or not (value.get("path") or value.get("uri")):
        return str(value.get("text", "")).encode()
    if not value.get("path"):
        raise _WithoutHash
    return _read(os.path.join(folder, str(value["path"])))  # noqa: PTH118 an absolute path stays as it is


def _read(path: str) -> bytes:
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 a device or a pipe has no end
        raise _WithoutHash
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def _archive(value: dict[str, Any], folder: Path) -> str:
    path = value.get("path")
    if path and str(path).endswith(_PACKED):
        return hashlib.sha256(_read(os.path.join(folder, str(path)))).hexdigest()  # noqa: PTH118
    total, seen = hashlib.sha256(), set[str]()
    for name, data in _members(value, folder):
        if name not in seen:
            seen.add(name)
            total.update(_header(name, len(data)) + data + bytes(-len(data) % _BLOCK))
    total.update(bytes(2 * _BLOCK))
    return total.hexdigest()


def _members(value: dict[str, Any], folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each member in the engine's order."""
    if isinstance(value.get("assets"), dict):
        for name in sorted(value["assets"]):
            member = value["assets"][name]
            if member.get(SIGNATURE) == ARCHIVE:
                yield from ((f"{name}/{inner}", data) for inner, data in _members(member, folder))
            else:
                yield name, _bytes(member, folder)
    elif value.get("path") and not str(value["path"]).endswith(_PACKED):
        yield from _walk(os.path.join(folder, str(value["path"])))  # noqa: PTH118
    else:
        raise _WithoutHash


def _walk(top: str) -> Iterator[tuple[str, bytes]]:
    def refuse(error: OSError) -> None:
        raise error

    found = []
    for parent, folders, names in os.walk(top, onerror=refuse):
        folders[:] = [name for name in folders if name != ".pulumi"]
        found += [os.path.relpath(os.path.join(parent, name), top) for name in names]  # noqa: PTH118
    for name in sorted(found, key=lambda path: Path(path).parts):
        yield name.replace(os.sep, "/"), _read(os.path.join(top, name))  # noqa: PTH118


def _header(name: str, size: int) -> bytes:
    """Return a member's header as Go's `archive/tar` writes it: ustar, mode 0600, no owner and no time."""
    encoded, prefix = name.encode(), b""
    if not encoded.isascii():
        raise _WithoutHash
    if len(encoded) > _NAME:
        cut = encoded.rfind(b"/", 0, _PREFIX + 1)
        prefix, encoded = encoded[: max(cut, 0)], encoded[cut + 1 :]
        if cut <= 0 or len(encoded) > _NAME:
            raise _WithoutHash
    block = bytearray(_BLOCK)
    fields = {
        0: encoded,
        100: b"0000600",
        108: b"0000000",
        116: b"0000000",
        124: b"%011o" % size,
        136: b"00000000000",
        148: b" " * 8,
        156: b"0",
        257: b"ustar\x0000",
        329: b"0000000",
        337: b"0000000",
        345: prefix,
    }
    for at, content in fields.items():
        block[at : at + len(content)] = content
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)
