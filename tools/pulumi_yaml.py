"""Builds Pulumi's own host of YAML programs into a cache outside of the clone.

`pulumi_yaml.py build` makes it there, `pulumi_yaml.py path` prints where it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools.golang import cache, go

VERSION = "1.25.0"
COMMAND = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"


def path() -> Path:
    named = os.environ.get("RESILIENCE_PULUMI_YAML")
    return Path(named) if named else cache() / f"pulumi-yaml-{VERSION}" / "pulumi-language-yaml"


def build() -> Path:
    """Build the host unless it is there."""
    target = path()
    if target.exists():
        return target
    print(f"building Pulumi's host of YAML programs {VERSION} into {target.parent} (minutes, once)", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
    tool = go()
    with tempfile.TemporaryDirectory(dir=target.parent) as module:
        done = Path(module) / target.name
        for arguments in (
            ["mod", "init", "resilience-checks-tools"],
            ["get", "-tool", f"{COMMAND}@v{VERSION}"],
            ["build", "-ldflags", "-s -w", "-o", str(done), COMMAND],
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
