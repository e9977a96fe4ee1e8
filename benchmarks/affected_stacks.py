"""What `check --base` saves where a change concerns one of many projects: only what it can affect is evaluated."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generated import check

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = 20
LIMIT = 0.4
"""Of the time that all stacks take, on both sides of the change."""
UNDECIDED = 10
"""The lowest exit code of a check that came to an end."""
PROGRAM = """\
import pulumi

front = pulumi.CustomResource("vsphere:index/virtualMachine:VirtualMachine", "front-{number}", {{"numCpus": 1}})
pulumi.export("front", front.id)
"""
DECLARED = "version: 1\nservices:\n  s{number}: {{scope: national, tier: 1, rto: 1h, rpo: 15m, entry: {{select: front-{number}}}}}\n"


def plant(root: Path) -> None:
    for number in range(PROJECTS):
        project = root / f"project{number:02}"
        project.mkdir()
        files = {
            "Pulumi.yaml": f"name: web{number:02}\nruntime: python\n",
            "Pulumi.prod.yaml": "config: {}\n",
            "__main__.py": PROGRAM.format(number=number),
            "resilience.yaml": DECLARED.format(number=number),
        }
        for name, text in files.items():
            (project / name).write_text(text, encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "base"],
    ):
        subprocess.run([*git, *command], cwd=root, check=True)
    with (root / "project07" / "__main__.py").open("a", encoding="utf-8") as program:
        program.write("pulumi.export('more', 1)\n")


def main(runs: int = 3) -> int:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        plant(root)
        print(f"{PROJECTS} projects, 1 of them changed{'':21} {'seconds':>8}  stacks evaluated at the head")
        medians = {}
        for name, more in (("--base main", []), ("--base main --all-stacks", ["--all-stacks"])):
            found = [_seconds(root, *more) for _ in range(runs)]
            medians[name] = statistics.median(seconds for seconds, _ in found)
            print(f"{name:50} {medians[name]:8.2f}  {found[0][1]}")
    some, whole = medians.values()
    print(f"ratio {some / whole:.2f}, limit {LIMIT}")
    return int(some / whole > LIMIT)


def _seconds(root: Path, *more: str) -> tuple[float, int]:
    command = check("--base", "main", *more, "--format", "json")
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    if 0 < done.returncode < UNDECIDED:
        sys.exit(f"{' '.join(command)} failed, so there is nothing to measure:\n{done.stderr}")
    return time.perf_counter() - begun, len(json.loads(done.stdout)["stacks"])


if __name__ == "__main__":
    sys.exit(main())
