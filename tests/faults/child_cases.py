"""The processes of programs: killed, gone, broken off, of another version, or speaking to nobody."""

from __future__ import annotations

import errno
import os
import tempfile
from typing import TYPE_CHECKING

from tests.faults.bench import BLOCKED, Bench, Case, Ended

if TYPE_CHECKING:
    from collections.abc import Callable

_PYTHON = "name: web\nruntime:\n  name: python\n  options: {virtualenv: env}\n"
_NODE = "name: web\nruntime: nodejs\n"
_FRONT = "import pulumi\npulumi.CustomResource('vsphere:index/virtualMachine:VirtualMachine', 'front', {})\n"


def _interpreter(*lines: str, mode: int = 0o755) -> Callable[[Bench], Ended]:
    """Have the program's own environment hold that as its Python; its third argument is the private folder."""

    def bring(bench: Bench) -> Ended:
        bench.write("Pulumi.yaml", _PYTHON)
        bench.write("__main__.py", "")
        bench.write("env/bin/python", "".join(f"{line}\n" for line in lines), mode=mode)
        return bench.check()

    return bring


def _node(*lines: str, version: str = "3.200.0", path: bool = True) -> Callable[[Bench], Ended]:
    """Put that on PATH as `node`, for a program whose SDK is of a version."""

    def bring(bench: Bench) -> Ended:
        bench.write("Pulumi.yaml", _NODE)
        bench.write("index.js", "")
        bench.write("node_modules/@pulumi/pulumi/package.json", f'{{"version": "{version}"}}')
        bench.write("node_modules/@pulumi/pulumi/cmd/run/index.js", "")
        bench.write("bin/node", "".join(f"{line}\n" for line in lines), mode=0o755)
        found = f"{bench.project / 'bin'}{os.pathsep}{os.environ['PATH']}" if path else "/nowhere"
        bench.patch.setenv("PATH", found)
        return bench.check()

    return bring


def _program(*lines: str) -> Callable[[Bench], Ended]:
    """Run a real program, with the SDK of the tests."""

    def bring(bench: Bench) -> Ended:
        bench.write("Pulumi.yaml", "name: web\nruntime: python\n")
        bench.write("__main__.py", _FRONT + "".join(f"{line}\n" for line in lines))
        return bench.check()

    return bring


def _no_temporary_folder(bench: Bench) -> Ended:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(bench.temporary))

    bench.patch.setattr("resilience_checks.sources.program.child_process.tempfile.mkdtemp", full)
    return _program()(bench)


def _too_many_files(bench: Bench) -> Ended:
    def full() -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    bench.patch.setattr("resilience_checks.sources.program.child_process.os.pipe", full)
    return _program()(bench)


def _long_temporary(bench: Bench) -> Ended:
    place = bench.temporary / ("long" * 30)
    place.mkdir()
    bench.patch.setattr(tempfile, "tempdir", str(place))
    done = _program()(bench)
    place.rmdir()
    return done


def _worktree_of_files(bench: Bench) -> Ended:
    """A folder stands where the program's file should be."""
    bench.write("Pulumi.yaml", "name: web\nruntime: python\nmain: program.py\n")
    (bench.project / "program.py").mkdir()
    bench.write("program.py/note", "")
    return bench.check()


SH = "#!/bin/sh"
DIED = "the program's process ended without a word"
NOT_EVALUATED = 4
CASES = (
    Case("python is killed", "by SIGKILL as it starts", _interpreter(SH, "kill -9 $$"), NOT_EVALUATED, r"status 137"),
    Case("python crashes", "by SIGSEGV", _interpreter(SH, "kill -11 $$"), NOT_EVALUATED, r"status 139"),
    Case(
        "python says half of its end",
        "half a message",
        _interpreter(SH, """printf '{"ok": tr' > "$3/end.json" """),
        NOT_EVALUATED,
        DIED,
    ),
    Case(
        "python ends well without a resource",
        "says it ended well, and registered nothing",
        _interpreter(SH, """printf '{"ok": true}' > "$3/end.json"; : > "$3/notes.jsonl" """),
        NOT_EVALUATED,
        DIED,
    ),
    Case(
        "python says it ended well and did not",
        "exit code 3",
        _interpreter(SH, """printf '{"ok": true}' > "$3/end.json"; : > "$3/notes.jsonl"; exit 3"""),
        NOT_EVALUATED,
        r"status 3",
    ),
    Case("python is no program", "a text where it should be", _interpreter("text"), NOT_EVALUATED, "Exec format error"),
    Case(
        "python may not be run",
        "no right to execute it",
        _interpreter(SH, mode=0o644),
        NOT_EVALUATED,
        "Permission denied",
    ),
    Case(
        "python's interpreter is missing",
        "a script whose interpreter is gone",
        _interpreter("#!/nowhere/sh"),
        NOT_EVALUATED,
        "No such file",
    ),
    Case(
        "a program kills itself",
        "SIGKILL behind a resource",
        _program("import os", "os.kill(os.getpid(), 9)"),
        4,
        "status 137",
    ),
    Case(
        "a program cuts its gRPC connection",
        "its sockets are shut down and the monitor's is gone, then it registers one more",
        _program(
            "import os, socket",
            "os.unlink(os.environ['HOME'] + '/monitor.sock')",
            "for number in range(3, 200):",
            "    try:",
            "        socket.socket(fileno=os.dup(number)).shutdown(socket.SHUT_RDWR)",
            "    except OSError:",
            "        pass",
            "pulumi.CustomResource('vsphere:index/virtualMachine:VirtualMachine', 'second', {})",
        ),
        NOT_EVALUATED,
        "program",
    ),
    Case("node is killed", "by SIGKILL", _node(SH, "kill -9 $$"), NOT_EVALUATED, r"status 137"),
    Case("node ends at once", "exit code 0, and not a word", _node(SH, "exit 0"), NOT_EVALUATED, "ended"),
    Case(
        "node is something else", "prints and fails", _node(SH, "echo 'bad option'; exit 9"), NOT_EVALUATED, "status 9"
    ),
    Case("node is missing", "not on PATH", _node(SH, path=False), NOT_EVALUATED, "no `node` on PATH"),
    Case("node's SDK is too old", "2.9.0", _node(SH, version="2.9.0"), NOT_EVALUATED, "3.0 is the oldest"),
    Case("node's SDK is of no version", "not a number", _node(SH, version="x"), NOT_EVALUATED, "3.0 is the oldest"),
    Case("no room for the program's folder", "mkdtemp: ENOSPC", _no_temporary_folder, 1, "No space left on device"),
    Case("the temporary folder's name is long", "too long for a socket", _long_temporary, BLOCKED, correct=True),
    Case("too many open files", "pipe: EMFILE", _too_many_files, 1, r"Too many open files(.|\n)*ulimit -n"),
    Case(
        "a folder stands for the program",
        "main: names a folder without one",
        _worktree_of_files,
        NOT_EVALUATED,
        "program",
    ),
)
