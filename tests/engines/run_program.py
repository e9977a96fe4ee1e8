"""Runs one program under the real engine, as Pulumi's own `pulumi-language-python-exec` does."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
import pulumi.runtime
from pulumi.runtime import settings


def main(job: dict[str, object]) -> int:
    program = Path(str(job["program"]))
    folder = program if program.is_dir() else program.parent
    os.chdir(folder)
    sys.path[0] = str(folder)
    sys.argv = [str(program)]
    settings.configure(settings.Settings(**job["settings"]))  # type: ignore[arg-type]
    pulumi.runtime.set_all_config(job["config"], job["secrets"])
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=32))
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(
            pulumi.runtime.run_in_stack(lambda: runpy.run_path(str(program), run_name="__main__") and None)
        )
    except BaseException:  # noqa: BLE001 whatever ends the program is its error
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    code = main(json.loads(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
