"""A TypeScript program's offline graph is what the real engine makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.engines.comparison import compare, differences
from tests.engines.node_host import NodeEngine
from tests.sources.nodejs.running import write
from tests.sources.nodejs.test_sources_nodejs_parity import CONFIG, TYPESCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RANDOM = """\
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

class Names extends pulumi.ComponentResource {
    public readonly pets: random.RandomPet[];

    constructor(name: string, count: number, opts?: pulumi.ComponentResourceOptions) {
        super("names:index:Names", name, {}, opts);
        const prefix = new random.RandomId(`${name}-prefix`, { byteLength: 4 }, { parent: this });
        this.pets = [...Array(count).keys()].map(
            index => new random.RandomPet(`${name}-${index}`, { prefix: prefix.hex, length: count }, { parent: this }),
        );
        this.registerOutputs({ pets: this.pets.map(pet => pet.id) });
    }
}

const provider = new random.Provider("other");
const names = new Names("names", 3, { providers: [provider] });
const password = new random.RandomPassword("password", { length: 20, keepers: { pet: names.pets[0].id } });
new random.RandomShuffle("order", { inputs: names.pets.map(pet => pet.id), resultCount: 2 }, { dependsOn: names });
new random.RandomString("text", {
    length: 8,
    keepers: pulumi.all([password.result, names.pets[1].separator]).apply(([secret, by]) => ({ secret, by })),
}, { aliases: [{ name: "old" }], deleteBeforeReplace: true, ignoreChanges: ["length"] });

export const order = names.pets[2].id;
"""


@pytest.fixture(scope="module")
def node_engine(
    pulumi_cli: Path, node_packages: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeEngine]:
    running = NodeEngine(pulumi_cli, tmp_path_factory.mktemp("node-engine") / "home", node_packages)
    yield running
    running.close()


@pytest.mark.parametrize("text", [TYPESCRIPT, RANDOM], ids=["options", "random"])
def test_the_graph_is_the_engines(node_engine: NodeEngine, node_packages: Path, tmp_path: Path, text: str) -> None:
    lookups, outputs = tmp_path / "lookups.json", tmp_path / "outputs.json"
    answers = {"acme:index:getKey": {"id": "key-1"}, "acme:index:getImage": {"id": "image-1"}}
    lookups.write_text(json.dumps(answers), encoding="utf-8")
    outputs.write_text(json.dumps({"organization/base/prod": {"vpc": "vpc-1"}}), encoding="utf-8")
    files = {"Pulumi.yaml": "name: web\nruntime: nodejs\n", "Pulumi.prod.yaml": CONFIG, "index.ts": text}
    project = write(tmp_path, node_packages, files)
    real, offline = compare(
        node_engine, project, "prod", lookups=lookups, stack_outputs=outputs, packages=("acme", "random")
    )
    assert differences(real, offline) == []
