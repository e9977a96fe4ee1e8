"""An engine that evaluates nothing and keeps what policies would have read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from resilience_checks.policy.engine import EngineFault


class Recorder:
    """Keeps each document; reports nothing for any policy, so its check has no verdict."""

    name, version = "none", ""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.documents: list[bytes] = []

    def start(self) -> None:
        """Do nothing."""

    def evaluate(
        self, modules: Mapping[str, str], document: bytes, packages: Mapping[str, str]
    ) -> Mapping[str, list[dict[str, Any]] | EngineFault]:
        """Keep the document."""
        _ = modules
        self.documents.append(document)
        return {name: [] for name in packages}

    def close(self) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing."""
