"""The seam of the Rego engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType


_LEAST, _EACH_MB = 10.0, 10.0


def deadline(document: bytes) -> float:
    """Return how many seconds an evaluation over the document may take: 10, and 10 more for each MB.

    Thousands of services make about 2 MB a thousand, and take a second for each; the rest is for a busy machine.
    """
    return _LEAST + _EACH_MB * len(document) / 1e6


@dataclass(frozen=True, slots=True)
class EngineFault:
    """Why one policy could not be evaluated, as the engine says it: file, row and column first."""

    message: str


class Engine(Protocol):
    """Evaluates policies; one object for one check."""

    @property
    def name(self) -> str:
        """What users call this engine."""

    @property
    def version(self) -> str:
        """The version of what evaluates; known once it was asked."""

    def start(self) -> None:
        """Begin what takes time, without waiting for it."""

    def evaluate(
        self, modules: Mapping[str, str], document: bytes, packages: Mapping[str, str]
    ) -> Mapping[str, list[dict[str, Any]] | EngineFault]:
        """Return the `report` of each policy's package, or why there is none.

        One policy that fails leaves the others their results. Raises EngineError when the engine itself fails:
        it is not there, a module does not compile, or the deadline is overrun.
        """

    def close(self) -> None:
        """Stop what was started."""

    def __enter__(self) -> Self:
        """Return the engine itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
