"""The page about resilience.yaml says what the schema says, and its examples are read.

Run this file to print the reference for docs/resilience-yaml.md.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from resilience_checks.catalogue import loader as catalogue_loader
from resilience_checks.topology.declaration_schema import schema
from resilience_checks.topology.declarations import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "resilience-yaml.md"
MARK = "<!-- made from resilience.schema.json; a test holds it -->\n"
PARTS = (
    ("The file", ""),
    ("A site", "site"),
    ("A link", "link"),
    ("A placement rule", "placement"),
    ("A select", "selectMap"),
    ("A component", "component"),
    ("A failover", "failover"),
    ("Replication", "replication"),
    ("A mover", "mover"),
    ("A health check", "watch"),
    ("A voter", "voter"),
    ("A backup", "backup"),
    ("A copy", "copy"),
    ("A tool", "tool"),
    ("A failure domain", "domain"),
    ("A consumer", "consumer"),
    ("A service", "service"),
    ("Settings of a policy", "policy"),
    ("Stacks", "stacks"),
)


def reference() -> str:
    """Return the tables of keys, one a kind of object."""
    return "\n".join(_table(title, schema()["$defs"][name] if name else schema()) for title, name in PARTS)


def examples() -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    return [match.group(1) for match in re.finditer(r"```yaml\n(.*?)```", text, re.DOTALL)]


def test_the_reference_is_that_of_the_schema() -> None:
    assert PAGE.read_text(encoding="utf-8").partition(MARK)[2] == reference()


@pytest.mark.parametrize("number", range(2))
def test_the_examples_are_read(number: int, tmp_path: Path) -> None:
    file = tmp_path / "resilience.yaml"
    file.write_text(examples()[number], encoding="utf-8")

    assert load(file, tmp_path).sites


def test_every_example_is_tested() -> None:
    assert len(examples()) == 2


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_key_has_a_description() -> None:
    without = [
        key for title, name in PARTS for key, part in _keys(schema()["$defs"][name] if name else schema()) if not part
    ]

    assert without == []


def test_a_component_may_have_every_role_of_the_catalogue() -> None:
    file = Path(catalogue_loader.__file__).parent / "schema.json"
    roles = set(re.findall(r'"([a-z-]+)"', re.search(r'"role": \{"enum": \[(.*?)\]', file.read_text()).group(1)))  # type: ignore[union-attr]

    assert len(roles) > 10
    assert roles - set(schema()["$defs"]["role"]["enum"]) == set()


def _table(title: str, part: Mapping[str, Any]) -> str:
    required = set(part.get("required", ()))
    rows = "".join(
        f"| `{key}` | {_kind(value)}{' (required)' if key in required else ''} | {_text(value, 'description')} |\n"
        for key, value in part["properties"].items()
    )
    return f"### {title}\n\n| Key | Value | Meaning |\n|---|---|---|\n{rows}"


def _keys(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in part["properties"].items():
        yield key, _text(value, "description")


def _kind(part: Mapping[str, Any]) -> str:
    target = _target(part)
    title, words = _text(part, "title"), [str(word) for word in target.get("enum", ())]
    listed = ", ".join(f"`{word}`" for word in words)
    return f"{title}: {listed}" if title and listed else title or listed


def _text(part: Mapping[str, Any], key: str) -> str:
    return str(part.get(key) or _target(part).get(key) or "").replace("|", "\\|")


def _target(part: Mapping[str, Any]) -> Mapping[str, Any]:
    target: Mapping[str, Any] = schema()["$defs"][part["$ref"].removeprefix("#/$defs/")] if "$ref" in part else part
    return target


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 the reference is what this prints
