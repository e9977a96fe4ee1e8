"""Every policy reports the same on the embedded engine and on a real OPA server: of every stack and of random estates."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as limited

from resilience_checks.analysis.answers import answer
from resilience_checks.check import policy_inputs
from resilience_checks.options import Options
from resilience_checks.policy import document, pack
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.settings import settings
from tests.plugins.shared import once
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.policy.engine import Engine, EngineFault
    from resilience_checks.policy.opa_server import OpaServerEngine
    from resilience_checks.topology.estate import Estate

ROOT = Path(pack.__file__).parents[2]
STACKS = sorted(path.parent for path in (ROOT / "stacks").glob("*/Pulumi.yaml"))
PACK = pack.load()
SETTINGS = settings(PACK, {})
PACKAGES = {policy.id: policy.package for policy in PACK.policies}


@pytest.fixture(scope="module")
def engines(opa_engine: OpaServerEngine) -> Iterator[tuple[Engine, Engine]]:
    with EmbeddedEngine(seconds=60) as embedded:
        yield embedded, opa_engine


def reports(engine: Engine, found: bytes) -> dict[str, Any]:
    """Return each policy's report in an order of its own."""
    said: Mapping[str, list[dict[str, Any]] | EngineFault] = engine.evaluate(PACK.modules, found, PACKAGES)
    return {
        name: sorted(report, key=lambda item: json.dumps(item, sort_keys=True)) if isinstance(report, list) else report
        for name, report in said.items()
    }


@pytest.mark.parametrize("stack", STACKS, ids=lambda path: path.name)
def test_both_engines_say_the_same_of_a_stack(stack: Path, engines: tuple[Engine, Engine]) -> None:
    (found,) = once(lambda: list(policy_inputs(Options((stack,), ROOT))), "policy inputs", stack)
    embedded, server = (reports(engine, found) for engine in engines)
    assert embedded == server
    assert all(isinstance(report, list) for report in embedded.values())


@given(estate=estates())
@limited(max_examples=20)
def test_both_engines_say_the_same_of_any_estate(estate: Estate, engines: tuple[Engine, Engine]) -> None:
    matter = Matter(estate, answer(estate, pack.questions(PACK, SETTINGS)), SETTINGS)
    found = json.dumps(document.build(matter, pack.reads(PACK, SETTINGS)).data).encode()
    embedded, server = (reports(engine, found) for engine in engines)
    assert embedded == server
    assert all(isinstance(report, list) for report in embedded.values())


def test_the_rego_tests_pass_on_opa(opa_binary: str) -> None:
    done = subprocess.run([opa_binary, "test", str(pack.bundled())], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
