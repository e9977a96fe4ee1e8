"""XML with the line of every element, from a file that nobody vouches for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from resilience_checks.model.errors import InputError
from resilience_checks.model.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 300


@dataclass(slots=True)
class Element:
    """An element without its text: the format says everything in attributes, labels apart."""

    tag: str
    attributes: dict[str, str]
    location: Location
    children: list[Element] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Iterate over the children."""
        return iter(self.children)

    def named(self, attribute: str = "name") -> str:
        """Return an attribute that must be there; raises InputError where it is not."""
        value = self.attributes.get(attribute, "").strip()
        if not value:
            raise broken(
                f"<{self.tag}> has no {attribute}", self.location, remedy=f'write <{self.tag} {attribute}="...">'
            )
        return value


def broken(what: str, location: Location, *, remedy: str) -> InputError:
    """Return the error of a file that cannot be read as a fault tree."""
    return InputError(what, location=location, why="the fault tree would not be what its author meant", remedy=remedy)


def parse(data: bytes, shown: str) -> Element:
    """Return the root element; `shown` names the file in locations.

    Raises InputError for what is no XML, and for a document type: it could define entities that grow without end
    or read other files.
    """
    content = _Content(shown)
    try:
        content.parser.Parse(data, True)  # noqa: FBT003 the last piece
    except expat.ExpatError as error:
        where = Location(shown, error.lineno, error.offset + 1)
        words = expat.ErrorString(error.code)
        raise broken(f"{shown} is no XML: {words}", where, remedy="correct the XML there") from error
    except (ValueError, LookupError) as error:
        raise broken(f"{shown} is no XML: {error}", Location(shown, 1), remedy="write it in UTF-8") from error
    assert content.root is not None, "a document without a root is no XML"
    return content.root


class _Content:
    """Builds the elements while the parser meets them."""

    def __init__(self, shown: str) -> None:
        self.root: Element | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._shown = shown
        self._open: list[Element] = []

    def _here(self) -> Location:
        return Location(self._shown, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(name.rpartition(":")[2], attributes, self._here())
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        if len(self._open) > _DEEPEST:
            what = f"elements are nested more than {_DEEPEST} deep"
            raise broken(what, element.location, remedy="give inner formulas gates of their own")

    def _end(self, _: str) -> None:
        self._open.pop()

    def _refuse(self, *_: object) -> None:
        remedy = "leave <!DOCTYPE ...> out: its entities could grow without end or read other files"
        raise broken(f"{self._shown} has a document type declaration", self._here(), remedy=remedy)
