"""A check of one state of 100,000 resources with all policies, and `conftest test` with as many trivial rules on that file.

Run as `python -m benchmarks.large_state`; a smaller number of resources may be given. What it writes is removed again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import generated
from benchmarks.reading import ROOT, _run
from tools.binaries import TOOLS

RESOURCES = 100_000
SECONDS, MEMORY = 60.0, 3072
"""The goals: seconds, and MB of the whole process tree."""
FINE = (0, 3, 10, 11, 12, 13, 14)
PACKAGE = "package main\n\n"
RULE = 'deny contains "no" if {{\n\tsome resource in input.deployment.resources\n\tresource.type == "never-{number}"\n}}\n\n'


def main(resources: int = RESOURCES) -> int:
    conftest = TOOLS["conftest"].build()
    with tempfile.TemporaryDirectory(prefix="resilience-checks-") as name:
        folder = Path(name)
        (state,) = generated.states(folder, 1, resources)
        rules = _policies()
        text = PACKAGE + "".join(RULE.format(number=number) for number in range(rules))
        (folder / "rules.rego").write_text(text, encoding="utf-8")
        print(f"a state of {resources} resources, {state.stat().st_size >> 20} MB")
        report = folder / "report.json"
        ours = ["check", "--no-cache", "--state", str(state), "--config", str(folder / "resilience.yaml"), "--timings"]
        command = [sys.executable, "-m", "resilience_checks", *ours, "--format", "json", "--output", str(report)]
        seconds, memory = _run(command, fine=FINE)
        print(f"  check with all policies      {seconds:6.1f} s {memory:6.0f} MB (goals {SECONDS:.0f} s, {MEMORY} MB)")
        _shares(json.loads(report.read_text(encoding="utf-8"))["timings"], seconds)
        theirs = [str(conftest), "test", "--policy", str(folder / "rules.rego"), str(state)]
        other, much = _run(theirs)
        print(f"  conftest, {rules} trivial rules  {other:6.1f} s {much:6.0f} MB")
    return int(seconds > SECONDS or memory > MEMORY)


def _policies() -> int:
    """Return the number of policies that come with the tool."""
    command = [sys.executable, "-m", "resilience_checks", "policies", "list", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return len(json.loads(done.stdout)["policies"])


def _shares(timings: dict[str, float], seconds: float) -> None:
    """Print the share of each station; what is left is the start and the writing of the report."""
    stations = {name: took for name, took in timings.items() if name != "total" and took}
    for name, took in (*stations.items(), ("start and report", seconds - sum(stations.values()))):
        print(f"    {name:16} {took:6.1f} s {took / seconds:5.0%}")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
