"""What a Node program may do, and what its graph says of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.nodejs.running import JAVASCRIPT, TYPESCRIPT, graph, write

if TYPE_CHECKING:
    from pathlib import Path

THING = """const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {
    constructor(name, inputs, opts) { super("acme:net:Thing", name, { address: undefined, ...inputs }, opts); }
}
"""


def read(packages: Path, directory: Path, program: str, settings: str = JAVASCRIPT, **files: str) -> Any:
    return graph(write(directory, packages, {"Pulumi.yaml": settings, "index.js": THING + program, **files}))


def names(found: Any) -> list[str]:
    return [item["name"] for item in found["resources"]][1:]


def test_a_plain_lookup_without_an_answer_does_not_stop_the_program(node_packages: Path, tmp_path: Path) -> None:
    found = read(
        node_packages,
        tmp_path,
        """module.exports = async () => {
    const zones = await pulumi.runtime.invoke("acme:index:getZones", {});
    new Thing("first", { zone: zones.names[0], text: `in ${zones.id}` });
    zones.names.forEach((zone, index) => new Thing(`zone-${index}`, { zone }));
};
""",
    )
    assert names(found) == ["first", "zone-0", "zone-1", "zone-2"]
    (lookup,) = found["lookups"]
    first = found["resources"][1]
    assert first["elementDependencies"] == {"text": [lookup["id"]], "zone": [lookup["id"]]}
    assert set(first["inputs"]["text"]) == {"$unknown"}
    assert found["capabilities"]["complete"] is False
    assert found["notes"] == [
        (
            "the answer of acme:index:getZones (project/index.js:6) is not known: give it with --lookups; "
            "names is taken to have 3 elements, on which the program relies (project/index.js:8)"
        )
    ]


@pytest.mark.parametrize(
    ("callback", "told"),
    [
        ("x => new Thing(x, {})", True),
        ("x => make(x)", True),
        ("x => outer(x)", True),
        ("x => helper.make(x)", True),
        ("x => { [x].map(y => new Thing(y, {})); }", True),
        ("x => require('./more')(x)", True),
        ("x => new Map([[x, 1]])", False),
        ("x => JSON.stringify({ x })", False),
        ("x => text(x)", False),
        ("x => x.split(',').map(y => `${y}!`)", False),
    ],
)
def test_a_callback_that_was_not_called_counts_where_it_could_make_a_resource(
    node_packages: Path, tmp_path: Path, callback: str, told: bool
) -> None:
    found = read(
        node_packages,
        tmp_path,
        f"""const make = name => new Thing(name, {{}});
const outer = name => make(name);
const text = name => name.toUpperCase();
const helper = {{ make }};
const net = new Thing("net", {{}});
module.exports = {{ out: net.address.apply({callback}) }};
""",
    )
    assert names(found) == ["net"]
    assert [item["location"]["line"] for item in found["skippedCallbacks"]] == ([10] if told else [])


def test_nothing_of_the_caller_reaches_the_program(
    node_packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the caller")
    monkeypatch.setenv("NODE_OPTIONS", "--no-such-option")
    found = read(
        node_packages,
        tmp_path,
        """new Thing("a", { seen: "AWS_SECRET_ACCESS_KEY" in process.env });
console.log("::error::forged"); process.stderr.write("noise\\n");
""",
    )
    assert found["resources"][1]["inputs"] == {"seen": False}
    assert capfd.readouterr() == ("", "")


def test_main_moves_the_program_and_a_file_may_be_named(node_packages: Path, tmp_path: Path) -> None:
    project = write(
        tmp_path,
        node_packages,
        {"Pulumi.yaml": f"{JAVASCRIPT}main: infra/start.js\n", "infra/start.js": f'{THING}new Thing("a", {{}});\n'},
    )
    found = graph(project)
    assert [(item["name"], item["location"]) for item in found["resources"][1:]] == [
        ("a", {"path": "project/infra/start.js", "line": 5})
    ]


def test_a_typescript_program_of_its_own_modules_and_options_is_read(node_packages: Path, tmp_path: Path) -> None:
    files = {
        "package.json": json.dumps({"name": "web", "main": "source/start.ts"}),
        "tsconfig.infra.json": json.dumps({"compilerOptions": {"strict": True, "target": "es2020", "sourceMap": True}}),
        "source/pets.ts": 'import { RandomPet } from "@pulumi/random";\n\nexport function pet(name: string): RandomPet {\n'
        "    return new RandomPet(name, { length: 2 });\n}\n",
        "source/start.ts": 'import { pet } from "./pets";\n\nexport const id = pet("rex").id;\n',
    }
    settings = "name: web\nruntime: {name: nodejs, options: {tsconfig: tsconfig.infra.json, nodeargs: --no-warnings}}\n"
    found = graph(write(tmp_path, node_packages, {"Pulumi.yaml": settings, **files}))
    (pet,) = found["resources"][1:]
    assert (pet["type"], pet["location"]) == (
        "random:index/randomPet:RandomPet",
        {"path": "project/source/pets.ts", "line": 4},
    )
    assert set(found["outputs"]["id"]) == {"$unknown"}


def test_an_es_module_is_read(node_packages: Path, tmp_path: Path) -> None:
    program = (
        'import * as pulumi from "@pulumi/pulumi";\n\n'
        'class Thing extends pulumi.CustomResource {\n    constructor(name) { super("acme:net:Thing", name, {}); }\n}\n'
        'await Promise.resolve();\nnew Thing("a");\nexport const done = true;\n'
    )
    files = {"Pulumi.yaml": JAVASCRIPT, "package.json": '{"name": "web", "type": "module"}', "index.js": program}
    found = graph(write(tmp_path, node_packages, files))
    assert [(item["name"], item["location"]) for item in found["resources"][1:]] == [
        ("a", {"path": "project/index.js", "line": 7})
    ]
    assert found["outputs"] == {"done": True}


def test_stack_transforms_and_transforms_of_lookups_are_called(node_packages: Path, tmp_path: Path) -> None:
    lookups = tmp_path / "lookups.json"
    lookups.write_text(
        json.dumps([{"token": "acme:index:get", "args": {"name": "two"}, "answer": {"id": "id-2"}}]), encoding="utf-8"
    )
    project = write(
        tmp_path,
        node_packages,
        {
            "Pulumi.yaml": JAVASCRIPT,
            "index.js": THING
            + """pulumi.runtime.registerResourceTransform(args => ({ props: { ...args.props, tag: "all" }, opts: args.opts }));
pulumi.runtime.registerInvokeTransform(args => ({ args: { name: "two" }, opts: args.opts }));
const found = pulumi.runtime.invokeOutput("acme:index:get", { name: "one" });
new Thing("a", { key: found.apply(answer => answer.id) });
""",
        },
    )
    found = graph(project, lookups=lookups)
    assert found["resources"][1]["inputs"] == {"key": "id-2", "tag": "all"}


def test_the_packages_are_no_part_of_the_digest(node_packages: Path, tmp_path: Path) -> None:
    project = write(tmp_path, node_packages, {"Pulumi.yaml": TYPESCRIPT, "index.js": ""})
    before = graph(project)["digest"]
    (project / "node_modules").mkdir()
    (project / "node_modules" / "more.js").write_text("", encoding="utf-8")
    assert graph(project)["digest"] == before
