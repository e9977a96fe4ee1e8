"""The document that policies read keeps to its schema, whole, on every stack and on random estates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as limited
from jsonschema import Draft202012Validator

from resilience_checks.analysis.answers import answer
from resilience_checks.check import policy_inputs
from resilience_checks.options import Options
from resilience_checks.policy import document, pack
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import names
from resilience_checks.policy.settings import settings
from tests.plugins.shared import once
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

HERE = Path(pack.__file__).parent
ROOT = HERE.parent.parent
STACKS = sorted(path.parent for path in (ROOT / "stacks").glob("*/Pulumi.yaml"))
PACK = pack.load()
SETTINGS = settings(PACK, {})


def schema(path: Path) -> Draft202012Validator:
    data = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(data)
    return Draft202012Validator(data)


CORE = schema(HERE / "document.schema.json")
SECTIONS = {name: schema(HERE / "sections" / f"{name}.schema.json") for name in names()}


def hold(data: dict[str, Any]) -> None:
    CORE.validate(data)
    for name, validator in SECTIONS.items():
        if name in data:
            validator.validate(data[name])
    assert set(data) - set(CORE.schema["properties"]) <= names()


@pytest.mark.parametrize("stack", STACKS, ids=lambda path: path.name)
def test_what_policies_read_of_a_stack_keeps_to_the_schema(stack: Path) -> None:
    (found,) = once(lambda: list(policy_inputs(Options((stack,), ROOT))), "policy inputs", stack)
    data = json.loads(found)
    hold(data)
    assert set(data) >= set(pack.reads(PACK, SETTINGS))


@given(estates())
@limited(max_examples=25)
def test_what_policies_read_of_any_estate_keeps_to_the_schema(estate: Estate) -> None:
    matter = Matter(estate, answer(estate, pack.questions(PACK, SETTINGS)), SETTINGS)
    hold(json.loads(json.dumps(document.build(matter, names()).data)))
