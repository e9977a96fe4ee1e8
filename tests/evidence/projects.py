"""Repositories with small YAML programs, and the command line run on them as their authors would."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.end_to_end.editing import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
CLOCK = "2026-01-24T07:30:00Z"
SECRET = "hunter2-the-live-secret"
PROGRAM = f"""\
name: web
runtime: yaml
config:
  password: {{secret: true, default: {SECRET}}}
resources:
  front:
    type: {MACHINE}
    properties:
      name: front
      numCpus: 4
      annotation: {{fn::secret: "${{password}}"}}
      networkInterfaces: [{{networkId: net-1}}, {{networkId: "${{wire.id}}"}}]
  wire:
    type: vsphere:index/distributedPortGroup:DistributedPortGroup
    properties: {{name: wire, vlanId: 12}}
  thing: {{type: "example:index/thing:Thing", properties: {{size: 1}}}}
"""
FILES = {
    "web/Pulumi.yaml": PROGRAM,
    "web/Pulumi.prod.yaml": "config: {}\n",
    "web/Pulumi.dev.yaml": "config: {}\n",
    "resilience.yaml": "version: 1\ncatalogue: [kinds]\npolicy_packs: [ours]\n"
    "sites: {north: {}, south: {}}\n"
    "placement: [{match: {name: front}, site: north}]\n"
    "service_defaults: {scope: national, tier: 1, rto: 1h}\n"
    "services:\n  shop: {entry: {select: {name: front}}}\n  mail: {entry: {select: {name: front}}}\n",
    "kinds/example.yaml": "schema: resilience-catalogue/v1\npackage: example\nestate: on-premises\n"
    "types:\n  example:index/thing:Thing: {role: compute}\n",
    "ours/own/own.rego": """\
# METADATA
# title: Own
# description: Own.
# custom:
#   id: own-rule
#   severity: low
#   remediation: Change it.
#   questions: {q: {faults: [outage]}}
package resilience.own.own_rule

import data.resilience.lib.result

report := {result.of_service("pass", service, "own-rule.q", "fine") | some service, _ in input.services}
""",
}


def write(root: Path, files: dict[str, str] | None = None) -> Path:
    """Write a repository and return its root."""
    (root / ".git").mkdir(parents=True)
    for name, text in (FILES if files is None else files).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def run(directory: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line; nobody sees a traceback or a secret."""
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done
