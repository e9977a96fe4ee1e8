"""Node programs that cannot be read: what is said, at which line, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import InputError
from tests.sources.nodejs.running import JAVASCRIPT, TYPESCRIPT, graph, write

if TYPE_CHECKING:
    from pathlib import Path

SDK = 'const pulumi = require("@pulumi/pulumi");\n'
THING = f"""{SDK}class Thing extends pulumi.CustomResource {{
    constructor(name) {{ super("acme:net:Thing", name, {{}}); }}
}}
"""
CASES = {
    "thrown": ("index.js", f'{SDK}\nthrow new Error("boom");\n', 3, "Error: boom", "pulumi preview"),
    "syntax": ("index.js", f"{SDK}const a = ;\n", 2, "syntax error: Unexpected token ';'", "correct the line"),
    "module": ("index.js", f'{SDK}require("left-pad-missing");\n', 2, "imports 'left-pad-missing'", "npm install"),
    "config": (
        "index.js",
        f'{SDK}new pulumi.Config().require("size");\n',
        2,
        "the configuration value web:size is required and not set",
        "pulumi config set size VALUE",
    ),
    "exit": ("index.js", f"{SDK}process.exit(3);\n", 2, "ended itself with exit code 3", "run to its end"),
    "connection": (
        "index.js",
        f'{SDK}require("https").get("https://example.org/");\n',
        2,
        "opens a connection to example.org:443",
        "without network",
    ),
    "fetch": (
        "index.js",
        f'{SDK}module.exports = async () => await fetch("http://example.org/");\n',
        2,
        "opens a connection to example.org:80",
        "without network",
    ),
    "names": (
        "index.js",
        f'{SDK}module.exports = async () => await require("dns").promises.lookup("example.org");\n',
        2,
        "looks up the address of example.org",
        "without network",
    ),
    "twice": (
        "index.js",
        f'{THING}new Thing("a");\nnew Thing("a");\n',
        6,
        "two resources have the URN",
        "another name",
    ),
    "types": (
        "index.ts",
        '\nconst size: number = "small";\nexport = size;\n',
        2,
        "does not compile: TS2322",
        "correct the type error",
    ),
    "thrown in TypeScript": (
        "index.ts",
        'interface Site {\n    name: string;\n}\n\nconst site: Site = { name: "a" };\nthrow new Error(site.name);\n',
        6,
        "Error: a",
        "pulumi preview",
    ),
}


@pytest.mark.parametrize(("file", "text", "line", "what", "remedy"), CASES.values(), ids=CASES)
def test_the_line_at_fault_is_named(
    node_packages: Path, tmp_path: Path, file: str, text: str, line: int, what: str, remedy: str
) -> None:
    settings = TYPESCRIPT if file.endswith(".ts") else JAVASCRIPT
    project = write(tmp_path, node_packages, {"Pulumi.yaml": settings, file: text})
    with pytest.raises(InputError) as caught:
        graph(project)
    error = caught.value
    assert what in error.what
    assert remedy in error.remedy
    assert error.location is not None
    assert (error.location.path, error.location.line) == (f"project/{file}", line)


def test_a_program_that_never_ends_is_stopped_at_the_last_line_it_is_known_to_have_reached(
    node_packages: Path, tmp_path: Path
) -> None:
    text = f'{THING}new Thing("a");\nfor (;;) {{}}\n'
    project = write(tmp_path, node_packages, {"Pulumi.yaml": JAVASCRIPT, "index.js": text})
    with pytest.raises(InputError, match="did not end within 8 s") as caught:
        graph(project, seconds=8.0)
    assert str(caught.value.location) == "project/index.js:5"


def test_packages_that_are_not_installed_are_asked_for_by_the_package_manager_of_the_lock_file(tmp_path: Path) -> None:
    project = write(
        tmp_path, None, {"Pulumi.yaml": TYPESCRIPT, "index.ts": "", "pnpm-lock.yaml": "lockfileVersion: 9\n"}
    )
    with pytest.raises(InputError, match="packages are not installed") as caught:
        graph(project)
    assert caught.value.remedy == "install them in project/: pnpm install --frozen-lockfile"


def test_packages_without_a_folder_are_refused(tmp_path: Path) -> None:
    project = write(tmp_path, None, {"Pulumi.yaml": TYPESCRIPT, "index.ts": "", ".pnp.cjs": ""})
    with pytest.raises(InputError, match="Plug'n'Play"):
        graph(project)


def test_an_old_sdk_is_refused(tmp_path: Path) -> None:
    sdk = "node_modules/@pulumi/pulumi"
    old = {f"{sdk}/package.json": '{"version": "2.25.0"}', f"{sdk}/cmd/run/index.js": ""}
    project = write(tmp_path, None, {"Pulumi.yaml": TYPESCRIPT, "index.ts": "", **old})
    with pytest.raises(InputError, match=r"@pulumi/pulumi is 2\.25\.0"):
        graph(project)


def test_bun_is_refused_with_a_way_on(tmp_path: Path) -> None:
    project = write(tmp_path, None, {"Pulumi.yaml": "name: web\nruntime: bun\n", "index.ts": ""})
    with pytest.raises(InputError, match="`runtime: bun` cannot be read") as caught:
        graph(project)
    assert "--preview" in caught.value.remedy


def test_a_main_that_is_not_there_is_named(tmp_path: Path) -> None:
    project = write(tmp_path, None, {"Pulumi.yaml": f"{TYPESCRIPT}main: build/\n"})
    with pytest.raises(InputError, match="`main: build/` does not exist"):
        graph(project)


def test_an_entry_point_that_is_not_there_is_said(node_packages: Path, tmp_path: Path) -> None:
    project = write(tmp_path, node_packages, {"Pulumi.yaml": JAVASCRIPT, "other.js": ""})
    with pytest.raises(InputError, match="entry point was not found"):
        graph(project)
