"""The Rego tests hold on the embedded engine as they do in OPA."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import regorus

from resilience_checks.policy import pack

MODULES = {str(path): path.read_text(encoding="utf-8") for path in sorted(pack.bundled().rglob("*.rego"))}
TESTS = [
    (re.search(r"^package ([\w.]+)", text, re.MULTILINE)[1], name)  # type: ignore[index]
    for path, text in MODULES.items()
    if Path(path).name.endswith("_test.rego")
    for name in re.findall(r"^(test_\w+) if", text, re.MULTILINE)
]


def test_there_are_tests() -> None:
    assert len(TESTS) >= 18


@pytest.mark.parametrize(("package", "name"), TESTS, ids=str)
def test_a_rego_test_passes_on_regorus(package: str, name: str) -> None:
    engine = regorus.Engine()
    for path, text in MODULES.items():
        engine.add_policy(path, text)
    engine.set_input_json("{}")
    assert '"value":true' in engine.eval_query_as_json(f"data.{package}.{name}").replace(" ", "").replace("\n", "")
