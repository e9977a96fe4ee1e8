"""The embedded engine's worker: killed, cut off, starved, and heard saying something that is no answer."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from resilience_checks import check
from resilience_checks.model.errors import EngineError
from resilience_checks.policy.embedded import EmbeddedEngine
from tests.faults.bench import BLOCKED, PATIENCE, Bench, Case, Ended
from tests.faults.opa_cases import DOCUMENT, MODULES, PACKAGES, asked

if TYPE_CHECKING:
    from collections.abc import Callable

_ENDLESS = (
    "package resilience.endless\n\n"
    "report := [x | some a in numbers.range(1, 9000); some b in numbers.range(1, 9000); x := a * b]\n"
)
_LARGE = 'package resilience.large\n\nreport := [x | some a in numbers.range(1, 3000000); x := sprintf("%d", [a])]\n'


def _with(bench: Bench, **limits: float) -> None:
    """Have checks use an engine with other limits."""
    bench.patch.setattr(check, "_engine", lambda _: EmbeddedEngine(**limits))  # type: ignore[arg-type]


def _killed(when: str) -> Callable[[Bench], Ended]:
    """Kill the worker before it is asked, or once it was."""

    def bring(bench: Bench) -> Ended:
        exchange = EmbeddedEngine._exchange

        def killed(engine: EmbeddedEngine, request: str, number: int, seconds: float) -> object:
            engine.start()
            assert engine.process is not None
            if when == "before":
                os.kill(engine.process, signal.SIGKILL)
                os.waitid(os.P_PID, engine.process, os.WEXITED | os.WNOWAIT)
            else:
                request = request.replace(DOCUMENT.decode(), "{}")
                os.kill(engine.process, signal.SIGSEGV)
            return exchange(engine, request, number, seconds)

        bench.patch.setattr(EmbeddedEngine, "_exchange", killed)
        return bench.check()

    return bring


def _says(*lines: str) -> Callable[[Bench], Ended]:
    """Run something in the worker before all else, as whoever installs Python may (a sitecustomize)."""

    def bring(bench: Bench) -> Ended:
        bench.write("site/sitecustomize.py", "import os, sys\n" + "".join(f"{line}\n" for line in lines))
        bench.patch.syspath_prepend(str(bench.project / "site"))
        return bench.check()

    return bring


def _wrapped(write: str) -> Callable[[Bench], Ended]:
    """Have the worker's standard output write otherwise."""
    return _says(
        "class Out:",
        "    def __init__(self, out): self.out = out",
        f"    def write(self, text): {write}",
        "    def flush(self): self.out.flush()",
        "if 'resilience_checks.policy.worker' in sys.orig_argv: sys.stdout = Out(sys.stdout)",
    )


def _garbage_behind(bench: Bench) -> Ended:
    """Ask twice, as a check of two estates does, where a line follows each answer."""
    bench.write(
        "site/sitecustomize.py",
        "import sys\n"
        "class Out:\n"
        "    def __init__(self, out): self.out = out\n"
        '    def write(self, text): self.out.write(text + (\'{"id": 0, "reports": {"sound": {"report": []}}}\\n\''
        " if text.endswith('\\n') else ''))\n"
        "    def flush(self): self.out.flush()\n"
        "sys.stdout = Out(sys.stdout)\n",
    )
    bench.patch.syspath_prepend(str(bench.project / "site"))
    bench.before = bench.files()
    with EmbeddedEngine(PATIENCE) as engine:
        first, second = asked(engine), asked(engine)
        third = asked(engine)  # a new worker
    assert (first.code, third.code) == (BLOCKED, BLOCKED)
    return second


def _asked(text: str, name: str, **limits: float) -> Callable[[Bench], Ended]:
    def bring(bench: Bench) -> Ended:
        _ = bench
        with EmbeddedEngine(**limits) as engine:  # type: ignore[arg-type]
            try:
                engine.evaluate({"p.rego": text}, DOCUMENT, {name: f"resilience.{name}"})
            except EngineError as error:
                after = engine.evaluate(MODULES, DOCUMENT, PACKAGES)  # the next estate has another worker
                assert len(list(after["sound"])) == len("ab")  # type: ignore[arg-type]
                return Ended(error.exit_code, f"{error.what} {error.remedy}")
        return Ended(0, "")

    return bring


def _not_there(bench: Bench) -> Ended:
    bench.patch.setattr(sys, "executable", str(bench.folder / "python"))
    return bench.check()


def _asker_killed(bench: Bench) -> Ended:
    """Kill the checker while its worker evaluates: the worker must not go on."""
    program = (
        "from resilience_checks.policy.embedded import EmbeddedEngine\n"
        f"with EmbeddedEngine(600.0) as engine:\n"
        "    engine.start()\n"
        "    print(engine.process, flush=True)\n"
        f"    engine.evaluate({{'p.rego': {_ENDLESS!r}}}, b'{{}}', {{'endless': 'resilience.endless'}})\n"
    )
    with bench.started(program=program) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        while _seconds(worker) < 0.5:  # it evaluates: its import takes less
            assert process.poll() is None
        process.kill()
    return Ended(1 if process.returncode == -signal.SIGKILL else 0, "")


def _seconds(process: int) -> float:
    """Return how long a process has computed."""
    with open(f"/proc/{process}/stat", encoding="ascii") as file:  # noqa: PTH123
        words = file.read().rpartition(")")[2].split()
    return int(words[11]) / os.sysconf("SC_CLK_TCK")


ENDED = "the policy engine's process ended without an answer: "
GARBLED = "answered something that is no answer"
CASES = (
    Case("the worker is killed before it is asked", "SIGKILL", _killed("before"), 1, f"{ENDED}killed by signal 9"),
    Case("the worker is killed as it is asked", "SIGSEGV", _killed("amid"), 1, f"{ENDED}killed by signal 11"),
    Case(
        "the worker overruns its deadline",
        "a policy that searches within a search, 0.5 s",
        _asked(_ENDLESS, "endless", seconds=0.5),
        1,
        "not evaluated within 0.5 s",
    ),
    Case(
        "the worker has too little memory",
        "200 MB for a set of three million texts",
        _asked(_LARGE, "large", seconds=PATIENCE, memory=200 << 20),
        1,
        ENDED,
    ),
    Case("the worker greets", "a line before its answer", _says("print('hello', flush=True)"), 1, GARBLED),
    Case("the worker says garbage", "JSON that was cut", _wrapped("self.out.write(text.replace('{', ''))"), 1, GARBLED),
    Case(
        "the worker says half an answer",
        "it ends amid its answer",
        _wrapped("(self.out.write(text), self.out.flush(), os._exit(0))"),
        1,
        f"{ENDED}exit code 0",
    ),
    Case("the worker says garbage behind its answer", "a line like an answer", _garbage_behind, 1, GARBLED),
    Case(
        "the worker closes its output",
        "and lives on",
        _wrapped("os.close(1)"),
        1,
        ENDED,
    ),
    Case("the worker lacks its engine", "no regorus", _says("sys.modules['regorus'] = None"), 1, f"{ENDED}.*regorus"),
    Case("the worker cannot be started", "its Python is gone", _not_there, 1, "cannot be started: .*No such file"),
    Case("the worker's asker is killed", "SIGKILL amid an endless evaluation", _asker_killed, 1),
)
