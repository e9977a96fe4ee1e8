"""The engine's rules, by a program that uses each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sources import graphs

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = (
    graphs.THING
    + """\
class Remote(pulumi.ComponentResource):
    out: pulumi.Output[str]

    def __init__(self, name, opts=None, **inputs):
        super().__init__("acme:remote:Box", name, {"out": None, **inputs}, opts, remote=True)


class Dynamic(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        return pulumi.dynamic.CreateResult("1", props)


class Made(pulumi.dynamic.Resource):
    def __init__(self, name, props):
        super().__init__(Dynamic(), name, props)


net = Thing("net")
west = pulumi.ProviderResource("acme", "west", {"region": "west"})
blind = pulumi.ProviderResource("acme", "blind", {"region": net.address})
group = pulumi.ComponentResource(
    "acme:app:Group", "group", None, Options(provider=west, protect=True, retain_on_delete=True)
)
Thing("child", Options(parent=group, deleted_with=net))
Thing("grown-up", Options(parent=group, protect=False, retain_on_delete=False))
dark = Thing("dark", Options(provider=blind), size=4, address="here")
Thing("after-dark", address=dark.address)
lit = Thing("lit", Options(provider=west), address="here")
Thing("after-lit", address=lit.address)
Thing(
    "kept",
    Options(
        delete_before_replace=True,
        ignore_changes=["size", "tags"],
        aliases=[pulumi.Alias(name="old"), "urn:pulumi:prod::web::acme:net:Thing::older", pulumi.Alias(parent=group)],
    ),
)
imported = Thing("imported", Options(import_="i-1"))
Thing("after-import", ref=imported.id)
Thing("read", Options(id="r-1"), size=1)
Thing("hidden", Options(additional_secret_outputs=["address"]), address="plain")
remote = Remote("remote", Options(providers=[west]), net=net.id, word=pulumi.Output.secret("word"))
Thing("in-remote", Options(parent=remote), ref=remote.out)
Thing("numbers", big=2**70, negative=-5, half=0.5, none=float("nan"))
Thing("files", text=pulumi.StringAsset("hello"), file=pulumi.FileAsset("note.txt"), all=pulumi.FileArchive("tree"))
Made("dynamic", {"size": 1})


def tagged(args):
    return pulumi.ResourceTransformResult({**args.props, "tag": args.name}, args.opts)


def kept(args):
    return pulumi.ResourceTransformResult(args.props, Options.merge(args.opts, Options(protect=True)))


Thing("own", Options(transforms=[tagged], depends_on=[lit]), ref=net.id)
Thing("untouched", Options(transforms=[lambda args: None]), ref=net.id)
family = pulumi.ComponentResource("acme:app:Family", "family", None, Options(transforms=[kept, tagged]))
Thing("heir", Options(parent=family), ref=net.id)
pulumi.runtime.register_resource_transform(tagged)
Thing("late")
"""
)
FILES = {
    "Pulumi.yaml": "name: web\nruntime: python\nmain: src\n",
    "Pulumi.prod.yaml": "{}\n",
    "src/__main__.py": PROGRAM,
    "src/note.txt": "note\n",
    "src/tree/b/c.txt": "c\n",
    "src/tree/a.txt": "a\n",
}
URN = "urn:pulumi:prod::web::"
NET = f"{URN}acme:net:Thing::net"
WEST = f"{URN}pulumi:providers:acme::west"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    directory: Path = tmp_path_factory.mktemp("rules")
    graphs.write(directory, FILES)
    return graphs.graph(directory)


@pytest.fixture(scope="module")
def resources(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return graphs.by_name(found)


def options(**chosen: object) -> dict[str, Any]:
    return {
        "protect": False,
        "retainOnDelete": False,
        "deleteBeforeReplace": False,
        "deletedWith": None,
        "ignoreChanges": [],
        "aliases": [],
        **chosen,
    }


def test_a_child_takes_from_its_parent_what_it_leaves_open(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["child"]["options"] == options(protect=True, retainOnDelete=True, deletedWith=NET)
    assert resources["grown-up"]["options"] == options()
    assert resources["child"]["provider"] == WEST


def test_a_provider_with_unknown_configuration_gives_nothing(resources: dict[str, dict[str, Any]]) -> None:
    why = "computed at deployment by acme:net:Thing dark"
    assert resources["after-dark"]["inputs"] == {"address": {"$unknown": {"why": why}}}
    assert resources["after-lit"]["inputs"] == {"address": "here"}


def test_options_are_those_that_the_program_chose(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["kept"]["options"] == options(
        deleteBeforeReplace=True,
        ignoreChanges=["size", "tags"],
        aliases=[
            f"{URN}acme:net:Thing::old",
            f"{URN}acme:net:Thing::older",
            f"{URN}acme:app:Group$acme:net:Thing::kept",
        ],
    )


def test_an_imported_resource_has_its_id_at_once(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["imported"]["externalId"] == "i-1"
    assert resources["after-import"]["inputs"] == {"ref": "i-1"}
    assert resources["after-import"]["propertyDependencies"] == {"ref": [f"{URN}acme:net:Thing::imported"]}


def test_a_resource_that_is_read_exists_outside_of_the_program(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["read"]["externalId"] == "r-1"
    assert resources["read"]["inputs"] == {"size": 1}


def test_a_remote_component_has_no_provider_and_an_inside_that_is_not_visible(
    found: dict[str, Any], resources: dict[str, dict[str, Any]]
) -> None:
    remote = resources["remote"]
    assert remote["provider"] is None
    assert remote["inputs"] == {
        "net": {"$unknown": {"why": "computed at deployment by acme:net:Thing net"}},
        "word": {"$secret": True},
    }
    assert remote["propertyDependencies"] == {"net": [NET]}
    assert found["capabilities"]["complete"] is False
    assert found["notes"] == ["the resources inside remote components are not visible: remote"]


def test_a_number_is_what_a_double_can_hold(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["numbers"]["inputs"] == {
        "big": float(2**70),
        "negative": -5,
        "half": 0.5,
        "none": {"$unknown": {"why": "nan is no number that can be compared"}},
    }


def test_assets_are_values_with_the_hash_that_the_engine_gives_them(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["files"]["inputs"] == {
        "text": {"text": "hello", "hash": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
        "file": {
            "path": "note.txt",
            "hash": "389ed6887e49a315f706f6c2b931b1dcf0d797c91437124f32eb98555c669758",
        },
        "all": {"path": "tree", "hash": "d3fe447da14b58c27425836a527811ddd00eb45938ad6fdcb54590f29fb1de7d"},
    }


def test_a_dynamic_resource_hides_the_code_of_its_provider(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["dynamic"]["type"] == "pulumi-python:dynamic:Resource"
    assert resources["dynamic"]["inputs"] == {"size": 1, "__provider": {"$secret": True}}
    assert resources["dynamic"]["provider"] is None


def test_transforms_of_a_resource_leave_it_the_dependencies_of_its_inputs(
    resources: dict[str, dict[str, Any]],
) -> None:
    own, untouched = resources["own"], resources["untouched"]
    assert own["inputs"]["tag"] == "own"
    assert own["dependencies"] == [f"{URN}acme:net:Thing::lit", NET]
    assert own["propertyDependencies"] == {}
    assert own["elementDependencies"] == {"ref": [NET]}
    assert untouched["propertyDependencies"] == {"ref": [NET]}


def test_transforms_of_an_ancestor_see_inputs_and_options(resources: dict[str, dict[str, Any]]) -> None:
    heir = resources["heir"]
    assert heir["inputs"]["tag"] == "heir"
    assert heir["options"] == options(protect=True)
    assert heir["propertyDependencies"] == {"ref": [NET]}


def test_transforms_of_the_stack_reach_what_comes_after_them(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["late"]["inputs"] == {"tag": "late"}
    assert "tag" not in resources["net"]["inputs"]


def test_a_line_is_that_of_the_call_that_makes_the_resource(resources: dict[str, dict[str, Any]]) -> None:
    wanted = {"net": 'Thing("net")', "west": "west =", "remote": "remote ="}
    assert {name: resources[name]["location"] for name in wanted} == {
        name: {"path": "src/__main__.py", "line": graphs.line(PROGRAM, text)} for name, text in wanted.items()
    }
