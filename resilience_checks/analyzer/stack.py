"""One stack that the engine is about to deploy: gathered while its program runs, checked when it has ended."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.analyzer import home
from resilience_checks.analyzer.settings import Settings, below
from resilience_checks.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from resilience_checks.report.interface import Report
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.project import Project

_KEY = secrets.token_hex()
"""What the digest of a secret hangs on besides the secret, which the engine gives in plain text; written nowhere."""
_NO_LINES = "the program could not be run offline, so nothing here has a line, and what hangs on lookups is unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """What the engine says of the stack; `preview` is False while it deploys."""

    project: str
    stack: str
    preview: bool = True
    config: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Opened:
    project: Project
    root: Path
    program: Source


class StackCheck:
    """Gathers the inputs of each resource, and runs the line over the whole stack."""

    def __init__(self, target: Target, settings: Settings) -> None:
        """Begin the offline run of the program beside the engine's own."""
        self._target, self._settings = target, settings
        self._inputs: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._opened: Future[_Opened] = self._pool.submit(self._open)

    def add(self, urn: str, inputs: Any) -> None:
        """Take note of a resource's inputs as its provider has checked them."""
        with self._lock:
            self._inputs[urn] = inputs

    def decide(self, resources: Sequence[Any]) -> tuple[Report, tuple[str, ...]]:
        """Check the stack; return the report, and what a reader must know of the run.

        Raises CheckError where nothing could be checked.
        """
        from resilience_checks.check import run
        from resilience_checks.options import Options
        from resilience_checks.sources.running.resources import EngineResources
        from resilience_checks.sources.running.stack import EngineStack

        opened, settings = self._opened.result(), self._settings
        directory = opened.project.directory
        location = replace(opened.project.location, path=_relative(opened.project.file, opened.root))
        engine = EngineResources(self._target.project, self._target.stack, location, dict(self._inputs))
        source = EngineStack(engine.graph(resources), directory, opened.program, preview=self._target.preview)
        options = Options(
            paths=(),
            root=opened.root,
            config=below(directory, settings.config),
            policies=tuple(directory / path for path in settings.policies),
            fail_on=settings.fail_on,
            seconds=settings.seconds,
        )
        report = run(options, ready=(source,))
        return report, tuple(_limits(source.lacking))

    def close(self) -> None:
        """Stop the offline run."""
        self._pool.shutdown(wait=True)
        with suppress(Exception):  # told by decide()
            self._opened.result().program.close()

    def _open(self) -> _Opened:
        from resilience_checks.model.repository import repository_root
        from resilience_checks.sources import given, opening
        from resilience_checks.sources.discovery import Stack
        from resilience_checks.sources.interface import Limits

        settings = self._settings
        project = home.find(self._target.project, home.surroundings(), below(home.here(), settings.project_directory))
        directory = project.directory
        supplied = given.load(below(directory, settings.lookups), below(directory, settings.stack_outputs))
        stack = Stack(replace(project, config=self._config()), self._target.stack)
        root = repository_root(directory)
        program = opening.of_program(stack, root, Limits(seconds=settings.seconds), supplied)
        with suppress(InputError):  # told by graph(), which tries again
            program.start()
        _warm()
        return _Opened(project, root, program)

    def _config(self) -> dict[str, Any]:
        """Return the engine's configuration in the form of Pulumi.yaml; a secret is a placeholder there too."""
        from resilience_checks.sources.project import placeholder

        target = self._target
        return {
            key: {"value": placeholder(f"{_KEY} {value}"), "secret": True}
            if key in target.secrets
            else {"value": value}
            for key, value in target.config.items()
        }


def _warm() -> None:
    """Load what the check needs while the engine runs the program, so that it does not wait for that in the end."""
    import resilience_checks.analysis.answers
    import resilience_checks.policy.embedded
    import resilience_checks.policy.outcome
    import resilience_checks.sources.running.stack
    import resilience_checks.topology.declarations
    import resilience_checks.topology.estate_builder  # noqa: F401


def _relative(file: Path, root: Path) -> str:
    from resilience_checks.sources.project import relative

    return relative(file, root)


def _limits(lacking: InputError | None) -> list[str]:
    return [] if lacking is None else [f"{_NO_LINES}: {lacking}"]
