"""Runs one Pulumi program against a monitor; a script of its own, in the program's own interpreter.

It imports nothing but the standard library and the program's `pulumi`. Started by launch.py in a process that is
confined, it runs the program, and writes what the protocol does not carry into files of a private directory: the dependencies of each element
of an input, lookups that were never sent, callbacks that were not called, and how the program ended.
"""

from __future__ import annotations

import contextvars
import faulthandler
import gc
import json
import os
import runpy
import sys
import time
from pathlib import Path


def main() -> int:
    """Run the program that the job file describes and return the exit code of its end."""
    gc.set_threshold(100_000, 20, 100)  # SDKs are large, and little of what they load is ever garbage
    private = Path(sys.argv[1])
    job = json.loads((private / "job.json").read_text(encoding="utf-8"))
    (private / "job.json").unlink()  # it holds the token of the monitor, which is this process's alone
    from resilience_child.ending import refuse_connections
    from resilience_child.notes import Notes
    from resilience_child.reads import Reads

    notes = Notes(private, job["project_directory"])
    refuse_connections()
    reads = Reads(private, job["root"], job["project_directory"])
    reads.watch()
    stuck = (private / "stuck.txt").open("w", encoding="utf-8")
    faulthandler.dump_traceback_later(max(0.1, job["seconds"] * 0.95), file=stuck)
    end = _run(job, notes)
    faulthandler.cancel_dump_traceback_later()
    notes.finish({**end, "read": reads.files(), "looked_at": reads.told()})
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if end["ok"] else 1)  # threads of a program that failed must not keep it alive


def _run(job: dict, notes: object) -> dict:
    program = Path(job["program"])
    os.chdir(program if program.is_dir() else program.parent)
    sys.path[0] = str(program if program.is_dir() else program.parent)
    sys.argv = [str(program)]
    try:
        import pulumi
        import pulumi.runtime
    except ModuleNotFoundError as error:
        return {"ok": False, "kind": "sdk", "message": str(error), "module": error.name}
    _await_monitor(notes.private / "ready", job["seconds"])
    from resilience_child import watch
    from resilience_child.ending import failure
    from resilience_child.monitor import Engine, Monitor

    token = (("token", job.pop("token")),)
    _configure(job, lambda stub: Monitor(stub, notes, token), lambda stub: Engine(stub, token))
    watch(notes)
    import asyncio

    async def run() -> None:
        await pulumi.runtime.run_in_stack(lambda: runpy.run_path(str(program), run_name="__main__") and None)

    loop = asyncio.new_event_loop()
    _carry_context(loop)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run())
    except BaseException as error:  # noqa: BLE001 whatever ends the program ends it for the report
        return failure(error, notes)
    return {"ok": True}


def _carry_context(loop: object) -> None:
    """Let threads know on whose behalf they send a request, which older SDKs leave out."""
    original = loop.run_in_executor

    def carried(executor: object, func: object, *arguments: object) -> object:
        return original(executor, contextvars.copy_context().run, func, *arguments)

    loop.run_in_executor = carried


def _await_monitor(ready: Path, seconds: float) -> None:
    """Wait until the monitor listens: it is being imported while this process imports the SDK."""
    until = time.monotonic() + seconds
    while not ready.exists() and time.monotonic() < until:
        time.sleep(0.002)


def _configure(job: dict, watched: object, quiet: object) -> None:
    import pulumi.runtime
    from pulumi.runtime import settings

    wanted = {
        "project": job["project"],
        "stack": job["stack"],
        "monitor": job["address"],
        "engine": job["address"],
        "dry_run": True,
        "parallel": 1,
        "organization": "organization",
        "root_directory": job["project_directory"],
    }
    known = settings.Settings.__init__.__code__.co_varnames
    bag = settings.Settings(**{key: value for key, value in wanted.items() if key in known})
    bag.monitor, bag.engine = watched(bag.monitor), quiet(bag.engine)
    settings.configure(bag)
    pulumi.runtime.set_all_config(job["config"], job["secrets"])


if __name__ == "__main__":
    raise SystemExit(main())
