"""What one resource type means for failure, in words, and as its entry stands in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.report.catalogue_words import words
from resilience_checks.report.tables import hanging
from resilience_checks.report.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.catalogue.entries import Entry, PackageEntry

VERSION = "resilience-catalogue-entry/v1"
_LABEL = 11


@dataclass(frozen=True)
class EntryPage:
    """One type or lookup, the file that says what it means, and its words there."""

    token: str
    file: str
    entry: Entry
    package: PackageEntry
    stated: Mapping[str, Any]

    def text(self, width: int) -> str:
        """Return the page."""
        return safe("".join(f"{line}\n" for line in self._lines(width)))

    def data(self) -> dict[str, Any]:
        """Return the same as JSON values, held by catalogue_entry.schema.json."""
        return {
            "schema": VERSION,
            "token": self.token,
            "file": self.file,
            "package": self.package.package,
            "estate": self.package.estate,
            "words": [{"about": about, "text": text} for about, text in words(self.entry, self.package)],
            "entry": dict(self.stated),
        }

    def _lines(self, width: int) -> Iterator[str]:
        yield self.token
        yield ""
        last = ""
        for about, text in words(self.entry, self.package):
            yield from hanging(f"  {'' if about == last else about:<{_LABEL}} ", text, width)
            last = about
        yield ""
        yield from hanging(f"  {'stands in':<{_LABEL}} ", self.file, width)
