"""Builds the real Pulumi CLI into a cache outside of the clone.

`pulumi_cli.py build` makes it there, `pulumi_cli.py path` prints where it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools.golang import cache, go

VERSION = "3.259.0"
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_FLAGS = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"


def path() -> Path:
    named = os.environ.get("RESILIENCE_PULUMI")
    return Path(named) if named else cache() / f"pulumi-{VERSION}" / "pulumi"


def build() -> Path:
    """Build the CLI unless it is there.

    `go install` refuses a module with replace directives, so the command is a tool of an empty module.
    """
    target = path()
    if target.exists():
        return target
    print(f"building the Pulumi CLI {VERSION} into {target.parent} (four minutes, once)", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
    tool = go()
    with tempfile.TemporaryDirectory(dir=target.parent) as module:
        done = Path(module) / "pulumi"
        for arguments in (
            ["mod", "init", "resilience-checks-tools"],
            ["get", "-tool", f"{COMMAND}@v{VERSION}"],
            ["build", "-ldflags", _FLAGS, "-o", str(done), COMMAND],
        ):
            subprocess.run([tool, *arguments], check=True, env=environment, cwd=module)
        done.replace(target)  # an interrupted build leaves nothing that looks whole
    return target


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build"]:
            build()
        case ["path"]:
            print(path())
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
