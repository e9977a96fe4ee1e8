"""Stacks that workers evaluate in tests: they can be sent, and die, hang or ask as a test wants it."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from resilience_checks.model.errors import InputError
from resilience_checks.model.graph import ResourceGraph
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Resource
from resilience_checks.model.values import Unknown
from resilience_checks.sources.stacks.linking import STACK_REFERENCE
from resilience_checks.sources.wire import secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.sources.given import Given

LATER = Unknown("computed at deployment")


@dataclass(frozen=True)
class Sent:
    """Makes the source of a stack; `mood` is what becomes of it, `note` a file that tells how often it ran."""

    name: str
    mood: str = "well"
    reads: tuple[str, ...] = ()
    note: Path | None = None
    seconds: float = 60.0
    travels: ClassVar[bool] = True

    def __call__(self, given: Given) -> Stack:
        return Stack(self, given)


@dataclass
class Stack:
    """A stack whose outputs are an unknown id, a secret, and what it read."""

    sent: Sent
    given: Given

    @property
    def name(self) -> str:
        return self.sent.name

    @property
    def stack(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def directory(self) -> Path:
        return Path()

    def start(self) -> None:
        """Nothing runs yet."""

    def close(self) -> None:
        """Nothing is left."""

    def graph(self) -> ResourceGraph:
        times = self._ran()
        match self.sent.mood:
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "dies once" if times == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                threading.Event().wait()
            case "fails":
                raise InputError(f"{self.name} is broken", why="why", remedy="mend it")
        return self._made({name: self.given.outputs(name) for name in self.sent.reads})

    def _ran(self) -> int:
        if self.sent.note is None:
            return 0
        with self.sent.note.open("a", encoding="utf-8") as file:
            file.write("ran\n")
        return len(self.sent.note.read_text(encoding="utf-8").splitlines())

    def _made(self, told: Mapping[str, Mapping[str, object] | None]) -> ResourceGraph:
        project = self.name.rpartition("/")[0]
        inputs = {name: found["id"] if found else LATER for name, found in told.items()}
        references = tuple(
            Resource(f"urn:{name}", STACK_REFERENCE, name, custom=True, inputs={"name": name}) for name in told
        )
        user = Resource("urn:user", "t", "user", custom=True, inputs={**inputs, "password": secret("the same")})  # type: ignore[dict-item]
        return ResourceGraph(
            project,
            self.stack,
            Location("Pulumi.yaml", 1),
            "program",
            (*references, user),
            outputs={"id": LATER, "password": secret("the same"), **inputs},  # type: ignore[dict-item]
        )
