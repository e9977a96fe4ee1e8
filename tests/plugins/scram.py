"""SCRAM itself, for comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree as ET

import pytest

from tools import scram as tool

if TYPE_CHECKING:
    from collections.abc import Iterator

Scram: TypeAlias = Callable[[Path, int], dict[str, set[frozenset[str]]]]


@pytest.fixture(scope="session")
def scram(tmp_path_factory: pytest.TempPathFactory) -> Scram:
    """SCRAM's minimal cut sets of each top of a tree, up to an order."""
    if tool.found() is None:
        pytest.skip("no SCRAM: run `python tools/scram.py build`, or install Debian's package scram")
    folder = tmp_path_factory.mktemp("scram")

    def run(tree: Path, order: int) -> dict[str, set[frozenset[str]]]:
        output = folder / "out.xml"
        tool.run(tree, order, output)
        return dict(_answers(output))

    return run


def _answers(report: Path) -> Iterator[tuple[str, set[frozenset[str]]]]:
    for found in ET.parse(report).getroot().iter("sum-of-products"):
        yield found.attrib["name"], {_events(product) for product in found.iter("product")}


def _events(product: ET.Element) -> frozenset[str]:
    return frozenset(event.attrib["name"] for event in product.iter("basic-event"))
