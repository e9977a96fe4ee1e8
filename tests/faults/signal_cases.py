"""A run that is asked to end, in each of its stations, by each signal that asks so."""

from __future__ import annotations

import os
import select
import signal
from pydoc import locate
from typing import TYPE_CHECKING, Any

from tests.faults.bench import Bench, Case, Ended

if TYPE_CHECKING:
    from collections.abc import Callable

_STATIONS: dict[str, tuple[Any, str]] = {
    "evaluation": ("resilience_checks.sources.yaml_program.source.YamlSource", "graph"),
    "topology": ("resilience_checks.line.Line", "build"),
    "analysis": ("resilience_checks.analysis.answers", "answer"),
    "policy": ("resilience_checks.policy.embedded.EmbeddedEngine", "_exchange"),
    "writing": ("resilience_checks.model.writing", "_all_of"),
}


def _amid(station: str, number: signal.Signals, times: int = 1) -> Callable[[Bench], Ended]:
    """Send this process the signal when the station begins; where a file is written, half of it is there."""

    def bring(bench: Bench) -> Ended:
        bench.write("report.json", "{}\n")
        place, name = _STATIONS[station]
        found = locate(place)
        before = getattr(found, name)

        def struck(*arguments: Any, **named: Any) -> Any:
            if station == "writing":
                os.write(arguments[1], arguments[0][: len(arguments[0]) // 2])
            for _ in range(times):
                os.kill(os.getpid(), number)
            return before(*arguments, **named)

        bench.patch.setattr(found, name, struck)
        return bench.run("check", "--format", "json=report.json")

    return bring


def _program_runs(number: signal.Signals) -> Callable[[Bench], Ended]:
    """Send the signal while a program runs, in a process of the checker's own."""

    def bring(bench: Bench) -> Ended:
        bench.write("Pulumi.yaml", "name: web\nruntime: {name: python, options: {virtualenv: env}}\n")
        held, never = bench.project / "alive", bench.project / "never"
        os.mkfifo(held)
        os.mkfifo(never)
        script = f"#!/bin/sh\nexec 3< {held}\nwhile :; do read x < {never}; done\n"
        bench.write("env/bin/python", script, mode=0o755)
        bench.write("__main__.py", "")
        with (
            bench.started("check", start_new_session=True) as process,
            held.open("wb", buffering=0) as alive,  # which waits until the program has opened it, which can only read
        ):
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            poll = select.poll()
            poll.register(alive, 0)
            assert poll.poll(60_000)  # and nobody holds it any more
        held.unlink()
        never.unlink()
        return Ended(process.returncode, out + err)

    return bring


INTERRUPTED = 130
TOLD = "interrupted: nothing was decided"
CASES = (
    *(
        Case(f"{number.name} in {station}", "as it begins", _amid(station, number), INTERRUPTED, TOLD)
        for station in _STATIONS
        for number in (signal.SIGINT, signal.SIGTERM)
    ),
    Case("SIGHUP in policy", "the terminal is closed", _amid("policy", signal.SIGHUP), INTERRUPTED, TOLD),
    Case("SIGTERM twice", "a runner that asks again", _amid("analysis", signal.SIGTERM, 2), INTERRUPTED, TOLD),
    Case("SIGTERM while a program runs", "it ends, too", _program_runs(signal.SIGTERM), INTERRUPTED, TOLD),
    Case("SIGINT while a program runs", "it ends, too", _program_runs(signal.SIGINT), INTERRUPTED, TOLD),
)
