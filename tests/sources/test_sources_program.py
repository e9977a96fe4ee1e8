"""What one program of many features becomes as a graph."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.editing import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "Pulumi.yaml": "name: web\nruntime: python\nconfig:\n  size: {default: 3}\n",
    "Pulumi.prod.yaml": "config:\n  web:password: {secure: AAABAOmJrjzNuL7XQQ==}\n  web:name: shop\n",
    "__main__.py": """\
import os

import pulumi

config = pulumi.Config()


class Thing(pulumi.CustomResource):
    address: pulumi.Output[str]
    subnets: pulumi.Output[list]

    def __init__(self, name, opts=None, token="acme:net:Thing", **inputs):
        super().__init__(token, name, {"address": None, **inputs}, opts)


net = Thing("net", size=config.require_int("size"), label=config.require("name"))
a = Thing("a", net=net.id)
b = Thing("b", net=net.address)
pair = Thing("pair", mappings=[{"subnet": a.id}, {"subnet": b.id}], text=pulumi.Output.concat("x-", a.address))
secret = Thing("secret", password=config.require_secret("password"), other=pulumi.Output.secret("plain"))
group = pulumi.ComponentResource("acme:app:Group", "group")
child = Thing("child", pulumi.ResourceOptions(parent=group, depends_on=[pair], protect=True))
provider = pulumi.ProviderResource("acme", "west", {"region": "west"})
remote = Thing("remote", pulumi.ResourceOptions(provider=provider))
found = [pulumi.runtime.invoke_output("acme:index:getImage", {"name": name}) for name in ("one", "one", "two")]
Thing("image", first=found[0].apply(lambda answer: answer["id"]), second=found[1].apply(lambda answer: answer["id"]), third=found[2].apply(lambda answer: answer["id"]))
net.address.apply(lambda address: Thing(f"on-{address}"))
Thing("environment", home="AWS_SECRET_ACCESS_KEY" in os.environ)
print("noise on standard output")
""",
}
URN = "urn:pulumi:prod::web::"
STACK = f"{URN}pulumi:pulumi:Stack::web-prod"
AT_DEPLOYMENT = "computed at deployment by acme:net:Thing "


def thing(name: str) -> str:
    return f"{URN}acme:net:Thing::{name}"


def unknown(name: str) -> dict[str, Any]:
    return {"$unknown": {"why": AT_DEPLOYMENT + name}}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    directory: Path = tmp_path_factory.mktemp("program")
    (directory / ".git").mkdir()
    for name, text in FILES.items():
        (directory / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", "graph"],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT), "AWS_SECRET_ACCESS_KEY": "of the caller"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def resources(graph: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in graph["resources"]}


def line(fragment: str) -> int:
    return next(number for number, text in enumerate(FILES["__main__.py"].splitlines(), 1) if fragment in text)


def test_a_graph_says_what_it_can_tell(graph: dict[str, Any]) -> None:
    assert graph["capabilities"] == {
        "lookups": True,
        "elementDependencies": True,
        "secretEquality": True,
        "lines": True,
        "complete": True,
    }


def test_a_whole_resource(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["pair"] == {
        "urn": thing("pair"),
        "type": "acme:net:Thing",
        "name": "pair",
        "custom": True,
        "parent": STACK,
        "provider": None,
        "externalId": None,
        "inputs": {"mappings": [{"subnet": unknown("a")}, {"subnet": unknown("b")}], "text": unknown("a")},
        "dependencies": [thing("a"), thing("b")],
        "propertyDependencies": {"mappings": [thing("a"), thing("b")], "text": [thing("a")]},
        "elementDependencies": {
            "mappings[0].subnet": [thing("a")],
            "mappings[1].subnet": [thing("b")],
            "text": [thing("a")],
        },
        "location": {"path": "__main__.py", "line": line("pair = Thing")},
        "options": {
            "protect": False,
            "retainOnDelete": False,
            "deleteBeforeReplace": False,
            "deletedWith": None,
            "ignoreChanges": [],
            "aliases": [],
        },
    }


def test_configuration_and_its_defaults_reach_the_program(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["net"]["inputs"] == {"label": "shop", "size": 3}


def test_no_secret_is_told(graph: dict[str, Any], resources: dict[str, dict[str, Any]]) -> None:
    assert resources["secret"]["inputs"] == {"password": {"$secret": True}, "other": {"$secret": True}}
    assert "plain" not in json.dumps(graph)


def test_a_child_stands_below_its_component(resources: dict[str, dict[str, Any]]) -> None:
    child = resources["child"]
    assert child["urn"] == f"{URN}acme:app:Group$acme:net:Thing::child"
    assert child["parent"] == f"{URN}acme:app:Group::group"
    assert child["dependencies"] == [thing("pair")]
    assert resources["group"]["location"] == {"path": "__main__.py", "line": line("ComponentResource(")}


def test_an_explicit_provider_is_known_and_a_default_one_is_not_named(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["remote"]["provider"] == f"{URN}pulumi:providers:acme::west"
    assert resources["net"]["provider"] is None


def test_equal_lookups_are_one_and_other_arguments_another(
    graph: dict[str, Any], resources: dict[str, dict[str, Any]]
) -> None:
    assert [(item["token"], item["args"], item["answered"]) for item in graph["lookups"]] == [
        ("acme:index:getImage", {"name": "one"}, False),
        ("acme:index:getImage", {"name": "two"}, False),
    ]
    behind = resources["image"]["elementDependencies"]
    one, two = (item["id"] for item in graph["lookups"])
    assert behind == {"first": [one], "second": [one], "third": [two]}


def test_what_a_callback_would_make_is_noted_with_its_line(
    graph: dict[str, Any], resources: dict[str, dict[str, Any]]
) -> None:
    assert graph["skippedCallbacks"] == [
        {"name": "<lambda>", "location": {"path": "__main__.py", "line": line("net.address.apply")}}
    ]
    assert not [name for name in resources if name.startswith("on-")]


def test_nothing_of_the_callers_environment_is_seen(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["environment"]["inputs"] == {"home": False}
