"""action.yml and the workflow of docs/ci.md in a request from a fork, carried out by a runner."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.hooks.conftest import PROGRAM, ROOT, SOUND, commit
from tests.hooks.runner import run

BLOCKED = (
    "### resilience-checks: blocked by 1 violation, the worst high, and by 2 unknown that must be known; "
    "not blocking&#58; 4 unknown"
)
ERRORS = [
    ("One fault loses a service that must survive it [no-single-point-of-failure]", "Pulumi.yaml", "4"),
    ("not known: The loss of one site loses a service [cross-site-failover]", "resilience.yaml", "3"),
    ("not known: A national service stands in one region [no-single-region-national-service]", "resilience.yaml", "3"),
]
WORKFLOW = """
on: pull_request
permissions: {}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with: {fetch-depth: 0, persist-credentials: false}
      - id: sound
        uses: your-organisation/resilience-checks@v0.1.0
        with: {paths: sound}
      - run: rm -r sound
      - id: gate
        uses: your-organisation/resilience-checks@v0.1.0
        with:
          base: origin/${{ github.base_ref }}
          settings: origin/${{ github.base_ref }}
          formats: |
            sarif=resilience.sarif
            json=resilience.json
          paths: |
            .
      - if: always()
        env: {SOUND: "${{ steps.sound.outputs.exit-code }}", GATE: "${{ steps.gate.outputs.exit-code }}"}
        run: |
          echo "sound $SOUND, gate $GATE, written" resilience.*
"""
DOCUMENTED = re.compile(r"<!-- workflow -->\n\n```yaml\n(.*?)```", re.DOTALL)


def test_the_action_installs_itself_and_gates_the_request(fork: Path, tool: Path) -> None:
    sound = {"sound/Pulumi.yaml": PROGRAM, "sound/Pulumi.prod.yaml": "config: {}\n", "sound/resilience.yaml": SOUND}
    commit(fork, {".github/workflows/resilience.yml": WORKFLOW, **sound})
    done = run(fork, tool)
    assert "sound 0, gate 13, written resilience.json resilience.sarif resilience.yaml" in done.log()
    assert (done.code, done.annotations("error")) == (1, ERRORS)
    assert len(done.annotations("warning")) == 4
    assert done.summaries()[-1] == BLOCKED


def test_the_documented_workflow_gates_the_request(fork: Path, tool: Path) -> None:
    [workflow] = DOCUMENTED.findall((ROOT / "docs" / "ci.md").read_text(encoding="utf-8"))
    commit(fork, {".github/workflows/resilience.yml": workflow})
    done = run(fork, tool, Path(sys.executable).parent)
    assert (done.code, done.annotations("error"), done.summaries()) == (1, ERRORS, [BLOCKED])
