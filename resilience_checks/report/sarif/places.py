"""Places in the repository as SARIF writes them: relative to its root, percent-encoded."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from resilience_checks.report.text import safe

if TYPE_CHECKING:
    from resilience_checks.model.location import Location

ROOT = "%SRCROOT%"


def inside(place: Location | None) -> bool:
    """Return whether a place is one of a file below the repository's root."""
    if place is None:
        return False
    path = posixpath.normpath(place.path)
    return bool(place.path) and path not in {".", ".."} and not path.startswith(("/", "../"))


def physical(place: Location) -> dict[str, Any]:
    """Return a place that is `inside` as a physicalLocation; columns count characters."""
    region = {"startLine": place.line} | ({} if place.column is None else {"startColumn": place.column})
    return {"artifactLocation": {"uri": uri(place.path), "uriBaseId": ROOT}, "region": region}


def location(place: Location, text: str = "", number: int | None = None) -> dict[str, Any]:
    """Return a place as a location object: `text` tells what is there, `number` is what a message links it by."""
    found: dict[str, Any] = {} if number is None else {"id": number}
    found["physicalLocation"] = physical(place)
    return found | ({"message": {"text": plain(text)}} if text else {})


def uri(path: str) -> str:
    """Return a path as a relative URI reference.

    >>> uri("./stacks/a b/c:d#é.py")
    'stacks/a%20b/c%3Ad%23%C3%A9.py'
    """
    return quote(posixpath.normpath(path), safe="/", errors="surrogatepass")


def plain(text: str) -> str:
    r"""Return text of unknown origin as the text of a message, in which brackets would begin a link.

    >>> print(plain("members[0] [x](javascript:1)"))
    members\[0\] \[x\](javascript:1)
    """
    return safe(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
