"""What docs/ci.md shows for each CI system, and action.yml, held against the schema of that system's own files.

The schemas are those that check-jsonschema brings: of GitLab, Microsoft, Atlassian and Buildkite themselves, and those of
SchemaStore for GitHub.
"""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema_rs
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
PARTS = re.split(r"^## (.+)\n", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
SHOWN = {
    title: text
    for title, part in zip(PARTS[::2], PARTS[1::2], strict=True)
    for text in re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)
}
SCHEMAS = {
    "GitHub Actions": "github-workflows",
    "GitLab": "gitlab-ci",
    "Azure Pipelines": "azure-pipelines",
    "Bitbucket Pipelines": "bitbucket-pipelines",
    "Buildkite": "buildkite",
}


def refused(schema: str, text: str) -> list[str]:
    validator = jsonschema_rs.validator_for(get_builtin_schema(f"vendor.{schema}"))
    return [error.message for error in validator.iter_errors(YAML(typ="safe").load(text))]


def test_each_system_with_a_file_of_its_own_is_here() -> None:
    assert SHOWN.keys() == SCHEMAS.keys() | {"pre-commit"}


@pytest.mark.parametrize("title", SCHEMAS)
def test_the_system_takes_what_the_page_shows(title: str) -> None:
    assert refused(SCHEMAS[title], SHOWN[title]) == []


def test_github_takes_the_action() -> None:
    assert refused("github-actions", (ROOT / "action.yml").read_text(encoding="utf-8")) == []


def test_a_line_that_is_no_text_is_refused() -> None:
    broken = "pipelines: {default: [{step: {script: [{curl -H 'Content-Type: x}]}}]}"
    assert refused("bitbucket-pipelines", broken.replace("'", "")) != []
