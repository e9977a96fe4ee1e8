"""The examples of docs/catalogue.md are what they say."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from resilience_checks.catalogue import loader
from tests.catalogue.cases import Fixture, said

PAGE = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
ACME = """
proves: [acme:index/cluster:Cluster]
resources:
  north: {type: "acme:index/network:Network", inputs: {region: r1, zone: z1}}
  south: {type: "acme:index/network:Network", inputs: {region: r1, zone: z2}}
  app: {type: "acme:index/cluster:Cluster", inputs: {name: app, minimum: 2, networks: ["${north}", "${south}"]}}
outcomes: {zone: survives, any: "lost by region:r1"}
"""


def test_the_file_is_one_and_means_what_its_comments_say(tmp_path: Path) -> None:
    own = tmp_path / "acme.yaml"
    own.write_text(BLOCKS[0], encoding="utf-8")
    data = yaml.safe_load(ACME)
    fixture = Fixture(own, data, tuple(data["proves"]))
    assert said(fixture, loader.load([own])) == fixture.expected


def test_the_fixture_is_one() -> None:
    data = yaml.safe_load(BLOCKS[-1])
    fixture = Fixture(Path("docs"), data, tuple(data["proves"]))
    assert said(fixture, loader.Catalogue()) == fixture.expected


def test_every_word_of_the_table_is_one_of_the_schema() -> None:
    schema = (Path(loader.__file__).parent / "schema.json").read_text(encoding="utf-8")
    table = PAGE.partition("## The words that are used most")[2].partition("##")[0]
    words = {
        part
        for row in re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE)
        for cell in re.findall(r"`([^`]+)`", row)
        for part in re.split(r"[.:,{}\[\] ]+", cell)
        if part and part != "true" and not part.isupper()
    }
    assert sorted(word for word in words if f'"{word}"' not in schema) == []
