"""Closes the network, sets the limits, and becomes the Node process that runs the program.

A script of its own: limits and namespace must be in place before Node starts its threads. RLIMIT_DATA instead of
RLIMIT_AS, because V8 reserves far more addresses than it ever uses.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

MAIN = Path(__file__).with_name("child") / "main.js"
ISOLATION = Path(__file__).parent.parent / "program" / "child.py"


def main() -> None:
    """Become `node main.js PRIVATE isolated|open`, as the job file in the private directory describes it."""
    private = Path(sys.argv[1])
    job = json.loads((private / "job.json").read_text(encoding="utf-8"))
    if job["memory"] and sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_DATA, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    state = "isolated" if _isolation().close_network() else "open"
    heap = [f"--max-old-space-size={job['memory'] * 3 // 4 >> 20}"] if job["memory"] else []
    os.chdir(job["directory"])
    os.execv(job["node"], [job["node"], *heap, *job["node_arguments"], str(MAIN), str(private), state])  # noqa: S606


def _isolation() -> Any:
    spec = importlib.util.spec_from_file_location("isolation", ISOLATION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
