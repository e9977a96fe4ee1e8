"""A program in TypeScript and the same one in Python become the same graph, apart from lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.nodejs.running import graph, line, write

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
config:
  web:password: {secure: AAABAOmJrjzNuL7XQQ==}
  web:name: shop
  web:size: 3
  web:zones: [a, b]
"""
TYPESCRIPT = """\
import * as pulumi from "@pulumi/pulumi";

interface Inputs {
    [key: string]: pulumi.Input<unknown>;
}

class Thing extends pulumi.CustomResource {
    public readonly address!: pulumi.Output<string>;

    constructor(name: string, inputs: Inputs, opts?: pulumi.CustomResourceOptions) {
        super("acme:net:Thing", name, { address: undefined, ...inputs }, opts);
    }
}

class Site extends pulumi.ComponentResource {
    public readonly firewall: Thing;

    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("acme:app:Site", name, {}, opts);
        this.firewall = new Thing(`${name}-firewall`, {}, { parent: this });
        this.registerOutputs({});
    }
}

class Acme extends pulumi.ProviderResource {
    constructor(name: string, inputs: Inputs) {
        super("acme", name, inputs);
    }
}

const config = new pulumi.Config();
const net = new Thing("net", { size: config.requireNumber("size"), label: config.require("name") });
const a = new Thing("a", { net: net.id });
const b = new Thing("b", { net: net.address });
const pair = new Thing("pair", {
    mappings: [{ subnet: a.id }, { subnet: b.id }],
    text: pulumi.concat("x-", a.address),
});
new Thing("secret", { password: config.requireSecret("password"), other: pulumi.secret("plain") });
const west = new Acme("west", { region: "west" });
const north = new Site("north", { providers: { acme: west } });
const south = new Site("south", { protect: true });
new Thing("child", {}, { parent: north, dependsOn: [pair], retainOnDelete: true, ignoreChanges: ["size"] });
new Thing("renamed", { wall: south.firewall.address }, { aliases: [{ name: "old" }], deletedWith: net });
for (const zone of config.requireObject<string[]>("zones")) {
    new Thing(`zone-${zone}`, { zone });
}
new Thing("changed", { size: 1 }, {
    transforms: [async args => ({ props: { ...args.props, size: 2 }, opts: args.opts })],
});
new Thing("imported", {}, { import: "net-1" });
new Thing("got", {}, { id: "net-2" });
const found = pulumi.runtime.invokeOutput<{ id: string }>("acme:index:getImage", { name: "one" });
new Thing("image", { image: found.id });
const given = pulumi.runtime.invokeOutput<{ id: string }>("acme:index:getKey", { name: "one" });
new Thing("key", { key: given.id });
const shared = new pulumi.StackReference("organization/base/prod");
new Thing("linked", { vpc: shared.getOutput("vpc") });
net.address.apply(address => new Thing(`on-${address}`, {}));
net.address.apply(address => `on-${address}`);
console.log("noise on standard output");

export const address = pair.address;
"""
PYTHON = """\
import pulumi


class Thing(pulumi.CustomResource):
    address: pulumi.Output[str]

    def __init__(self, name, inputs, opts=None):
        super().__init__("acme:net:Thing", name, {"address": None, **inputs}, opts)


class Site(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("acme:app:Site", name, {}, opts)
        self.firewall = Thing(f"{name}-firewall", {}, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


class Acme(pulumi.ProviderResource):
    def __init__(self, name, inputs):
        super().__init__("acme", name, inputs)


Options = pulumi.ResourceOptions
config = pulumi.Config()
net = Thing("net", {"size": config.require_int("size"), "label": config.require("name")})
a = Thing("a", {"net": net.id})
b = Thing("b", {"net": net.address})
pair = Thing("pair", {"mappings": [{"subnet": a.id}, {"subnet": b.id}], "text": pulumi.Output.concat("x-", a.address)})
Thing("secret", {"password": config.require_secret("password"), "other": pulumi.Output.secret("plain")})
west = Acme("west", {"region": "west"})
north = Site("north", Options(providers={"acme": west}))
south = Site("south", Options(protect=True))
Thing("child", {}, Options(parent=north, depends_on=[pair], retain_on_delete=True, ignore_changes=["size"]))
Thing("renamed", {"wall": south.firewall.address}, Options(aliases=[pulumi.Alias(name="old")], deleted_with=net))
for zone in config.require_object("zones"):
    Thing(f"zone-{zone}", {"zone": zone})


async def larger(args):
    return pulumi.ResourceTransformResult(props={**args.props, "size": 2}, opts=args.opts)


Thing("changed", {"size": 1}, Options(transforms=[larger]))
Thing("imported", {}, Options(import_="net-1"))
Thing("got", {}, Options(id="net-2"))
found = pulumi.runtime.invoke_output("acme:index:getImage", {"name": "one"})
Thing("image", {"image": found.apply(lambda answer: answer["id"])})
given = pulumi.runtime.invoke_output("acme:index:getKey", {"name": "one"})
Thing("key", {"key": given.apply(lambda answer: answer["id"])})
shared = pulumi.StackReference("organization/base/prod")
Thing("linked", {"vpc": shared.get_output("vpc")})
net.address.apply(lambda address: Thing(f"on-{address}", {}))
net.address.apply(lambda address: f"on-{address}")
pulumi.export("address", pair.address)
"""


@pytest.fixture(scope="module")
def both(node_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    found = []
    for runtime, file, text in (("nodejs", "index.ts", TYPESCRIPT), ("python", "__main__.py", PYTHON)):
        directory = tmp_path_factory.mktemp(runtime)
        lookups, outputs = directory / "lookups.json", directory / "outputs.json"
        lookups.write_text(json.dumps({"acme:index:getKey": {"id": "key-1"}}), encoding="utf-8")
        outputs.write_text(json.dumps({"organization/base/prod": {"vpc": "vpc-1"}}), encoding="utf-8")
        project = write(
            directory,
            node_packages,
            {"Pulumi.yaml": f"name: web\nruntime: {runtime}\n", "Pulumi.prod.yaml": CONFIG, file: text},
        )
        found.append(graph(project, lookups=lookups, outputs=outputs))
    return found[0], found[1]


@pytest.fixture(scope="module")
def typescript(both: tuple[Any, Any]) -> Any:
    return both[0]


def without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_lines(item) for key, item in value.items() if key != "location"}
    return [without_lines(item) for item in value] if isinstance(value, list) else value


def test_both_graphs_hold_the_same_resources(both: tuple[Any, Any]) -> None:
    one, other = ({item["urn"]: without_lines(item) for item in found["resources"]} for found in both)
    assert one == other


def test_both_graphs_hold_the_same_lookups_outputs_and_capabilities(both: tuple[Any, Any]) -> None:
    parts = ("lookups", "outputs", "capabilities", "notes")
    one, other = ({part: without_lines(found[part]) for part in parts} for found in both)
    assert one == other


def test_lines_are_those_of_the_typescript_file(typescript: Any) -> None:
    places = {item["name"]: item["location"] for item in typescript["resources"]}
    file = "project/index.ts"
    assert places["net"] == {"path": file, "line": line(TYPESCRIPT, 'new Thing("net"')}
    assert places["pair"] == {"path": file, "line": line(TYPESCRIPT, 'new Thing("pair"')}
    assert places["north"] == {"path": file, "line": line(TYPESCRIPT, 'new Site("north"')}
    assert places["north-firewall"] == {"path": file, "line": line(TYPESCRIPT, "this.firewall = new Thing")}
    assert [item["location"]["line"] for item in typescript["lookups"]] == [
        line(TYPESCRIPT, "acme:index:getImage"),
        line(TYPESCRIPT, "acme:index:getKey"),
    ]


def test_a_callback_that_would_make_a_resource_is_told_and_one_that_would_not_is_not(typescript: Any) -> None:
    (skipped,) = typescript["skippedCallbacks"]
    assert skipped["location"] == {
        "path": "project/index.ts",
        "line": line(TYPESCRIPT, "address => new Thing"),
    }


def test_no_secret_is_told(typescript: Any) -> None:
    assert "plain" not in json.dumps(typescript)
