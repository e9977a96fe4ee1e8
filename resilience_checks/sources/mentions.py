"""Which names a text says: of projects and files, by whose words one leads to another."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PART = re.compile(r"[a-z0-9]+")
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Text:
    """What a file, or several of them, say, in small letters."""

    text: str
    words: frozenset[str]

    @staticmethod
    def of(contents: Iterable[bytes]) -> Text:
        """Return the text of some contents."""
        text = "\n".join(content.decode("utf-8", errors="replace").lower() for content in contents)
        return Text(text, frozenset(_PART.findall(text)))


@dataclass(frozen=True, slots=True)
class Name:
    """A name as texts may write it: `net-core`, `net_core` and `net.core` are one; `netcore-2` is another."""

    parts: frozenset[str]
    pattern: re.Pattern[str]

    def within(self, text: Text) -> bool:
        r"""Return whether the text says it as a whole; one without letters or digits may stand anywhere.

        >>> text = Text.of([b"from net_core.sites import X"])
        >>> [name(one).within(text) for one in ("net-core", "core", "ne", "sites-net", "\u00e9")]
        [True, True, False, False, True]
        """
        return self.parts <= text.words and self.pattern.search(text.text) is not None


@lru_cache(maxsize=1 << 16)
def name(text: str) -> Name:
    """Return a name of projects, folders or files."""
    parts = _PART.findall(text.lower())
    joined = r"[^a-z0-9\n]?".join(parts)
    return Name(frozenset(parts), re.compile(rf"(?<![a-z0-9]){joined}(?![a-z0-9])" if parts else ""))


@dataclass
class Index(Generic[_Key]):
    """Things by the names that a text must say, all of them, to mean the thing."""

    by_word: dict[str, list[tuple[_Key, tuple[Name, ...]]]] = field(default_factory=lambda: defaultdict(list))
    always: list[_Key] = field(default_factory=list)

    def add(self, key: _Key, names: Iterable[Name]) -> None:
        """Add a thing."""
        said = tuple(one for one in names if one.parts)
        if said:
            self.by_word[max((part for one in said for part in one.parts), key=len)].append((key, said))
        else:
            self.always.append(key)

    def meant(self, text: Text) -> Iterator[_Key]:
        """Yield what the text means."""
        yield from self.always
        for word in text.words & self.by_word.keys():
            yield from (key for key, names in self.by_word[word] if all(one.within(text) for one in names))
