"""What programs in the wild do, and small programs of tests did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources import graphs

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = "name: web\nruntime: python\n"
SITE = (
    graphs.THING
    + """\
class Site(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("acme:app:Site", name)
        inside = Options(parent=self)
        self.made = pulumi.Output.from_input("abc").apply(lambda all: {one: Thing(one, inside) for one in all})
        self.register_outputs({"made": self.made, "count": 3})


site = Site("site")
Thing("user", first=site.made["a"].id, last=site.made["c"].id)
"""
)


def test_outputs_of_a_component_add_nothing_to_what_uses_them(tmp_path: Path) -> None:
    graphs.write(tmp_path, {"Pulumi.yaml": PROJECT, "__main__.py": SITE})
    user = graphs.by_name(graphs.graph(tmp_path))["user"]
    urn = "urn:pulumi:dev::web::acme:app:Site$acme:net:Thing::"
    assert user["propertyDependencies"] == {"first": [f"{urn}a"], "last": [f"{urn}c"]}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "config:\n"])
def test_the_file_of_a_stack_may_say_nothing(text: str, tmp_path: Path) -> None:
    program = graphs.THING + 'Thing("a")\n'
    graphs.write(tmp_path, {"Pulumi.yaml": PROJECT, "Pulumi.prod.yaml": text, "__main__.py": program})
    found = graphs.graph(tmp_path)
    assert (found["stack"], list(graphs.by_name(found))) == ("prod", ["web-prod", "a"])


def test_a_fault_in_a_callback_is_shown_at_its_line(tmp_path: Path) -> None:
    program = graphs.THING + 'Thing("a", size=pulumi.Output.from_input(1).apply(lambda one: {}[one]))\n'
    graphs.write(tmp_path, {"Pulumi.yaml": PROJECT, "__main__.py": program})
    done = graphs.run(tmp_path)
    assert done.returncode == 4
    assert f"\n  --> __main__.py:{graphs.line(program, 'from_input')}\n" in done.stderr


def test_an_answer_that_nobody_gave_may_hold_files(tmp_path: Path) -> None:
    program = (
        graphs.THING
        + """\
@pulumi.output_type
class Ran(dict):
    def __init__(self, stdout=None, archive=None):
        if archive and not isinstance(archive, pulumi.Archive):
            raise TypeError("Expected argument 'archive' to be a pulumi.Archive")
        pulumi.set(self, "stdout", stdout)
        pulumi.set(self, "archive", archive)

    @property
    @pulumi.getter
    def stdout(self) -> str: ...

    @property
    @pulumi.getter
    def archive(self) -> pulumi.Archive: ...


Thing("a", said=pulumi.runtime.invoke("acme:index:run", {}, typ=Ran).value.stdout)
"""
    )
    graphs.write(tmp_path, {"Pulumi.yaml": PROJECT, "__main__.py": program})
    assert graphs.by_name(graphs.graph(tmp_path))["a"]["inputs"]["said"]["$lookup"]["path"] == "stdout"
