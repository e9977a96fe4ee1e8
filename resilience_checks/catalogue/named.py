"""Which packages the files of a project name: a guess at what its program will register, made while it runs."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from resilience_checks.model.files import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_ENDINGS = frozenset({".py", ".yaml", ".yml", ".json", ".toml", ".txt", ".js", ".ts"})
_ENTRIES, _FILES, _BYTES = 2000, 200, 1 << 20
"""How many entries of a folder are looked at, how many files are looked into, and how large one may be."""


def named(packages: Iterable[str], folders: Iterable[Path]) -> tuple[str, ...]:
    """Return those packages whose name stands in a file directly in one of the folders; all where none does.

    Of a wrong guess comes nothing but time: what is asked for later is read then.
    """
    texts = b"\n".join(_texts(folders))
    known = tuple(packages)
    found = tuple(name for name in known if name.encode() in texts or name.replace("-", "_").encode() in texts)
    return found or known


def _texts(folders: Iterable[Path]) -> Iterable[bytes]:
    for path in islice(chain.from_iterable(map(_files, folders)), _FILES):
        try:
            if path.stat().st_size <= _BYTES:
                yield content(path)
        except OSError:
            continue  # told by what has to read it


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):  # a file of a stack may name a project that does not stand here
        yield from (path for path in islice(folder.iterdir(), _ENTRIES) if path.suffix in _ENDINGS)
