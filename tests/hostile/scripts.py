"""Programs in TypeScript, and what is told to their compiler and to Node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.hostile.attack import STOLEN, Attack, Attempt

if TYPE_CHECKING:
    from pathlib import Path

_END = "the end is told by the process of the check's own, and by the SDK when the main function has ended"
_WORDLESS = "ended without a word"
_FILES = "the child sees the repository, the interpreter and its packages, and can write in a folder of the run alone"
_CREDENTIALS = "../home/.aws/credentials"


def _made(*names: str) -> object:
    def proof(found: Attempt) -> None:
        [graph] = found.graphs
        assert {one.name for one in graph.resources if one.type.startswith("azure")} == set(names)

    return proof


def _tells_no_secret(found: Attempt) -> None:
    assert STOLEN not in found.said + repr(found.graphs)


def _elsewhere(root: Path) -> None:
    (root.parent / "elsewhere").mkdir()
    (root.parent / "elsewhere" / "index.js").write_text(
        'const pulumi = require("../repository/node_modules/@pulumi/pulumi");\n'
        'new pulumi.CustomResource("azure-native:web:AppServicePlan", "another", {location: "uksouth"});\n',
        encoding="utf-8",
    )


def script(name: str, tries: str, held_by: str, program: str, says: str = "", **more: object) -> Attack:
    """Return a program in TypeScript."""
    return Attack(name, tries, held_by, program, says, language="typescript", **more)  # type: ignore[arg-type]


ATTACKS = (
    script(
        "typescript-amended-sdk",
        "amends its SDK when its module is loaded, so that what would be found is never registered",
        "nothing: what a program does not register is not seen; `verify --state` shows what was deployed instead",
        """\
const sent = require("@pulumi/pulumi/runtime/resource");
const register = sent.registerResource;
sent.registerResource = (res: any, parent: any, t: string, name: string, ...rest: any[]) =>
    name === "hidden" ? undefined : register(res, parent, t, name, ...rest);
new Thing("hidden");
""",
        exit_code=0,
        prevented=False,
        proof=_made("one"),
    ),
    script(
        "typescript-amended-output",
        "amends `Output` so that leaving with code 0 comes before whatever the rest is made of",
        _END,
        """\
(pulumi.Output.prototype as any).apply = () => process.exit(0);
process.on("exit", () => { process.exitCode = 0; });
new Thing("hidden", undefined, { zoneRedundant: pulumi.output(false).apply((one) => one) });
""",
        "exit code 0",
    ),
    script(
        "typescript-early-end",
        "leaves with `process.exit(0)` in a `try`, and makes the rest in a `finally` that is never reached",
        _END,
        """\
try {
    process.exit(0);
} catch {
    // nobody is told
} finally {
    new Thing("hidden");
}
""",
        "exit code 0",
    ),
    script(
        "main-elsewhere",
        "has `main` of package.json lead to a program outside of the repository",
        _FILES,
        "",
        exit_code=0,
        by_system=True,
        proof=_made("one"),
        files={"package.json": '{"name": "web", "main": "../elsewhere/index.js"}'},
        place=_elsewhere,
    ),
    script(
        "tsconfig-elsewhere",
        "has tsconfig.json extend a credentials file, so that the compiler would show what is wrong with it",
        _FILES,
        "",
        "does not compile",
        proof=_tells_no_secret,
        files={"tsconfig.json": json.dumps({"extends": _CREDENTIALS, "typeRoots": [".."], "compilerOptions": {}})},
    ),
    script(
        "compiler-amended",
        "puts code before the loader of modules, which makes another program of its source than stands there",
        "nothing: it is the program's own code; `verify --state` shows what was deployed instead",
        """\
const load = require.extensions[".ts"]!;
require.extensions[".ts"] = (module: any, file: string) => {
    const compile = module._compile;
    module._compile = (text: string, name: string) => compile.call(module, text.replace("false", "true"), name);
    load(module, file);
};
require("./more");
""",
        exit_code=0,
        prevented=False,
        proof=_made("one", "two"),
        files={
            "more.ts": 'import * as pulumi from "@pulumi/pulumi";\n'
            'new pulumi.CustomResource("azure-native:web:AppServicePlan", "two", '
            '{ location: "uksouth", zoneRedundant: false });\n'
        },
    ),
    script(
        "node-arguments",
        "has `nodeargs` of Pulumi.yaml let Node look at the syntax alone, which ends with code 0",
        _END,
        "",
        _WORDLESS,
        files={"Pulumi.yaml": 'name: web\nruntime: {name: nodejs, options: {nodeargs: "--check"}}\n'},
    ),
    script(
        "node-preload",
        "has `nodeargs` load code before the check's own part, which writes that all ended well",
        _END,
        "",
        _WORDLESS,
        files={
            "Pulumi.yaml": 'name: web\nruntime: {name: nodejs, options: {nodeargs: "--require ./early.js"}}\n',
            "early.js": """\
const fs = require("fs");
fs.writeFileSync(`${process.env.HOME}/end.json`, '{"ok": true, "isolated": true, "read": []}');
fs.writeFileSync(`${process.env.HOME}/notes.jsonl`, "");
process.reallyExit(0);
""",
        },
    ),
)
