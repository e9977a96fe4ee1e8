"""What a user gives is known; what nobody gives stops no program and is never taken for known."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.sources import given
from tests.sources import graphs

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = (
    graphs.THING
    + """\
@pulumi.output_type
class Template:
    def __init__(self, cpus=None, firmware=None, disks=None, labels=None, secure=None):
        for name, value in locals().items():
            if name != "self":
                pulumi.set(self, name, value)

    @property
    @pulumi.getter
    def cpus(self) -> int: ...

    @property
    @pulumi.getter
    def firmware(self) -> str: ...

    @property
    @pulumi.getter
    def disks(self) -> list[str]: ...

    @property
    @pulumi.getter(name="labelMap")
    def labels(self) -> dict[str, str]: ...

    @property
    @pulumi.getter
    def secure(self) -> bool: ...


config = pulumi.Config()
zones = pulumi.runtime.invoke("acme:index:getZones", {"region": "west"}).value
for zone in zones["names"]:
    Thing(f"zone-{zone}", zone=zone)
image = pulumi.runtime.invoke_output("acme:index:getImage", {"name": "one"})
Thing("image", id2=image.apply(lambda found: found["id"]))
other = pulumi.runtime.invoke_output("acme:index:getImage", {"name": "two"})
Thing("other", id2=other.apply(lambda found: found["id"]))
template = pulumi.runtime.invoke("acme:index:getTemplate", {"name": "linux"}, typ=Template).value
Thing("template", cpus=template.cpus, firmware=template.firmware, disks=template.disks, labels=template.labels)
if template.secure:
    Thing("never")
raw = pulumi.runtime.invoke("acme:index:getRaw", {}).value
Thing("raw", value=raw["some"], text=f"x-{raw['some']}", inner=raw["a"]["b"][0])
for part in raw["parts"]:
    Thing(part["name"])
call = pulumi.runtime.call("acme:index:Thing/size", {"__self__": net}, net) if (net := Thing("net")) else None
Thing("called", size=call.apply(lambda found: found["size"]))
stack = pulumi.StackReference("organization/net/prod")
Thing("from-stack", vpc=stack.get_output("vpc"), subnet=stack.get_output("subnets")[0], key=stack.get_output("key"))
unknown = pulumi.StackReference("organization/gone/prod")
Thing("from-unknown", vpc=unknown.get_output("vpc"))
Thing("encrypted", size=config.require_int("size"), user=config.require_object("db")["user"], plain=config.get("plain"))
for host in (*config.require_object("db")["hosts"], *config.require_object("db").keys()):
    Thing(host)
"""
)
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"deep"'}
FILES = {
    "Pulumi.yaml": "name: web\nruntime: python\n",
    "Pulumi.prod.yaml": "environment: [shared]\nconfig:\n  web:size: {secure: AAAB}\n  web:db: {secure: AAAC}\n",
    "__main__.py": PROGRAM,
    "lookups.json": json.dumps(
        [
            {"token": "acme:index:getZones", "answer": {"names": ["w1", "w2"]}},
            {"token": "acme:index:getImage", "args": {"name": "one"}, "answer": {"id": "image-1"}},
        ]
    ),
    "outputs.json": json.dumps({"net/prod": {"vpc": "vpc-1", "subnets": ["s-1"], "key": SECRET}}),
}
STACK = "urn:pulumi:prod::web::pulumi:pulumi:StackReference::organization/net/prod"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    directory: Path = tmp_path_factory.mktemp("given")
    graphs.write(directory, FILES)
    return graphs.graph(directory, "--lookups", "lookups.json", "--stack-outputs", "outputs.json")


@pytest.fixture(scope="module")
def resources(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return graphs.by_name(found)


@pytest.fixture(scope="module")
def lookups(found: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(item["token"], item["args"].get("name", "")): item for item in found["lookups"]}


def test_a_given_answer_is_known_to_the_program_and_in_its_graph(
    resources: dict[str, dict[str, Any]], lookups: dict[tuple[str, str], dict[str, Any]]
) -> None:
    assert resources["zone-w1"]["inputs"] == {"zone": "w1"}
    assert resources["image"]["inputs"] == {"id2": "image-1"}
    assert lookups["acme:index:getImage", "one"]["answer"] == {"id": "image-1"}
    assert resources["image"]["elementDependencies"] == {"id2": [lookups["acme:index:getImage", "one"]["id"]]}


def test_an_output_of_a_lookup_that_nobody_answered_is_unknown(
    resources: dict[str, dict[str, Any]], lookups: dict[tuple[str, str], dict[str, Any]]
) -> None:
    other = lookups["acme:index:getImage", "two"]
    assert (other["answered"], other["answer"]) == (False, None)
    assert resources["other"]["inputs"] == {"id2": {"$unknown": {"why": "computed at deployment"}}}
    assert resources["other"]["elementDependencies"] == {"id2": [other["id"]]}


def test_what_stands_for_a_plain_answer_is_recognised_wherever_it_ends(
    resources: dict[str, dict[str, Any]], lookups: dict[tuple[str, str], dict[str, Any]]
) -> None:
    asked = lookups["acme:index:getTemplate", "linux"]["id"]

    def answer(path: str) -> dict[str, Any]:
        return {"$lookup": {"id": asked, "path": path}}

    assert resources["template"]["inputs"] == {
        "cpus": answer("cpus"),
        "firmware": answer("firmware"),
        "disks": answer("disks"),
        "labels": answer("labelMap"),
    }
    assert "never" not in resources
    raw = lookups["acme:index:getRaw", ""]["id"]
    assert resources["raw"]["inputs"] == {
        "value": {"$lookup": {"id": raw, "path": "some"}},
        "text": {"$unknown": {"why": f"built from the answer of {raw.split(':', 1)[1]}"}},
        "inner": {"$lookup": {"id": raw, "path": "a.b[0]"}},
    }


def test_a_guess_is_said_and_leaves_the_graph_incomplete(found: dict[str, Any]) -> None:
    assert found["capabilities"]["complete"] is False
    template, raw = (f"__main__.py:{line(text)}" for text in ("getTemplate", "getRaw"))
    assert (
        f"the answer of acme:index:getTemplate ({template}) is not known: give it with --lookups; "
        f"cpus is taken to be 1 (__main__.py:{line('template.cpus')}); "
        f"secure is taken to be false (__main__.py:{line('if template.secure')})"
    ) in found["notes"]
    assert (
        f"the answer of acme:index:getRaw ({raw}) is not known: give it with --lookups; "
        f"what the program goes through in parts is taken to be empty (__main__.py:{line('for part in')})"
    ) in found["notes"]


def line(fragment: str) -> int:
    return next(number for number, text in enumerate(PROGRAM.splitlines(), 1) if fragment in text)


def test_what_a_method_returns_is_unknown(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["called"]["inputs"] == {"size": {"$unknown": {"why": "computed at deployment"}}}


def test_given_outputs_of_a_stack_are_known_and_its_secrets_stay_secret(
    found: dict[str, Any], resources: dict[str, dict[str, Any]]
) -> None:
    assert resources["from-stack"]["inputs"] == {"vpc": "vpc-1", "subnet": "s-1", "key": {"$secret": True}}
    assert resources["from-stack"]["elementDependencies"] == {"vpc": [STACK], "subnet": [STACK], "key": [STACK]}
    assert "deep" not in json.dumps(found)


def test_outputs_that_nobody_gave_are_unknown(resources: dict[str, dict[str, Any]]) -> None:
    why = (
        "it is an output of stack organization/gone/prod, which is not among those checked: "
        "give it with --stack-outputs"
    )
    assert resources["from-unknown"]["inputs"] == {"vpc": {"$unknown": {"why": why}}}


def test_an_encrypted_number_or_object_stops_no_program(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["encrypted"]["inputs"] == {"size": {"$secret": True}, "user": {"$secret": True}}


def test_an_environment_is_said_once_with_what_it_may_define(found: dict[str, Any]) -> None:
    assert [note for note in found["notes"] if "environment" in note] == [
        "the values of the stack's `environment:` are not known offline",
        "not set, so that the `environment:` may define it: web:plain",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"a": {"x": 1}, "a": {}}', "the key 'a' stands twice in one object"),
        ('{"a": {"x": NaN}}', "NaN is no JSON number"),
        ("[" * 100_000, "it is nested too deeply to be read"),
    ],
)
def test_a_file_that_can_be_mistaken_is_refused(text: str, what: str, tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(f"given.json: {what}")):
        given.load(file, None)
    with pytest.raises(UsageError, match=re.escape(f"given.json: {what}")):
        given.load(None, file)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    file.write_bytes(b'\xef\xbb\xbf{"prod": {"x": 1}}')
    assert given.load(None, file).stack_outputs == {"prod": {"x": 1}}
