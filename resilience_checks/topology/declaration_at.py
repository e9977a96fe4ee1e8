"""A value of a declaration file together with its path, so that whatever is made of it knows its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.topology.declaration_durations import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.topology.declaration_problems import Path
    from resilience_checks.topology.declaration_source import Source


@dataclass(frozen=True, slots=True)
class At:
    """A value of the file together with its path, so that whatever is made of it knows its line."""

    source: Source
    path: Path
    value: Any

    def __getitem__(self, key: str) -> At:
        """Return what stands under a key; its value is None where nothing does."""
        return At(self.source, (*self.path, key), self.value.get(key))

    def __contains__(self, key: str) -> bool:
        """Return whether the key is given."""
        return isinstance(self.value, dict) and key in self.value

    def __iter__(self) -> Iterator[At]:
        """Yield each item of a list, the value itself where it is not a list, nothing where it is absent."""
        if isinstance(self.value, list):
            for index, item in enumerate(self.value):
                yield At(self.source, (*self.path, index), item)
        elif self.value is not None:
            yield self

    @property
    def id(self) -> str:
        """The key that this value stands under."""
        return str(self.path[-1])

    @property
    def location(self) -> Location:
        """Where the key stands, or the item of a list."""
        return self.source.key(self.path)

    @property
    def lines(self) -> Mapping[str, Location]:
        """Where each key of a mapping stands."""
        return {key: self.source.key((*self.path, key)) for key in self.value}

    @property
    def strings(self) -> tuple[str, ...]:
        """The texts of a list, or the one text."""
        return tuple(str(item.value) for item in self)

    @property
    def seconds(self) -> float | None:
        """The length of a duration, None where it is absent."""
        return None if self.value is None else seconds(self.value)

    def members(self) -> Iterator[At]:
        """Yield what stands under each key of a mapping, nothing where it is absent."""
        for key in self.value or ():
            yield self[key]
