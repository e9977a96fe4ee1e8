"""Writes what a check of each demo stack reports into its expected.yaml; read the difference before it is kept.

    python -m tools.stack_findings [STACK...]

What stands from `replay:` on is no finding, and stays.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STACKS = ROOT / "stacks"
_HEAD = "# What a check of this stack reports, written by `python -m tools.stack_findings`"
_LINES = "`file` is in this folder; `line` is\n# the code that stands on the finding's line."
Finding = dict[str, Any]


def main() -> int:
    """Write the files of the named stacks, or of all."""
    for name in sys.argv[1:] or sorted(path.parent.name for path in STACKS.glob("*/expected.yaml")):
        file = STACKS / name / "expected.yaml"
        _, replay, rest = file.read_text(encoding="utf-8").partition("# The fault of the reconstruction")
        file.write_text(_text(name) + replay + rest, encoding="utf-8")
    return 0


def _text(name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", "check", str(STACKS / name), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    results = json.loads(done.stdout)["results"]
    broken = [item for item in results if item["outcome"] == "violation"]
    head = f"{_HEAD}. {_LINES}" if broken else f"{_HEAD}: nothing is violated."
    lines = [head, f"exit_code: {done.returncode}", "findings:"]
    lines += [line for item in broken for line in _violation(item)]
    return "\n".join([*lines, *_others(results)]) + "\n"


def _violation(item: Finding) -> list[str]:
    place = ROOT / item["location"]["path"]
    code = place.read_text(encoding="utf-8").splitlines()[item["location"]["line"] - 1].strip()
    return [
        f"  - policy: {item['policy']}",
        "    outcome: violation",
        f"    severity: {item['severity']}",
        f"    cause: {json.dumps(item['cause'], ensure_ascii=False)}",
        f"    services: [{', '.join(item['services'])}]",
        f"    file: {place.name}",
        f"    line: {json.dumps(code, ensure_ascii=False)}",
    ]


def _others(results: list[Finding]) -> list[str]:
    services: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in results:
        if item["outcome"] != "violation":
            services[item["policy"], item["outcome"]] += item["services"]
    return [
        f"  - {{policy: {policy}, outcome: {outcome}, services: [{', '.join(dict.fromkeys(of))}]}}"
        for (policy, outcome), of in services.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
