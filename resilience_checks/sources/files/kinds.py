"""What a JSON file is by its top-level keys, and what to say when it is not what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from resilience_checks.model.errors import InputError
    from resilience_checks.sources.files.json_file import Reader

PREVIEW, STATE = "a preview", "a state"
COMMANDS = {
    PREVIEW: "write it with `pulumi preview --json --show-sames > FILE`",
    STATE: "write it with `pulumi stack export --file FILE`",
}
_OPTIONS = {PREVIEW: "--preview", STATE: "--state"}
_SUMMARY = "only a summary of changes, which `pulumi preview --output json` prints"
_EVENTS = "an engine event log"
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    (PREVIEW, frozenset({"steps"})),
    (STATE, frozenset({"deployment"})),
    (STATE, frozenset({"checkpoint"})),
    (STATE, frozenset({"stack", "latest"})),
    (_SUMMARY, frozenset({"result", "duration"})),
    (_SUMMARY, frozenset({"resourceChanges"})),
    ("a Terraform state", frozenset({"terraform_version", "lineage"})),
    ("a Terraform plan or state", frozenset({"terraform_version"})),
    ("an update plan of `pulumi preview --save-plan`", frozenset({"resourcePlans"})),
    ("the schema of a Pulumi package", frozenset({"name", "types", "functions"})),
    ("the schema of a Pulumi package", frozenset({"name", "version", "provider"})),
    ("the schema of a Pulumi package", frozenset({"name", "resources"})),
    ("a CloudFormation template", frozenset({"AWSTemplateFormatVersion"})),
    ("a graph of this tool", frozenset({"project", "capabilities"})),
    ("a JSON Schema", frozenset({"$schema", "properties"})),
    (PREVIEW, frozenset({"changeSummary"})),
)


def recognise(keys: Collection[str]) -> str | None:
    """Return what a file with these top-level keys is, in words; None for nothing that is known here."""
    if any(key.endswith("Event") for key in keys):
        return _EVENTS
    return next((kind for kind, wanted in _KINDS if wanted.issubset(keys)), None)


def refusal(reader: Reader, keys: Collection[str], wanted: str) -> InputError:
    """Return the error for a file that is not `wanted`, with the command that gives the right file."""
    found = recognise(keys)
    is_what = f"it is {found}" if found else "none of the keys that make one stands at its top"
    remedy = COMMANDS[wanted]
    if found in _OPTIONS:
        remedy = f"give it by {_OPTIONS[found]} instead, or {remedy}"
    return reader.fault(
        0, f"this is not {wanted}: {is_what}", why="there are no resources to check in it", remedy=remedy
    )
