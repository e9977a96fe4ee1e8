"""How long a list is that nobody knows: told when a Node program relies on it, and only then."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.sources.nodejs.running import JAVASCRIPT, graph, line, write

if TYPE_CHECKING:
    from pathlib import Path

ASK = """const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {
    constructor(name, inputs, opts) { super("acme:net:Thing", name, { address: undefined, ...inputs }, opts); }
}
const zones = (filter) => pulumi.runtime.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", { filter });
const zonesOutput = (filter) => pulumi.runtime.invokeOutput("aws:index/getAvailabilityZones:getAvailabilityZones", { filter });
"""
FREE = (
    ASK
    + """module.exports = async () => {
    const { names, zoneIds } = await zones("a");
    const out = zonesOutput("b");
    const [first, second] = names;
    new Thing("elements", { zones: [names[0], names.at(1)], first, second, two: names.slice(0, 2), text: names.join(), json: JSON.stringify({ names }) });
    const whole = new Thing("whole", { names, nested: { inner: [{ names }] }, out: out.names, made: pulumi.output({ names }) });
    new Thing("echoed", { names: whole.names, first: whole.names[0], one: out.names[1] });
    new Thing("called", { one: pulumi.all([names, out.names]).apply(([one, other]) => one[0] + other[1]) });
    if (Array.isArray(names)) { new Thing("array", {}); }
    return { names, out: out.names, zoneIds };
};
"""
)
RELIES = (
    ASK
    + """const uses = {
    forOf: names => { for (const _ of names) { } },
    forIn: names => { for (const _ in names) { } },
    index: names => { for (let index = 0; index < names.length; index++) { } },
    forEach: names => names.forEach(() => undefined),
    map: names => names.map(name => name),
    spread: names => [...names],
    rest: names => { const [first, ...rest] = names; },
    three: names => { const [first, second, third] = names; },
    from: names => Array.from(names),
    concat: names => [].concat(names),
    slice: names => names.slice(1),
    last: names => names.at(-1),
    includes: names => names.includes("west"),
    sort: names => names.sort(),
    keys: names => Object.keys(names),
    push: names => names.push("more"),
};
module.exports = async () => {
    for (const [name, use] of Object.entries(uses)) {
        use((await zones(name)).names);
    }
    zonesOutput("applied").apply(found => found.names.length);
    pulumi.all([zonesOutput("all").names]).apply(([names]) => names.map(name => name));
    (await zones("more")).names[4];
};
"""
)
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
USES = RELIES.count(": names =>") + RELIES.count(".apply(")


def short(text: str) -> str:
    return re.sub(r"lookup:[^\"]*:getAvailabilityZones:[0-9a-f]{12}", "zones", text)


def read(packages: Path, directory: Path, program: str, lookups: Path | None = None) -> Any:
    return graph(write(directory, packages, {"Pulumi.yaml": JAVASCRIPT, "index.js": program}), lookups=lookups)


def test_what_hangs_on_no_length_is_not_told_and_a_whole_list_is_one_value(node_packages: Path, tmp_path: Path) -> None:
    found = read(node_packages, tmp_path, FREE)
    inputs = {item["name"]: json.loads(short(json.dumps(item["inputs"]))) for item in found["resources"]}
    (filtered, output) = (item["id"] for item in found["lookups"])

    def answer(path: str) -> dict[str, Any]:
        return {"$lookup": {"id": "zones", "path": path}}

    built = {"$unknown": {"why": "built from the answer of " + filtered.split(":", 1)[1]}}
    names = answer("names")
    assert inputs["elements"] == {
        "zones": [answer("names[0]"), answer("names[1]")],
        "first": answer("names[0]"),
        "second": answer("names[1]"),
        "two": [answer("names[0]"), answer("names[1]")],
        "text": built,
        "json": built,
    }
    assert inputs["whole"] == {
        "names": names,
        "nested": {"inner": [{"names": names}]},
        "out": names,
        "made": {"names": names},
    }
    assert (inputs["echoed"]["one"], inputs["array"]) == (answer("names[1]"), {})
    assert set(inputs["called"]["one"]) == {"$unknown"}
    assert json.loads(short(json.dumps(found["outputs"]))) == {
        "names": names,
        "out": names,
        "zoneIds": answer("zoneIds"),
    }
    assert (found["notes"], found["capabilities"]["complete"]) == ([], True)
    assert filtered != output


def test_what_hangs_on_the_length_is_told_with_its_line(node_packages: Path, tmp_path: Path) -> None:
    found = read(node_packages, tmp_path, RELIES)
    assert found["capabilities"]["complete"] is False
    (note,) = found["notes"]
    first = line(RELIES, "forOf:")
    assert note == (
        f"the answer of {ZONES} (project/index.js:5, project/index.js:6) is not known: give it with --lookups; names is "
        f"taken to have 3 elements, on which the program relies (project/index.js:{first}, project/index.js:{first + 1}, "
        f"project/index.js:{first + 2} and {USES - 3} more); names is taken to have at least 5 elements "
        f"(project/index.js:{line(RELIES, '[4]')})"
    )


def test_a_given_list_is_known(node_packages: Path, tmp_path: Path) -> None:
    lookups = tmp_path / "lookups.json"
    answer = {"aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ["w1", "w2", "w3"]}}
    lookups.write_text(json.dumps(answer), encoding="utf-8")
    found = read(node_packages, tmp_path, RELIES, lookups)
    assert (found["notes"], found["capabilities"]["complete"]) == ([], True)
