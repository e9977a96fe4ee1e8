"""Values under evaluation: plain ones, and outputs, which carry whether they are known, secret, and where from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_NONE: frozenset[str] = frozenset()
_NODE = 64
"""What a value of its own counts beside the characters of its text."""


@dataclass(frozen=True, slots=True)
class Output:
    """A value that stands behind resources or lookups.

    `deps` are the URNs that the engine would be told; `sources` are those and everything else that the value is built
    from, lookups among them: an expression that stops at its first unknown still refers to the rest. `why` says of an
    unknown value what will make it known.
    """

    value: Any = None
    known: bool = True
    secret: bool = False
    deps: frozenset[str] = _NONE
    sources: frozenset[str] = _NONE
    why: str = ""

    def after(self, *others: Output) -> Output:
        """Return this value as it is once the others were needed to reach it."""
        return Output(
            self.value,
            self.known,
            self.secret or any(other.secret for other in others),
            self.deps.union(*(other.deps for other in others)),
            self.sources.union(*(other.sources for other in others)),
            self.why,
        )

    def then(self, function: Callable[[Any], Any]) -> Output:
        """Return the function's value of this one; it is not called while this one is unknown."""
        if not self.known:
            return self
        result = function(self.value)
        return (result if isinstance(result, Output) else Output(result)).after(self)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file or archive that a property holds: `{"path": ...}`, `{"text": ...}`, `{"uri": ...}` or `{"assets": ...}`."""

    content: Mapping[str, Any]
    archive: bool = False


@dataclass(slots=True)
class Handle:
    """A registered resource.

    `outputs` holds what a preview knows of its properties, None where a preview calls no provider at all.
    """

    urn: str
    key: str
    type: str
    id: Output
    outputs: dict[str, Any] | None
    providers: dict[str, Handle]
    blind: bool = False


class Partial(dict[str, Any]):
    """An object of which only some properties are known; `why` says of the others why they are not."""

    def __init__(self, known: Mapping[str, Any], why: str) -> None:
        """Keep the known properties."""
        super().__init__(known)
        self.why = why


class Measured(list[Any]):
    """A list of an answer that nobody gave, so that nobody knows how long it is.

    `whole` is the text that stands for all of it, `part` makes the one that stands for any element.
    """

    def __init__(self, elements: list[Any], whole: str, part: Callable[[int], str]) -> None:
        """Keep the elements that are there to be looked at."""
        super().__init__(elements)
        self.whole, self.part = whole, part


def unknown(why: str, deps: frozenset[str] = _NONE, sources: frozenset[str] = _NONE) -> Output:
    """Return a value that is not known."""
    return Output(known=False, deps=deps, sources=sources | deps, why=why)


def as_secret(value: Any) -> Output:
    """Return the value as a secret."""
    if isinstance(value, Output):
        return Output(value.value, value.known, True, value.deps, value.sources, value.why)  # noqa: FBT003
    return Output(value, secret=True)


def weight(value: Any, seen: dict[int, int] | None = None) -> int:
    """Return how much a value would be if it were written out: a part that stands in it twice counts twice.

    It takes time by what is there, not by what it would be: a few lists of lists can stand for more than any memory.
    """
    seen = {} if seen is None else seen
    if isinstance(value, str):
        return len(value) + _NODE
    inside: tuple[Any, ...] = ()
    if isinstance(value, Output):
        inside = (value.value,)
    elif isinstance(value, list):
        inside = tuple(value)
    elif isinstance(value, dict):
        inside = tuple(value.values())
    elif isinstance(value, Asset):
        inside = tuple(value.content.values())
    if not inside:
        return _NODE
    if id(value) not in seen:
        seen[id(value)] = _NODE + sum(weight(item, seen) for item in inside)
    return seen[id(value)]


def outputs_in(value: Any) -> Iterator[Output]:
    """Return every output in a value, outermost first."""
    if isinstance(value, Output):
        yield value
        if value.known:
            yield from outputs_in(value.value)
    elif isinstance(value, list):
        for item in value:
            yield from outputs_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from outputs_in(item)
    elif isinstance(value, Asset):
        yield from outputs_in(dict(value.content))


def lift(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the function with plain arguments, or return the output that it gives once all in them are known."""
    found = list(outputs_in(list(arguments)))
    if not found:
        return function(*arguments)
    missing = next((output for output in found if not output.known), None)
    if missing is not None:
        return missing.after(*found)
    result = function(*(plain(argument) for argument in arguments))
    return (result if isinstance(result, Output) else Output(result)).after(*found)


def plain(value: Any) -> Any:
    """Return a value whose outputs, all of them known, are replaced by what they hold."""
    if isinstance(value, Output):
        return plain(value.value)
    if isinstance(value, Measured):
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Partial):
        return Partial({key: plain(item) for key, item in value.items()}, value.why)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Asset):
        return Asset({key: plain(item) for key, item in value.content.items()}, value.archive)
    return value
