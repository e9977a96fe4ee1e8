"""Assets and archives in inputs: the hash that the engine adds to each, and its error for a path that is not there.

The hash of an asset is the SHA-256 of its bytes, that of an archive of a ustar stream of what is in it, as Pulumi's
`sdk/go/common/resource/archive` writes it. What lies behind a URL, or is packed in a way that would have to be
unpacked first, gets none.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Any

from resilience_checks.model.files import content
from resilience_checks.sources.program.record import RefusedError
from resilience_checks.sources.wire import OUTPUT, SECRET, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from resilience_checks.sources.program.reach import Reach

ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
_PACKED = (".tar", ".tgz", ".tar.gz", ".zip", ".jar")
_BOOKKEEPING = ".pulumi"
_LARGEST = 256 << 20
_BLOCK = 512
_NAME = 100
_CORRECT = "correct the path; it is relative to the program's directory"


class _UnhashedError(Exception):
    """Something whose hash is not computed here."""


def hashed(value: Any, directory: Path, reach: Reach | None = None, *, hidden: bool = False) -> Any:
    """Return a value with the hash of each asset and archive in it; paths are relative to `directory`.

    What is out of `reach` gets none, and is not even asked about: a program must not learn of files by way of the
    check. Raises RefusedError where the engine would: at a path that does not exist, which it does not name where the
    path is `hidden`, part of a secret.
    """
    if isinstance(value, list):
        return [hashed(item, directory, reach, hidden=hidden) for item in value]
    if not isinstance(value, dict):
        return value
    hidden = hidden or value.get(SIGNATURE) == SECRET or (value.get(SIGNATURE) == OUTPUT and bool(value.get("secret")))
    inner = {key: hashed(item, directory, reach, hidden=hidden) for key, item in value.items()}
    if value.get(SIGNATURE) not in {ASSET, ARCHIVE} or value.get("hash"):
        return inner
    try:
        if reach is not None and not _may_read(value, directory, reach, hidden=hidden):
            return inner
        packed = _asset(value, directory) if value[SIGNATURE] == ASSET else _archive(value, directory)
    except _UnhashedError:
        return inner
    except OSError as error:
        what = _called(value, value.get("path") or error.filename, hidden=hidden)
        raise RefusedError(f"{what} cannot be read: {error.strerror}", _CORRECT) from error
    return {**inner, "hash": hashlib.sha256(packed).hexdigest()}


def paths(value: Any) -> Iterator[str]:
    """Yield the paths of the assets and archives in a value."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) in {ASSET, ARCHIVE} and isinstance(value.get("path"), str):
            yield value["path"]
        for item in value.values():
            yield from paths(item)
    elif isinstance(value, list):
        for item in value:
            yield from paths(item)


def _called(value: dict[str, Any], name: object, *, hidden: bool) -> str:
    return f"the {'asset' if value[SIGNATURE] == ASSET else 'archive'} {'whose path is secret' if hidden else name}"


def _may_read(value: dict[str, Any], directory: Path, reach: Reach, *, hidden: bool) -> bool:
    """Return whether all that it is made of is within reach; what is not is taken note of."""
    for name in paths(value):
        path = directory / name
        why = reach.lacks(path) or (reach.lacks_of(path) if path.is_dir() else "")
        if why:
            reach.refused[f"{_called(value, name, hidden=hidden)} {why}"] = None
            return False
    return True


def _asset(value: dict[str, Any], directory: Path) -> bytes:
    if isinstance(value.get("text"), str) and not value.get("path"):
        return str(value["text"]).encode()
    if not isinstance(value.get("path"), str) or not value["path"]:
        raise _UnhashedError
    return _bytes(directory / value["path"])


def _archive(value: dict[str, Any], directory: Path) -> bytes:
    path = value.get("path")
    if isinstance(path, str) and path.endswith(_PACKED):
        return _bytes(directory / path)
    total, seen = bytearray(), set()
    for name, member in _members(value, directory):
        if name not in seen:
            seen.add(name)
            total += _header(name, len(member)) + member + bytes(-len(member) % _BLOCK)
        if len(total) > _LARGEST:
            raise _UnhashedError
    return bytes(total) + bytes(2 * _BLOCK)


def _members(value: dict[str, Any], directory: Path) -> Iterator[tuple[str, bytes]]:
    path, assets = value.get("path"), value.get("assets")
    if isinstance(path, str) and path:
        yield from _folder(directory / path)
    elif isinstance(assets, dict):
        for name in sorted(assets, key=lambda key: str(key).encode()):
            member = assets[name]
            if not isinstance(member, dict):
                raise _UnhashedError
            if member.get(SIGNATURE) == ASSET:
                yield name, _asset(member, directory)
            elif member.get(SIGNATURE) == ARCHIVE and not str(member.get("path", "")).endswith(_PACKED):
                for inner, found in _members(member, directory):
                    yield os.path.normpath(f"{name}/{inner}"), found
            else:
                raise _UnhashedError
    else:
        raise _UnhashedError


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a folder in the order of their names, a folder where its name comes."""
    if not folder.is_dir():
        folder.stat()
        raise NotADirectoryError(0, "it is neither an archive nor a directory", str(folder))

    def walk(directory: Path) -> Iterator[Path]:
        for entry in sorted(directory.iterdir(), key=lambda found: os.fsencode(found.name)):
            if entry.name == _BOOKKEEPING or (entry.is_symlink() and entry.is_dir()):
                continue
            if entry.is_dir():
                yield from walk(entry)
            else:
                yield entry

    for file in walk(folder):
        yield file.relative_to(folder).as_posix(), _bytes(file)


def _bytes(path: Path) -> bytes:
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(0, "it is a directory", str(path))
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
        raise _UnhashedError
    return content(path, _LARGEST)


def _header(name: str, size: int) -> bytes:
    """Return a ustar header with mode 0600 and nothing else that could differ from one machine to the next."""
    encoded, prefix = name.encode(), b""
    if not name.isascii():
        raise _UnhashedError
    if len(encoded) > _NAME:
        cut = encoded[: len(encoded)].find(b"/", len(encoded) - _NAME - 1)
        if cut <= 0:
            raise _UnhashedError
        prefix, encoded = encoded[:cut], encoded[cut + 1 :]
    empty = b"0000000\0"
    before = encoded.ljust(_NAME, b"\0") + b"0000600\0" + empty + empty + b"%011o\0" % size + b"%011o\0" % 0
    after = b"0" + bytes(_NAME) + b"ustar\x0000" + bytes(64) + empty + empty + prefix.ljust(155, b"\0") + bytes(12)
    total = sum(before) + sum(after) + 8 * ord(" ")
    return before + b"%06o\0 " % total + after
