"""From a job to a program that runs confined."""

from __future__ import annotations

import marshal
import os
import resource

from resilience_checks.sources.program.confining import filter as system_calls
from resilience_checks.sources.program.confining import keeping, landlock, namespaces, system

TYPE_CHECKING = False  # as type checkers read it, without the import
if TYPE_CHECKING:
    from typing import Any

JOB = "launch.job"
"""The name of the file that says what to start, and how."""
NAMESPACES, LANDLOCK, FILTER = "namespaces", "landlock", "filter"
MEANS = (NAMESPACES, LANDLOCK, FILTER)
"""What can confine, each tried where the job allows it."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_PROCESS_FILES = (
    "self",
    "thread-self",
    "cpuinfo",
    "meminfo",
    "stat",
    "version",
    "uptime",
    "loadavg",
    "filesystems",
    "sys/vm",
    "sys/kernel",
)
_OPEN_FILES = 4096
_THREADS = 1024
_ROOT = ".root"


def main(private: str) -> None:
    """Start the job in a private directory, keep it, and end as it ended; 128 and its number for a signal."""
    with open(f"{private}/{JOB}", "rb") as file:
        job = marshal.load(file)  # noqa: S302 the checker wrote it, a moment ago; json would load ten modules
    os.unlink(f"{private}/{JOB}")
    alone = system.LINUX and NAMESPACES in job["means"] and namespaces.enter()
    if not alone:
        _end(_keep(job, private, alone=False))
    keeper = os.fork()
    if keeper == 0:
        system.end_with_parent()
        _end(_keep(job, private, alone=True))
    os.close(job["told"])
    _, status = os.waitpid(keeper, 0)
    _end(os.waitstatus_to_exitcode(status))


def _end(code: int) -> None:
    os._exit(code if code >= 0 else 128 - code)


def _keep(job: dict[str, Any], private: str, *, alone: bool) -> int:
    """Start the program and return its exit code, negative for a signal, once nothing of it is left."""
    rooted = False
    if alone:
        os.mkdir(f"{private}/{_ROOT}")
        rooted = namespaces.root(f"{private}/{_ROOT}", job["readable"], job["hidden"], job["writable"], _DEVICES)
    system.adopt_orphans()
    program = os.fork()
    if program == 0:
        try:
            _become(job, {"alone": alone, "rooted": rooted})
        except BaseException as error:  # noqa: BLE001 whatever it is, the program must not run without its limits
            keeping.tell(job["told"], unstarted=getattr(error, "strerror", None) or repr(error))
        os._exit(127)
    return keeping.keep(program, job, private, alone=alone)


def _become(job: dict[str, Any], done: dict[str, Any]) -> None:
    """Confine this process and turn it into the program."""
    os.setsid()
    system.end_with_parent()
    system.heed_signals()
    os.chdir(job["directory"])
    _limit(job, alone=done["alone"])
    if system.LINUX:
        done.update(_restrict(job, done))
    keeping.tell(job["told"], **done)
    for descriptor in (job["told"], job["parent"]):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 it takes no keyword
    os.execv(job["command"][0], job["command"])  # noqa: S606 the program's interpreter


def _restrict(job: dict[str, Any], done: dict[str, Any]) -> dict[str, Any]:
    """Give up what the system lets a process give up; return what it did."""
    system.gain_nothing()
    system.drop_capabilities()
    version, calls = 0, False
    if LANDLOCK in job["means"]:
        seen = ["/proc"] if done["rooted"] else [f"/proc/{name}" for name in _PROCESS_FILES]
        version = landlock.restrict([*job["readable"], *seen], job["hidden"], job["writable"], list(_DEVICES))
    if FILTER in job["means"]:
        calls = system_calls.apply(rooted=done["rooted"])
    return {"landlock": version, "filter": calls}


def _limit(job: dict[str, Any], *, alone: bool) -> None:
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_FSIZE, job["disk"])
    if not system.LINUX:
        return
    if alone and os.getuid() != 0:  # counted in the namespace alone; of root nothing is counted
        _lower(resource.RLIMIT_NPROC, _THREADS)
    if job["memory"]:
        _lower(resource.RLIMIT_AS if job["addresses"] else resource.RLIMIT_DATA, job["memory"])


def _lower(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (least, least))
