"""What a program can use up, and that nothing of it is left."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from resilience_checks.sources.interface import Limits
from resilience_checks.sources.program import confinement
from tests.end_to_end.editing import ROOT
from tests.sources.confining.confined import ALL, NOTHING, WITHOUT_NAMESPACES, Outcome, python

if TYPE_CHECKING:
    from pathlib import Path

FORKS = """
import os, time
while True:
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
"""
MEMORY = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        break
held = b"x" * (60 << 20)
time.sleep(600)
"""
ALONE = "held = b'x' * (400 << 20)"
FILES = """
import os, time
for number in range(4):
    with open(os.path.join(os.environ["TMPDIR"], str(number)), "wb") as file:
        file.write(b"x" * (3 << 20))
time.sleep(600)
"""
FILE = """
import os
with open(os.path.join(os.environ["TMPDIR"], "x"), "wb") as file:
    for _ in range(16):
        file.write(b"x" * (1 << 20))
"""
DESCRIPTORS = """
held = []
try:
    while True:
        held.append(open("/dev/null"))
except OSError as error:
    print(len(held) < 4096, error.strerror)
"""
DAEMON = """
import os, signal, sys, time
held = open(sys.argv[1])
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
if sys.argv[2] == "stay":
    time.sleep(600)
"""
EVERY = pytest.mark.parametrize("means", [ALL, WITHOUT_NAMESPACES, NOTHING])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    made.mkdir()
    return made


def stopped(outcome: Outcome) -> tuple[int, str]:
    return outcome.code, outcome.confinement.stopped


@EVERY
def test_processes_are_counted(means: tuple[str, ...], repository: Path) -> None:
    assert stopped(python(means, repository, FORKS)) == (137, "processes")


@EVERY
def test_memory_is_counted_over_all_processes(means: tuple[str, ...], repository: Path) -> None:
    assert stopped(python(means, repository, MEMORY, limits=Limits(memory=200 << 20))) == (137, "memory")


def test_memory_of_one_process_is_limited(repository: Path) -> None:
    outcome = python(NOTHING, repository, ALONE, limits=Limits(memory=200 << 20))
    assert outcome.code == 1
    assert "MemoryError" in outcome.printed


@EVERY
def test_disk_is_counted(means: tuple[str, ...], repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_DISK", 8 << 20)
    assert stopped(python(means, repository, FILES)) == (137, "disk")


def test_a_file_is_limited(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_DISK", 8 << 20)
    outcome = python(NOTHING, repository, FILE)
    assert outcome.confinement.stopped or "File too large" in outcome.printed


def test_open_files_are_limited(repository: Path) -> None:
    assert python(NOTHING, repository, DESCRIPTORS).printed == "True Too many open files\n"


def gone(stream: int) -> bool:
    """Return whether all that held the other end of a FIFO goes."""
    poll = select.poll()
    poll.register(stream, 0)
    return bool(poll.poll(60_000))


@EVERY
def test_a_daemon_ends_with_its_program(means: tuple[str, ...], repository: Path) -> None:
    os.mkfifo(repository / "held")
    both = os.open(repository / "held", os.O_RDWR)
    assert python(means, repository, DAEMON, repository / "held", "go").code == 0
    stream = os.open(repository / "held", os.O_WRONLY)
    os.close(both)
    assert gone(stream)
    os.close(stream)


@EVERY
def test_a_daemon_ends_with_a_checker_that_is_killed(means: tuple[str, ...], repository: Path) -> None:
    os.mkfifo(repository / "held")
    (repository / "program.py").write_text(DAEMON, encoding="utf-8")
    (repository.parent / "private").mkdir()
    checker = f"""
import subprocess, sys, time
from pathlib import Path
from resilience_checks.sources.interface import Limits
from resilience_checks.sources.program import confinement, readable
confinement.MEANS = {tuple(means)}
repository = Path({str(repository)!r})
words = [sys.executable, "-I", "-S", str(repository / "program.py"), str(repository / "held"), "stay"]
job = confinement.Job(words, repository, [repository], readable.environment(Path(sys.executable)), Limits(), False)
started = job.start(repository.parent / "private", {{}}, subprocess.DEVNULL)
time.sleep(600)
"""
    with (
        subprocess.Popen([sys.executable, "-c", checker], env={**os.environ, "PYTHONPATH": str(ROOT)}) as started,
        (repository / "held").open("wb", buffering=0) as stream,  # which waits until the program has opened it
    ):
        started.send_signal(signal.SIGKILL)
        assert gone(stream.fileno())
