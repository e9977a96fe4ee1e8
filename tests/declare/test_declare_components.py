"""The components of resilience_checks.declare: what they register, and that their page says all of it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from resilience_checks import declare
from resilience_checks.topology.declaration_components import _SECTIONS
from resilience_checks.topology.declaration_of_tags import WORDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "declaring-in-programs.md").read_text(encoding="utf-8")
CLASSES = sorted(name for name in declare.__all__ if inspect.isclass(getattr(declare, name)) and name in _SECTIONS)


def wire(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def test_every_declaration_is_read() -> None:
    assert sorted(_SECTIONS) == CLASSES


@pytest.mark.parametrize("name", CLASSES)
def test_the_page_has_the_inputs_of_each_type(name: str) -> None:
    [row] = re.findall(rf"^\| `resilience-checks:declare:{name}` \| (.*) \|$", PAGE, re.MULTILINE)
    arguments = [
        wire(key) for key in inspect.signature(getattr(declare, name)).parameters if key not in {"name", "opts"}
    ]
    assert sorted(re.findall(r"`(\w+)`", row)) == sorted(arguments)


def test_the_page_has_every_word_of_tags() -> None:
    table = PAGE.partition("| Word | Value | Says |")[2].partition("\n\n")[0]
    words = [word for row in table.splitlines()[2:] for word in re.findall(r"`([\w-]+)`", row.split("|")[1])]
    assert sorted(words) == sorted(WORDS)


def test_the_page_s_python_is_python() -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert [compile(example, "page", "exec").co_filename for example in examples] == ["page", "page"]


def test_an_interpreter_without_anything_but_pulumi_has_all_that_the_module_needs() -> None:
    script = (
        "import sys, pulumi\n"
        "before = set(sys.modules)\n"
        "import resilience_checks.declare\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["resilience_checks", "resilience_checks.declare", "resilience_checks.declare.shapes"]
