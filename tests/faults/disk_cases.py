"""Where results go: a full disk, folders that may only be read or are gone, readers that hang up."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import subprocess
from typing import TYPE_CHECKING

from resilience_checks.gathered import Gathered
from tests.faults.bench import BLOCKED, Bench, Case, Ended

if TYPE_CHECKING:
    from collections.abc import Callable

_OLD = '{"old": true}\n'
_WHO = ("--reason", "r", "--owner", "o", "--approver", "a", "--ticket", "t", "--expires", "2027-01-01")
_DROP_FROM_BOUND, _OVERRIDE, _SEARCH = 24, 1, 2


def _full(*arguments: str, files: dict[str, str] | None = None) -> Callable[[Bench], Ended]:
    """Run with a disk that takes half of each file of results, and then nothing more."""

    def bring(bench: Bench) -> Ended:
        for name, text in (files or {}).items():
            bench.write(name, text)
        write = os.write

        def half(number: int, data: bytes) -> int:
            if len(data) <= 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(number, bytes(data[: len(data) // 2]))

        bench.patch.setattr("resilience_checks.model.writing.os.write", half)
        return bench.run(*arguments)

    return bring


def _limited(*arguments: str) -> Callable[[Bench], Ended]:
    """Run in a process whose files may be of 2,000 bytes at most."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    def bring(bench: Bench) -> Ended:
        bench.write("report.json", _OLD)
        return bench.ended(*arguments, preexec_fn=limit)

    return bring


def _to(place: str, *, stream: str = "stdout") -> Callable[[Bench], Ended]:
    def bring(bench: Bench) -> Ended:
        with open(place, "wb") as file:  # noqa: PTH123
            return bench.ended("check", **{stream: file})

    return bring


def _hung_up(bench: Bench) -> Ended:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return bench.ended("check", stdout=writing)
    finally:
        os.close(writing)


def _closed(bench: Bench) -> Ended:
    return bench.ended("check", program="import os, sys\nos.close(1)\nsys.stdout = None")


def _read_only(*arguments: str, name: str = "out") -> Callable[[Bench], Ended]:
    """Run as one who may not write in a folder, whoever that is: root loses the right to override."""

    def drop() -> None:
        for right in (_OVERRIDE, _SEARCH):
            ctypes.CDLL(None).prctl(_DROP_FROM_BOUND, right, 0, 0, 0)

    def bring(bench: Bench) -> Ended:
        bench.write(f"{name}/report.json", _OLD)
        bench.before = bench.files()
        (bench.project / name).chmod(0o555)
        try:
            return bench.ended(*arguments, preexec_fn=drop)
        finally:
            (bench.project / name).chmod(0o755)

    return bring


def _folder_goes(bench: Bench) -> Ended:
    """Take the folder of the report away while the check runs."""
    (bench.project / "out").mkdir()
    report = Gathered.report

    def gone(*arguments: object) -> object:
        (bench.project / "out").rmdir()
        return report(*arguments)  # type: ignore[arg-type]

    bench.patch.setattr(Gathered, "report", gone)
    return bench.check("--output", "out/report.json")


def _folder(bench: Bench) -> Ended:
    (bench.project / "report.json").mkdir()
    return bench.check("--output", "report.json")


def _folder_of_a_form(bench: Bench) -> Ended:
    (bench.project / "report.json").mkdir()
    return bench.run("check", "--format", "json=report.json")


def _summary(bench: Bench) -> Ended:
    """Have the file of the job's summary take nothing more."""
    summary = bench.write("summary.md", "before\n")
    bench.patch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    return bench.ended("check", preexec_fn=limit)


def _through_a_pipe(bench: Bench) -> Ended:
    """Write into what is no regular file, as process substitution has it."""
    reading, writing = os.pipe()
    with subprocess.Popen(["cat"], stdin=reading, stdout=subprocess.PIPE, text=True) as cat:
        os.close(reading)
        done = bench.ended("check", "--output", f"/dev/fd/{writing}", pass_fds=(writing,))
        os.close(writing)
        said, _ = cat.communicate()
    return Ended(done.code, said + done.said)


NO_ROOM = r"No space left on device(.|\n)*make room"
TOO_LARGE = r"File too large(.|\n)*ulimit -f"
CASES = (
    Case("the disk is full: report", "amid the file", _full("check", "--output", "report.txt"), 1, NO_ROOM),
    Case(
        "the disk is full: report anew",
        "the one that is there stays whole",
        _full("check", "--format", "json=report.json", files={"report.json": _OLD}),
        1,
        NO_ROOM,
    ),
    Case(
        "the disk is full: the second of two forms",
        "files of 2,000 bytes at most",
        _limited("check", "--format", "json=report.json", "--format", "sarif=report.sarif"),
        1,
        TOO_LARGE,
    ),
    Case("the disk is full: evidence", "amid the file", _full("check", "--attest", "evidence.json"), 1, NO_ROOM),
    Case("the disk is full: baseline", "amid the file", _full("baseline", "write"), 1, NO_ROOM),
    Case("the disk is full: declarations", "of init", _full("init", "-o", "first.yaml"), 1, NO_ROOM),
    Case("the disk is full: graph", "amid the file", _full("graph", "-o", "graph.json"), 1, NO_ROOM),
    Case(
        "the disk is full: waivers",
        "those that are there stay",
        _full(
            "waivers",
            "add",
            "--policy",
            "cross-site-failover",
            "--target",
            "x",
            *_WHO,
            "--today",
            "2026-11-01",
            files={"resilience-waivers.yaml": "version: 1\nwaivers: []\n"},
        ),
        1,
        NO_ROOM,
    ),
    Case(
        "the disk is full: a new policy",
        "rule, tests and page",
        _full("policies", "new", "two-racks"),
        2,
        "No space left",
    ),
    Case("the disk is full: a policy pack", "for Pulumi", _full("policy-pack", "pack"), 2, "No space left"),
    Case(
        "the disk is full: /dev/full", "as the report's file", lambda bench: bench.check("-o", "/dev/full"), 1, NO_ROOM
    ),
    Case("standard output is full", "/dev/full", _to("/dev/full"), 1, NO_ROOM),
    Case("standard error is full", "/dev/full", _to("/dev/full", stream="stderr"), BLOCKED, "blocked by"),
    Case("standard output is hung up", "its reader has gone", _hung_up, 1),
    Case("standard output is closed", "as by >&-", _closed, 1, "standard output is closed"),
    Case("the job's summary is full", "the other steps' part stays", _summary, BLOCKED, "no job summary was written"),
    Case(
        "the output folder may only be read",
        "no right to write",
        _read_only("check", "--output", "out/new.json"),
        2,
        "its folder may only be read",
    ),
    Case(
        "the output may only be read",
        "one that is there, in such a folder",
        _read_only("check", "--output", "out/report.json"),
        2,
        "cannot be written",
    ),
    Case("the output is a folder", "--output", _folder, 2, "is a (folder|directory)"),
    Case("the output of a form is a folder", "--format json=", _folder_of_a_form, 2, "is a folder"),
    Case(
        "the output's folder is missing",
        "no such folder",
        lambda bench: bench.check("-o", "no/r.json"),
        2,
        "does not exist",
    ),
    Case("the output's folder goes away", "during the check", _folder_goes, 2, "No such file"),
    Case("the output is a pipe", "process substitution", _through_a_pipe, BLOCKED, "blocked by"),
)
