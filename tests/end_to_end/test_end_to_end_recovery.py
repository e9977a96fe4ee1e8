"""`recovery` and `capacity` on the resilient stacks, as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.end_to_end.trees import checked, plant

ROOT = Path(__file__).resolve().parents[2]
PAGE = """\
nhs-wales-resilient/prod: 1 service after 1 loss

email  (RTO 1h, RPO 15m)
  AFTER THE LOSS OF  BACK AFTER  RTO     DATA LOST  RPO
  site blaenavon     2m30s       within  none       within
  After the loss of site blaenavon:
    GtmPool email-pool moves
          2m  detection: timeout 120 (default) of GtmPool email-pool
              [stacks/nhs-wales-resilient/__main__.py:55; F5 BIG-IP DNS monitor reference: timeout
              120 s]
         30s  time to live: ttl 30 of GtmPool email-pool [stacks/nhs-wales-resilient/__main__.py:55;
              F5 BIG-IP DNS pool: TTL 30 s]
       2m30s  in all

BACKUP                           EVERY  KEPT FOR  LAST TRIED  LOST WITH WHAT IT PROTECTS
clinical-nightly of clinical-db  1d     30d       2026-06-08  by no one place
"""
STACKS = ("nhs-wales-resilient", "uk-national-cloud-resilient")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "resilience_checks", *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def answered(command: str, stack: str, *arguments: str) -> Any:
    done = run(command, f"stacks/{stack}", "--format", "json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    schema = resources.files("resilience_checks.report") / f"{command}.schema.json"
    Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(found)
    return found["estates"][0]["services"]


@pytest.mark.parametrize("command", ["recovery", "capacity"])
def test_the_schema_is_a_schema(command: str) -> None:
    schema = resources.files("resilience_checks.report") / f"{command}.schema.json"
    Draft202012Validator.check_schema(json.loads(schema.read_text(encoding="utf-8")))


@pytest.mark.parametrize("stack", STACKS)
def test_every_service_of_a_resilient_stack_is_back_within_its_objectives(stack: str) -> None:
    for service in answered("recovery", stack):
        for found in service["recoveries"]:
            assert (found["rto"], found["rpo"], found["doubts"]) == ("within", "within", [])
            terms = [term for move in found["moves"] for term in move["terms"]]
            assert sum(term["seconds"] for term in terms) == found["time"]["at_most"]
            assert all(term["why"]["location"] for term in terms)


@pytest.mark.parametrize("stack", STACKS)
def test_what_remains_of_a_resilient_stack_carries_the_peak(stack: str) -> None:
    for service in answered("capacity", stack):
        assert {found["enough"] for found in service["losses"]} == {"enough"}


def test_the_page_shows_the_sum_term_by_term() -> None:
    done = run("recovery", "stacks/nhs-wales-resilient", "--service", "email", "--fail", "site:blaenavon")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == PAGE


@pytest.mark.parametrize("command", ["recovery", "capacity"])
@pytest.mark.parametrize(
    ("option", "said"),
    [("--service", 'no service is called "emial"'), ("--fail", 'no failure domain is called "emial"')],
)
def test_a_name_that_is_none_is_a_usage_error(command: str, option: str, said: str) -> None:
    done = run(command, "stacks/uk-national-cloud-resilient", option, "emial")

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


NAMELESS = """\
resources:
  sql-n: {type: vsphere:VirtualMachine, properties: {name: sql-n, resourcePoolId: pool-n}}
  sql-s: {type: vsphere:VirtualMachine, properties: {name: sql-s, resourcePoolId: pool-s}}
"""
SITES = """\
version: 1
sites: {north: {region: leeds, perimeter: none}, south: {region: bristol, perimeter: none}}
links: {ring: {between: [north, south]}}
placement: [{match: sql-n, site: north}, {match: sql-s, site: south}]
components:
  db:
    role: database
    failover:
      primary: {select: sql-n}
      standby: [{select: sql-s}]
      replication: {mode: async, lag: 30s}
      mover: {mode: automatic, detect: 60s, promote: 120s}
services: {record: {entry: db, tier: 1, scope: regional, rto: 1h, rpo: 15m}}
"""


def test_what_a_result_hangs_on_is_said_once(tmp_path: Path) -> None:
    report = checked(plant(tmp_path, {"halls": NAMELESS}, resilience_yaml=SITES))
    hanging = [item.depends_on for item in report.results if item.policy == "recovery-within-objectives"]
    assert any(any("pool-s" in text for text in texts) for texts in hanging)
    assert all(len(texts) == len(set(texts)) for texts in hanging)


LETTERS = """\
version: 1
sites: {north: {region: leeds, perimeter: none}, south: {region: bristol, perimeter: none}}
links: {ring: {between: [north, south]}}
components:
  db-n: {role: database, site: north}
  db-s: {role: database, site: south}
  db:
    role: database
    failover:
      primary: db-n
      standby: [db-s]
      replication: {mode: async, lag: 30s}
      mover: {mode: automatic, detect: 2h}
services: {letters: {entry: db, tier: 1, scope: regional, rto: 1h, rpo: 15m}}
"""
LEAST = """\
  After the loss of site north, region leeds:
    db moves to its standby
          2h  detection: declared [resilience.yaml:13]
           ?  promotion: `promote` is not declared [resilience.yaml:13]
          2h  at least
    ? how long db takes to move is not declared [resilience.yaml:13]
      help: declare `detect` and `promote` of its mover
"""


def test_of_what_is_too_long_already_the_known_terms_and_the_missing_one_are_shown(tmp_path: Path) -> None:
    done = run("recovery", str(plant(tmp_path, {"letters": "resources: {}\n"}, resilience_yaml=LETTERS)))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(LEAST)
