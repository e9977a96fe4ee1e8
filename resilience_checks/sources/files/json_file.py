"""A JSON file read value by value: one element of a long list at a time, each fault with its line and column."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import sys
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from resilience_checks.model import files
from resilience_checks.model.errors import InputError
from resilience_checks.model.json_text import SURROGATE, repeated
from resilience_checks.sources.project import relative

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STANDARD_INPUT = "-"
MAX_BYTES = files.LARGEST_OUTPUT
"""How much text one file may hold, unpacked: some 500,000 resources."""
_WHY = "a file that was not read to its end would be a partial graph, so nothing was decided about it"
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_LONGEST_WORD = 5
_SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Content:
    """What one file holds: its name for readers, its text, and the SHA-256 of its bytes as they were given."""

    name: str
    text: str
    digest: str


def read(path: Path, root: Path) -> Content:
    """Return the text of a file, or of standard input for `-`; gzip is unpacked, a byte order mark dropped."""
    standard = str(path) == STANDARD_INPUT
    name = "standard input" if standard else relative(path, root)
    try:
        raw = _whole(sys.stdin.buffer) if standard else files.given(path, MAX_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise _too_large(name) from error
        raise InputError(
            f"{name} cannot be read: {error.strerror}",
            why="nothing was checked",
            remedy=files.remedy(error, "name a file that exists"),
        ) from error
    digest = hashlib.sha256(raw).hexdigest()
    if raw.startswith(_GZIP):
        raw = _unpacked(raw, name)
    if len(raw) > MAX_BYTES:
        raise _too_large(name)
    return Content(name, _decoded(raw, name), digest)


@lru_cache(maxsize=1)
def _whole(stream: BinaryIO) -> bytes:
    """Return what standard input holds; it can be read once, and a change is looked at from both sides."""
    return _all_of(stream)


def _all_of(stream: BinaryIO) -> bytes:
    """Return what a stream holds, and of more than the limit one byte too much; no room is asked for but for that."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    while room and (part := stream.read(min(room, _CHUNK))):
        parts.append(part)
        room -= len(part)
    return b"".join(parts)


class Reader:
    """Walks through a JSON text; `at` is the position of the value that comes next.

    Whoever is given a key or an element must read that value, by `value`, `skip`, `members` or `elements`, before
    going on. Duplicate keys, NaN, infinite numbers and whatever else Go's encoder never writes are refused.
    """

    def __init__(self, content: Content) -> None:
        """Stand before the first value."""
        self.name, self.text = content.name, content.text
        self.surrogates = SURROGATE.search(self.text) is not None
        self._decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
        self.at = self._past_space(0)
        if self.at == len(self.text):
            raise InputError(f"{self.name} is empty", why=_WHY, remedy="write the file again")

    def next_is(self, character: str) -> bool:
        """Return whether the next value begins with this character."""
        return self.text.startswith(character, self.at)

    def value(self) -> Any:
        """Read the next value whole."""
        start = self.at
        try:
            value, end = self._decoder.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            raise self._broken(_words(error.msg), error.pos) from error
        except _Refused as error:
            raise self.fault(start, f"the value that begins here {error}") from error
        except RecursionError as error:
            raise self.fault(start, "the value that begins here is nested too deeply to be read") from error
        except ValueError as error:
            raise self.fault(start, "the value that begins here holds a number of more than 4300 digits") from error
        self.at = self._past_space(end)
        return value

    def members(self) -> Iterator[str]:
        """Yield each key of the object that comes next; its value is then the next one to read."""
        begun = self.at
        self._expect("{")
        seen: set[str] = set()
        while not self._ends("}", first=not seen):
            start = self.at
            if not self.next_is('"'):
                raise self._broken("a key in double quotes is expected", start)
            key = self.value()
            if key in seen:
                raise self.fault(start, f"the object that begins at {self.position(begun)} has the key {key!r} twice")
            seen.add(key)
            self._expect(":")
            yield key

    def elements(self) -> Iterator[int]:
        """Yield the position of each element of the list that comes next, which is then the next value to read."""
        self._expect("[")
        first = True
        while not self._ends("]", first=first):
            first = False
            yield self.at

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.at < len(self.text):
            raise self.fault(self.at, "something follows after the end of the JSON document")

    def position(self, at: int) -> str:
        """Return `line:column`, both counted from 1."""
        return f"{self.text.count(chr(10), 0, at) + 1}:{at - self.text.rfind(chr(10), 0, at)}"

    def fault(self, at: int, what: str, why: str = _WHY, remedy: str = "write the file again") -> InputError:
        """Return the error for what stands at `at`; the text itself may be secret and is never quoted."""
        return InputError(f"{self.name}:{self.position(at)}: {what}", why=why, remedy=remedy)

    def _past_space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        assert match is not None
        return match.end()

    def _expect(self, character: str) -> None:
        if not self.next_is(character):
            raise self._broken(f"{character!r} is expected", self.at)
        self.at = self._past_space(self.at + 1)

    def _ends(self, character: str, *, first: bool) -> bool:
        if self.next_is(character):
            self.at = self._past_space(self.at + 1)
            return True
        if not first:
            self._expect(",")
        return False

    def _broken(self, what: str, at: int) -> InputError:
        """Return the error for text that is no JSON; one that stops where more must come is truncated."""
        rest = self.text[at : at + _LONGEST_WORD].rstrip()
        begun = any(word.startswith(rest) for word in ("true", "false", "null", "-"))
        if what.startswith("unterminated string") or (begun and at + _LONGEST_WORD > len(self.text.rstrip())):
            return self.fault(len(self.text), "the file ends in the middle of the JSON document: it is truncated")
        return self.fault(at, f"not valid JSON: {what}")


class _Refused(Exception):  # noqa: N818 it becomes the end of an error's sentence
    """What a JSON decoder would let pass."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused(f"has the key {repeated(pairs)!r} twice in one object")
    return found


def _constant(name: str) -> object:
    raise _Refused(f"holds {name}, which is no JSON number")


def _float(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise _Refused("holds a number that is too large for a double")
    return number


def _words(message: str) -> str:
    return message[:1].lower() + message[1:]


def _unpacked(raw: bytes, name: str) -> bytes:
    """Return what a gzip file holds, of several members too, and never more than the limit allows."""
    parts: list[bytes] = []
    size, rest = 0, raw
    try:
        while rest.startswith(_GZIP):
            member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            while not member.eof:
                part = member.decompress(rest, _CHUNK)
                rest = member.unused_data if member.eof else member.unconsumed_tail
                if not part and not member.eof and not rest:
                    raise zlib.error("it ends too early")
                size += len(part)
                if size > MAX_BYTES:
                    raise _too_large(name)
                parts.append(part)
    except zlib.error as error:
        raise InputError(
            f"{name}: the gzip data is broken: {error}", why=_WHY, remedy="write or download the file again"
        ) from error
    if rest.strip(b"\0"):
        raise InputError(f"{name}: something follows after the gzip data", why=_WHY, remedy="write the file again")
    return b"".join(parts)


def _decoded(raw: bytes, name: str) -> str:
    wide = raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE))  # what PowerShell's `>` writes
    try:
        return raw.decode("utf-16") if wide else raw.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = f"byte {error.start}" if wide else f"{before.count(10) + 1}:{error.start - before.rfind(10)}"
        raise InputError(
            f"{name}:{place}: not {'UTF-16' if wide else 'UTF-8'} text", why=_WHY, remedy="save it as UTF-8"
        ) from error


def _too_large(name: str) -> InputError:
    return InputError(
        f"{name} holds more than {MAX_BYTES >> 20} MB of text, the limit of one file",
        why="it would need more memory than a CI runner has, so it was not read",
        remedy="split the stack, or check the program instead of this file",
    )
