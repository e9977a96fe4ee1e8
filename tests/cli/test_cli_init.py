"""`init` writes what the check itself takes, says no more than the program shows, and replaces nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.topology.declarations import load

if TYPE_CHECKING:
    from tests.cli.conftest import Project

PROGRAM = """\
name: booking
runtime: yaml
resources:
  north:
    type: pulumi:providers:f5bigip
    properties: {address: lb.north.example, username: u, password: p}
  names:
    type: pulumi:providers:f5bigip
    properties: {address: gtm.example, username: u, password: p}
  pool:
    type: f5bigip:ltm:Pool
    properties: {name: /Common/booking}
    options: {provider: "${north}"}
  booking:
    type: f5bigip:GtmWideip
    properties: {name: booking.example, type: a}
    options: {provider: "${names}"}
"""
WRITTEN = Path(__file__).with_name("snapshots") / "init.yaml"


@dataclass(frozen=True)
class Filled:
    """What a person puts for the words in capitals."""

    words: tuple[tuple[str, str], ...] = (
        ("[LATITUDE, LONGITUDE]", "[51.5, -0.1]"),
        ("REGION", "south"),
        ("SITE", "docklands"),
        ("CONSUMER", "clinics"),
        ("KIND", "clinic"),
        ("LINK", "wan"),
        ("CARRIER", "carrier-1"),
        ("NUMBER", "2"),
    )

    def of(self, text: str) -> str:
        lines = [
            line[1:] if line.startswith("#") and not line.startswith(("##", "# yaml")) else line
            for line in text.split("\n")
        ]
        whole = "\n".join(lines)
        for word, said in self.words:
            whole = whole.replace(word, said)
        return whole


@pytest.fixture
def booking(project: Project) -> Project:
    project.remove("resilience.yaml")
    project.remove("__main__.py")
    project.write("Pulumi.yaml", PROGRAM)
    return project


def test_what_a_program_shows_is_written_and_the_rest_proposed(booking: Project) -> None:
    done = booking.run("init")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [
        "resilience.schema.json: what the file may say, for editors",
        "next: complete it, and run `resilience-checks check`",
    ]
    assert (booking.directory / "resilience.yaml").read_text() == WRITTEN.read_text()
    assert json.loads((booking.directory / "resilience.schema.json").read_text())["$schema"]


def test_the_check_takes_it_as_it_stands_and_with_every_proposal_completed(booking: Project, tmp_path: Path) -> None:
    text = booking.run("init", "--output", "-").stdout
    assert not (booking.directory / "resilience.yaml").exists()
    for number, whole in enumerate((text, Filled().of(text))):
        file = tmp_path / f"{number}.yaml"
        file.write_text(whole, encoding="utf-8")
        declared = load(file, tmp_path)
        assert list(declared.services) == ["booking.example"]
    booking.write("resilience.yaml", Filled().of(text))
    done = booking.run("check", "--format", "json")
    assert done.returncode not in {1, 2, 4}, done.stderr
    assert [service["id"] for service in json.loads(done.stdout)["services"]] == ["booking.example"]


def test_what_people_declared_is_not_replaced(booking: Project) -> None:
    booking.write("resilience.yaml", "version: 1\n")
    done = booking.run("init")
    assert done.returncode == 2
    assert done.stderr.startswith("error: resilience.yaml exists already\n")
    assert (booking.directory / "resilience.yaml").read_text() == "version: 1\n"
