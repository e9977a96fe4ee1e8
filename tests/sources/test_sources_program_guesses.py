"""How long a list is that nobody knows: told when the program relies on it, and only then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.sources.program.resilience_child.standins import Standin
from tests.sources import graphs

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = """
import copy, json, os, pickle
import pulumi

@pulumi.output_type
class Answer:
    def __init__(self, names=None):
        if names and not isinstance(names, list):
            raise TypeError
        pulumi.set(self, "names", names)

    @property
    @pulumi.getter
    def names(self) -> list[str]:
        return pulumi.get(self, "names")
"""
FREE = """
names[0], names[1], names[2]
names[0:2], names[:2], names[1:2]
isinstance(names, list) and names is not None
f"{names}", str(names), repr(names)
",".join(names)
json.dumps({"names": names})
next(iter(names))
[cidr for cidr, _ in zip(["10.0.0.0/24", "10.0.1.0/24"], names)]
Answer(names).names
copy.copy(names), copy.deepcopy([names]), names.copy(), pickle.loads(pickle.dumps(names))
"""
RELIES = """
for name in names: pass
[name for name in names]
list(enumerate(names))
list(zip(names, range(3)))
list(names), tuple(names), set(names)
first, *rest = names
first, second, third = names
[*names], print(*names)
sorted(names), min(names), max(names), list(reversed(names))
len(names)
bool(names)
names or []
"west" in names
names[-1]
names[1:], names[:], names[::-1], names[:-1], names[:3], names[:9]
names + ["more"]
["more"] + names
names == ["west"]
names.index("none") if "none" in names else 0
list(map(str, names))
",".join([*names])
",".join(name for name in names)
os.path.join(*names)
names.append("more")
"""


def told(code: str, directory: Path) -> list[tuple[str, str, Any]]:
    """Return what is told of a list while some code runs."""
    found: list[tuple[str, str, Any]] = []
    stand = Standin("one", lambda *_: None, lambda what, path, value, _: found.append((what, path, value)))
    scope: dict[str, Any] = {"__name__": "__main__", "names": stand.texts("names")}
    exec(BEFORE, scope)
    file = directory / "program.py"
    file.write_text(code, encoding="utf-8")
    exec(compile(code, str(file), "exec"), scope)
    return sorted(set(found))


@pytest.mark.parametrize("code", FREE.strip().splitlines())
def test_what_hangs_on_no_length_is_not_told(code: str, tmp_path: Path) -> None:
    assert told(code, tmp_path) == []


@pytest.mark.parametrize("code", RELIES.strip().splitlines())
def test_what_hangs_on_the_length_is_told(code: str, tmp_path: Path) -> None:
    assert told(code, tmp_path) == [("length", "names", 3)]


def test_a_list_is_as_long_as_the_program_needs(tmp_path: Path) -> None:
    assert told("names[3], names[4]", tmp_path) == [("least", "names", 4), ("least", "names", 5)]
    assert told("a, b, c, d = names", tmp_path) == [("least", "names", 4), ("length", "names", 4)]
    assert told("a, b = names", tmp_path) == [("length", "names", 2)]
    search = "try:\n    for index in range(1000): names[index]\nexcept IndexError: pass"
    assert ("length", "names", 100) in told(search, tmp_path)


ASK = (
    graphs.THING
    + """\
import json
import yaml

ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
zones = pulumi.runtime.invoke(ZONES, {"state": "available"}).value
out = pulumi.runtime.invoke_output(ZONES, {"state": "all"})
names = zones["names"]


@pulumi.output_type
class Disk:
    def __init__(self, id=None, size=None):
        pulumi.set(self, "id", id)
        pulumi.set(self, "size", size)

    @property
    @pulumi.getter
    def id(self) -> str: ...

    @property
    @pulumi.getter
    def size(self) -> int: ...


@pulumi.output_type
class Template:
    def __init__(self, disks=None, labels=None, sizes=None):
        pulumi.set(self, "disks", disks)
        pulumi.set(self, "labels", labels)
        pulumi.set(self, "sizes", sizes)

    @property
    @pulumi.getter
    def disks(self) -> list[Disk]: ...

    @property
    @pulumi.getter
    def labels(self) -> dict[str, str]: ...

    @property
    @pulumi.getter
    def sizes(self) -> list[int]: ...


template = pulumi.runtime.invoke("acme:index:getTemplate", {}, typ=Template).value
"""
)
PASSED = (
    ASK
    + """\
whole = Thing("whole", names=names, nested=[{"zones": names}], made=pulumi.Output.from_input({"names": names}), out=out["names"])
Thing("parts", first=names[0], two=names[:2], one=out["names"][1], text=json.dumps(names), yaml=yaml.safe_dump({"n": names}))
Thing("echoed", names=whole.names, first=whole.names[0])
Thing("disk", disk=template.disks[0].id, disks=template.disks, labels=template.labels, sizes=template.sizes)
group = pulumi.ComponentResource("acme:app:Group", "group", {"names": names})
pulumi.export("names", names)
"""
)
RELIED = (
    ASK
    + """\
for name in names:
    Thing(name)
Thing("length", zones=out["names"].apply(len))
Thing("last", zone=out["names"][-1])
if template.disks:
    Thing("disks")
Thing("size", size=template.disks[0].size, other=template.sizes[0])
for label in template.labels:
    Thing(label)
Thing("fifth", zone=names[4])
"""
)
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


def graph(directory: Path, program: str, lookups: Any = None) -> dict[str, Any]:
    files = {"Pulumi.yaml": "name: web\nruntime: python\n", "Pulumi.prod.yaml": "{}\n", "__main__.py": program}
    graphs.write(directory, {**files, "lookups.json": json.dumps(lookups or {})})
    return graphs.graph(directory, "--lookups", "lookups.json")


def test_a_whole_list_is_one_value_and_a_fixed_element_no_guess(tmp_path: Path) -> None:
    found = graph(tmp_path, PASSED)
    ids = {(item["token"], item["args"].get("state")): item["id"] for item in found["lookups"]}

    def answer(path: str, state: str = "available") -> dict[str, Any]:
        return {"$lookup": {"id": ids[ZONES, state], "path": path}}

    def template(path: str) -> dict[str, Any]:
        return {"$lookup": {"id": ids["acme:index:getTemplate", None], "path": path}}

    inputs = {item["name"]: item["inputs"] for item in found["resources"]}
    names = answer("names")
    built = {"$unknown": {"why": f"built from the answer of {names['$lookup']['id'].split(':', 1)[1]}"}}
    assert inputs["whole"] == {
        "names": names,
        "nested": [{"zones": names}],
        "made": {"names": names},
        "out": answer("names", "all"),
    }
    assert inputs["parts"] == {
        "first": answer("names[0]"),
        "two": [answer("names[0]"), answer("names[1]")],
        "one": answer("names[1]", "all"),
        "text": built,
        "yaml": built,
    }
    assert inputs["echoed"] == {"names": names, "first": answer("names[0]")}
    assert inputs["disk"] == {
        "disk": template("disks[0].id"),
        "disks": template("disks"),
        "labels": template("labels"),
        "sizes": template("sizes"),
    }
    assert inputs["group"] == {"names": names}
    assert found["outputs"] == {"names": names}
    assert (found["capabilities"]["complete"], found["notes"]) == (
        True,
        [
            f"the answer of acme:index:getTemplate (__main__.py:{graphs.line(ASK, 'getTemplate')}) is not known: give it with --lookups"
        ],
    )


def test_what_the_program_relies_on_is_told_with_its_lines(tmp_path: Path) -> None:
    found = graph(tmp_path, RELIED)
    assert [item["name"] for item in found["resources"]][-5:] == ["length", "last", "disks", "size", "fifth"]
    assert found["capabilities"]["complete"] is False
    at = {text: f"__main__.py:{graphs.line(RELIED, text)}" for text in RELIED.splitlines() if text}

    def lines(*fragments: str) -> str:
        return ", ".join(next(place for text, place in at.items() if fragment in text) for fragment in fragments)

    head = "is not known: give it with --lookups"
    said = {note.split(" (")[0].rsplit(" ", 1)[1]: note for note in found["notes"]}
    assert said == {
        ZONES: (
            f"the answer of {ZONES} ({lines('zones = pulumi', 'out = pulumi')}) {head}; "
            f"names is taken to have 3 elements, on which the program relies ({lines('for name in')}); "
            f"names is taken to have at least 5 elements ({lines('fifth')})"
        ),
        "acme:index:getTemplate": (
            f"the answer of acme:index:getTemplate ({lines('getTemplate')}) {head}; "
            f"disks is taken to have 3 elements, on which the program relies ({lines('if template.disks')}); "
            f"disks[0].size is taken to be 1 ({lines('other=')}); "
            f"sizes[0] is taken to be 1 ({lines('other=')}); "
            f"what the program goes through in labels is taken to be empty ({lines('for label')})"
        ),
    }


def test_a_given_list_is_known(tmp_path: Path) -> None:
    template = {"disks": [{"id": "one", "size": 2}], "labels": {}, "sizes": [1]}
    found = graph(tmp_path, RELIED, {ZONES: {"names": ["a", "b", "c", "d", "e"]}, "acme:index:getTemplate": template})
    assert (found["capabilities"]["complete"], found["notes"]) == (True, [])
