"""The same document, read and judged by the project."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate
    from tests.properties.from_declarations.world import Doc


def text(doc: Doc) -> str:
    """Return the document as it stands in a file."""
    return yaml.safe_dump(doc, sort_keys=False, default_flow_style=None, width=120)


def estate(doc: Doc) -> Estate:
    """Return the estate that the document describes where no program adds to it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resilience.yaml"
        path.write_text(text(doc), encoding="utf-8")
        return build([], load(path, Path(folder)), load_catalogue())


def events(found: Estate) -> set[str]:
    """Return every fault of every failure domain that surely exists."""
    return {
        f"{domain.id}/{fault.value}"
        for domain in found.domains.values()
        for fault in domain.faults
        if domain.members and not domain.implied
    }
