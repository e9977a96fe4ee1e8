"""What a program reads of its repository outside of its own folder has a digest, in each language."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from resilience_checks.check import Options, graphs
from resilience_checks.sources.program.reads import outside
from tests.sources.nodejs.running import JAVASCRIPT, TYPESCRIPT

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = """\
import json, os, pathlib, sys
sys.path.insert(0, "../lib")
import pulumi, net, local
size = json.loads(pathlib.Path("../data/sizes.json").read_text())["size"]
pathlib.Path(os.environ["TMPDIR"], "written.txt").write_text("x")
class Thing(pulumi.CustomResource):
    def __init__(self, name): super().__init__("example:index:Thing", name, {"size": size + net.more()})
Thing("a")
"""
NODE = """\
const pulumi = require("@pulumi/pulumi");
const fs = require("fs");
const net = require("../lib/net");
const size = JSON.parse(fs.readFileSync("../data/sizes.json", "utf8")).size;
fs.writeFileSync(`${process.env.TMPDIR}/written.txt`, "x");
new pulumi.CustomResource("example:index:Thing", "a", { size: size + net.more() });
"""
YAML = """\
name: web
runtime: yaml
stackConfigDir: ../config
resources:
  a: {type: "example:index:Thing", properties: {size: {fn::readFile: ../data/sizes.json}, own: {fn::readFile: ./x}}}
"""
SHARED = {"data/sizes.json": '{"size": 1}', "data/unread.json": "{}"}


def read(root: Path, files: dict[str, str]) -> dict[str, str]:
    """Write a repository with a project in web/, and return what its program is seen to read elsewhere."""
    for name, text in {**SHARED, "web/Pulumi.prod.yaml": "config: {}\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (found,) = graphs(Options((root / "web",), root))
    return dict(found.read)


def digests(root: Path, *names: str) -> dict[str, str]:
    return {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in names}


def test_a_python_program(tmp_path: Path) -> None:
    files = {
        "web/Pulumi.yaml": "name: web\nruntime: python\n",
        "web/__main__.py": PYTHON,
        "web/local.py": "",
        "lib/net/__init__.py": "from .deep import more\n",
        "lib/net/deep.py": "def more(): return 2\n",
        "lib/net/unread.py": "",
    }
    found = read(tmp_path, files)
    assert found == digests(tmp_path, "data/sizes.json", "lib/net/__init__.py", "lib/net/deep.py")


@pytest.mark.parametrize(("settings", "name"), [(JAVASCRIPT, "js"), (TYPESCRIPT, "ts")])
def test_a_node_program(settings: str, name: str, node_packages: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(node_packages)
    typed = "declare var require: any;\n" if name == "ts" else ""
    files = {
        "web/Pulumi.yaml": settings,
        "web/package.json": '{"name": "web"}',
        f"web/index.{name}": typed + NODE,
        "lib/net.js": 'module.exports = { more: () => require("./deep.json").more };\n',
        "lib/deep.json": '{"more": 2}',
        "lib/unread.js": "",
    }
    found = read(tmp_path, files)
    assert found == digests(tmp_path, "data/sizes.json", "lib/deep.json", "lib/net.js")


def test_a_yaml_program_and_the_settings_of_its_stack(tmp_path: Path) -> None:
    files = {"web/Pulumi.yaml": YAML, "web/x": "own", "config/Pulumi.prod.yaml": "config: {}\n"}
    found = read(tmp_path, files)
    assert found == digests(tmp_path, "config/Pulumi.prod.yaml", "data/sizes.json")


def test_packages_and_other_repositories_are_none_of_it(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    names = ("web/own.py", ".venv/lib/a.py", "node_modules/b.js", "x/site-packages/c.py", "lib/d.py", "../e.py")
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("", encoding="utf-8")
    paths = [root / name for name in (*names, "gone.py")]
    assert outside(paths, root, root / "web") == digests(root, "lib/d.py")
