"""Reading a preview into a graph beside `conftest test` with one trivial rule on the same file; and a large state.

Run as `python -m benchmarks.reading`; what it writes is removed again.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.binaries import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
STEPS, RESOURCES = 10_000, 100_000
RATIO, MEMORY = 2.0, 1536
"""The goals: times of Conftest, and MB of the whole process tree for a check of the large state."""
PREFIX = "urn:pulumi:prod::big::"
STACK = f"{PREFIX}pulumi:pulumi:Stack::big-prod"
PROVIDER = f"{PREFIX}pulumi:providers:vsphere::default_4_18_2"
RULE = 'package main\n\ndeny contains "no" if {\n\tsome step in input.steps\n\tstep.op == "never"\n}\n'
READ = """
import sys
from pathlib import Path
from resilience_checks.sources.files.reading import open_all
path = Path(sys.argv[1])
(source,) = open_all([path], [], [path.parent], path.parent).sources
assert len(source.graph().resources) == int(sys.argv[2])
"""


def main(runs: int = 5) -> int:
    conftest = TOOLS["conftest"].build()
    with tempfile.TemporaryDirectory(prefix="resilience-checks-") as name:
        directory = Path(name)
        (directory / "rule.rego").write_text(RULE, encoding="utf-8")
        preview, state = directory / "preview.json", directory / "state.json"
        with preview.open("w", encoding="utf-8") as file:
            json.dump(_preview(), file, indent=4)
        _write_state(state)
        ours = [sys.executable, "-c", READ, str(preview), str(STEPS + 1)]
        theirs = [str(conftest), "test", "--policy", str(directory / "rule.rego"), str(preview)]
        print(f"a preview of {STEPS} steps, {preview.stat().st_size >> 20} MB, median of {runs} runs")
        pairs = [(_run(ours), _run(theirs)) for _ in range(runs)]
        mine, other = ([pair[side] for pair in pairs] for side in (0, 1))
        for label, measured in (("into a graph", mine), ("conftest test", other)):
            seconds, memory = (statistics.median(run[part] for run in measured) for part in (0, 1))
            print(f"  {label:14} {seconds:6.2f} s {memory:6.0f} MB")
        ratio = statistics.median(run[0] for run in mine) / statistics.median(run[0] for run in other)
        print(f"  ratio {ratio:.2f} (goal {RATIO})")
        check = [sys.executable, "-m", "resilience_checks", "check", "--no-cache", "--state", str(state)]
        seconds, memory = _run(check, fine=(0, 3, 10))
        print(f"check of a state of {RESOURCES} resources, {state.stat().st_size >> 20} MB")
        print(f"  {seconds:.1f} s, {memory:.0f} MB of all processes (goal {MEMORY} MB)")
    return int(ratio > RATIO or memory > MEMORY)


def _inputs(number: int) -> dict[str, Any]:
    return {
        "__defaults": ["firmware"],
        "firmware": "bios",
        "name": f"web-{number}",
        "numCpus": 4,
        "memory": 8192,
        "resourcePoolId": f"resgroup-{number // 1000}",
        "disks": [{"label": f"disk{index}", "size": 100, "thinProvisioned": True} for index in range(2)],
        "tags": [f"urn:vmomi:InventoryServiceTag:{number % 7}:GLOBAL", "resilience:web"],
    }


def _machine(number: int, inputs: dict[str, Any], identity: str) -> dict[str, Any]:
    place = {"sourcePosition": f"project:///index.ts#{number % 900 + 1},5"}
    previous = [f"{PREFIX}vsphere:index/virtualMachine:VirtualMachine::web-{number - 1}"] if number % 10 else []
    return {
        "urn": f"{PREFIX}vsphere:index/virtualMachine:VirtualMachine::web-{number}",
        "custom": True,
        "id": f"4223-{number:032x}",
        "type": "vsphere:index/virtualMachine:VirtualMachine",
        "inputs": inputs,
        "parent": STACK,
        "provider": f"{PROVIDER}::{identity}",
        "dependencies": previous,
        "propertyDependencies": {"name": [], "disks": [], "tags": []},
        "created": "2024-01-01T00:00:00Z",
        "modified": "2024-01-01T00:00:00Z",
        **place,
        "stackTrace": [place, {}, {"sourcePosition": "project:///node_modules/@pulumi/pulumi/resource.ts#1579,22"}],
    }


def _step(number: int) -> dict[str, Any]:
    inputs = {**_inputs(number), "datastoreId": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "annotation": "[secret]"}
    new = _machine(number, inputs, "04da6b54-80e4-46f7-96ec-b56ff0331ba9")
    old = {**new, "outputs": {**inputs, "defaultIpAddress": f"10.0.{number // 250}.{number % 250}", "moid": "vm-1"}}
    new = {key: value for key, value in new.items() if key != "id"}
    return {"op": "update", "urn": new["urn"], "provider": new["provider"], "oldState": old, "newState": new}


def _preview() -> dict[str, Any]:
    stack = {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}
    first = {"op": "same", "urn": STACK, "oldState": stack, "newState": stack, "detailedDiff": None}
    steps = [first, *map(_step, range(STEPS))]
    return {"steps": steps, "duration": 1, "changeSummary": {"same": 1, "update": STEPS}}


def _write_state(file: Path) -> None:
    def states() -> Iterator[dict[str, Any]]:
        yield {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}
        yield {"urn": PROVIDER, "custom": True, "id": "an-id", "type": "pulumi:providers:vsphere"}
        for number in range(RESOURCES):
            inputs = _inputs(number)
            yield {**_machine(number, inputs, "an-id"), "outputs": {**inputs, "moid": f"vm-{number}"}}

    with file.open("w", encoding="utf-8") as out:
        out.write('{"version": 3, "deployment": {"manifest": {"version": "v3.259.0"}, "resources": [\n')
        out.write(",\n".join(map(json.dumps, states())))
        out.write("\n]}}\n")


def _run(command: list[str], fine: tuple[int, ...] = (0,)) -> tuple[float, float]:
    """Run a command; return its seconds and the most memory in MB that all its processes held at one time."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    done, most = threading.Event(), [0]

    def watch() -> None:
        while not done.wait(0.1):
            most[0] = max(most[0], _memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.communicate()[1]
    seconds = time.perf_counter() - begun
    done.set()
    watcher.join()
    if process.returncode not in fine:
        sys.exit(f"{' '.join(command)} failed, so there is nothing to measure:\n{said.decode(errors='replace')}")
    return seconds, most[0] / 1024


def _memory(pid: int) -> int:
    """Return the kB that a process and its children hold, what they share counted once."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            total += int(line.split()[1]) if line.startswith("Pss:") else 0
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text(encoding="ascii").split()
            total += sum(_memory(int(child)) for child in children)
    except OSError:
        return total
    return total


if __name__ == "__main__":
    sys.exit(main())
