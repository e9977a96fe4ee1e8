"""The real CLI previews a program offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engines.real import Engine

PROGRAM = """
import pulumi
from pulumi_vsphere import Folder, Provider

vcenter = Provider("vcenter", user="admin", password=pulumi.Output.secret("word"), vsphere_server="vc.example")
Folder("machines", path="machines", type="vm", opts=pulumi.ResourceOptions(provider=vcenter))
"""


def test_a_program_is_previewed_with_its_values_secrets_and_lines(engine: Engine, tmp_path: Path) -> None:
    program = tmp_path / "sample"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
    (program / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    said = engine.preview(program, "dev", packages=["vsphere"])
    folder = said["steps"][-1]["newState"]
    assert said["changeSummary"] == {"create": 3}
    assert {key: folder[key] for key in ("urn", "inputs", "sourcePosition")} == {
        "urn": "urn:pulumi:dev::sample::vsphere:index/folder:Folder::machines",
        "inputs": {"path": "machines", "type": "vm"},
        "sourcePosition": "project:///__main__.py#6",
    }
    assert said["steps"][1]["newState"]["inputs"]["password"] == "[secret]"
