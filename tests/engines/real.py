"""Previews of programs by the real Pulumi CLI, offline: a file backend, an echo provider, our language host."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.engines import echo_provider, language_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PASSPHRASE = "resilience"
"""Of sample programs' configuration, which hides nothing."""
_SECONDS = 120.0
"""Until a preview is held to hang."""
_PROVIDER = Path(__file__).with_name("echo_provider.py")
_NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "venv", "node_modules", "__pycache__")


class PreviewFailedError(Exception):
    """A preview that the engine or the program ended with an error; holds what was printed."""


class Engine:
    """One CLI with a home and a backend of its own; close it after use.

    With `attach` providers are served from this process; else each is a process that the engine starts, as in reality.
    """

    def __init__(self, cli: Path, home: Path, *, attach: bool = True) -> None:
        self._cli, self._home, self._attach = cli, home, attach
        self._bin, self._backend = home / "bin", home / "backend"
        for folder in (self._bin, self._backend, home / "pulumi-home", home / "programs"):
            folder.mkdir(parents=True)
        program_environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._host, self._port = language_host.serve(sys.executable, program_environment)
        self._programs = 0
        self.seconds = 0.0
        """What the last command took."""

    def close(self) -> None:
        """Stop serving programs."""
        self._host.stop(None)

    def add_provider(self, package: str) -> None:
        """Put an echo provider for a package on the engine's PATH, unless there is one."""
        executable = self._bin / f"pulumi-resource-{package}"
        if not executable.exists():
            executable.write_text(
                f'#!/bin/sh\nexec "{sys.executable}" -s "{_PROVIDER}" {package} "$@"\n', encoding="utf-8"
            )
            executable.chmod(0o755)

    def preview(
        self,
        program: Path,
        stack: str,
        *,
        packages: Sequence[str],
        lookups: Path | None = None,
        stack_outputs: Path | None = None,
        extra: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Return what `pulumi preview --json --show-sames` prints for a copy of the program.

        `packages` are those whose provider the engine may start; `extra` are further arguments of the CLI.
        """
        done = self.run(
            program,
            stack,
            ["preview", "--json", "--show-sames", *extra],
            packages=packages,
            lookups=lookups,
            stack_outputs=stack_outputs,
        )
        try:
            said: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise PreviewFailedError(done.stdout + done.stderr) from None
        if done.returncode:
            messages = "".join(item["message"] for item in said.get("diagnostics", ()))
            raise PreviewFailedError(messages or done.stderr)
        return said

    def run(
        self,
        program: Path,
        stack: str,
        command: Sequence[str],
        *,
        packages: Sequence[str],
        lookups: Path | None = None,
        stack_outputs: Path | None = None,
        deployed: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the CLI on a copy of the program, whose stack exists and is empty, unless it is `deployed`."""
        for package in () if self._attach else packages:
            self.add_provider(package)
        copy = self._copy(program)
        project = yaml.safe_load((copy / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
        if not deployed:
            self._write_stack(project, stack, None)
        for name, outputs in json.loads(stack_outputs.read_text(encoding="utf-8")).items() if stack_outputs else ():
            *_, other_project, other = ["organization", project, *name.split("/")][-3:]
            self._write_stack(other_project, other, outputs)
        environment = self._environment()
        self._encrypt(copy, stack, environment)
        if lookups is not None:
            environment["RESILIENCE_ECHO_LOOKUPS"] = str(lookups.resolve())
        if deployed:
            environment["RESILIENCE_ECHO_DIFFERENCES"] = "1"
        with ExitStack() as serving:
            if self._attach:
                provider, port = echo_provider.serve("echo", lookups, differences=deployed)
                serving.callback(provider.stop, None)
                environment["PULUMI_DEBUG_PROVIDERS"] = ",".join(f"{package}:{port}" for package in packages)
            begun = time.perf_counter()
            done = subprocess.run(
                [str(self._cli), *command, "--stack", stack, "--non-interactive", f"--client=127.0.0.1:{self._port}"],
                cwd=copy,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
                timeout=_SECONDS,
            )
            self.seconds = time.perf_counter() - begun
            return done

    def preview_of_change(
        self, before: Path, after: Path, stack: str, *, packages: Sequence[str], extra: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Deploy one version of a program, and return what the preview of another says is done to it."""
        done = self.run(before, stack, ["up", "--yes", "--skip-preview"], packages=packages)
        if done.returncode:
            raise PreviewFailedError(done.stdout + done.stderr)
        command = ["preview", "--json", "--show-sames", *extra]
        done = self.run(after, stack, command, packages=packages, deployed=True)
        if done.returncode:
            raise PreviewFailedError(done.stdout + done.stderr)
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self._home),
            "PULUMI_HOME": str(self._home / "pulumi-home"),
            "PULUMI_BACKEND_URL": self._backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DIY_BACKEND_NO_LEGACY_WARNING": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _copy(self, program: Path) -> Path:
        """Return a copy: the CLI writes a salt into the stack's configuration."""
        self._programs += 1
        copy = self._home / "programs" / str(self._programs) / program.name
        shutil.copytree(program, copy, ignore=_NOT_COPIED)
        return copy

    def _encrypt(self, copy: Path, stack: str, environment: Mapping[str, str]) -> None:
        """Replace secrets that were never encrypted, such as placeholders, by ones that this CLI can decrypt."""
        file = copy / f"Pulumi.{stack}.yaml"
        settings = (yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else None) or {}
        config = settings.get("config") or {}
        secrets = [key for key, value in config.items() if isinstance(value, dict) and set(value) == {"secure"}]
        if not secrets or "encryptionsalt" in settings:
            return
        settings["config"] = {key: value for key, value in config.items() if key not in secrets}
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        pairs = [part for key in secrets for part in ("--secret", f"{key}=a secret of {key}")]
        subprocess.run(
            [str(self._cli), "config", "set-all", "--stack", stack, *pairs],
            cwd=copy,
            env=environment,
            check=True,
            capture_output=True,
        )

    def _write_stack(self, project: str, stack: str, outputs: Mapping[str, Any] | None) -> None:
        """Write a stack's checkpoint: empty, or deployed with these outputs."""
        root = {
            "urn": f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}",
            "custom": False,
            "type": "pulumi:pulumi:Stack",
            "outputs": outputs,
        }
        latest = {"manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}, "resources": [root]}
        checkpoint = {
            "stack": f"organization/{project}/{stack}",
            "latest": None if outputs is None else latest,
        }
        file = self._backend / ".pulumi" / "stacks" / project / f"{stack}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        (self._backend / ".pulumi" / "meta.yaml").write_text("version: 1\n", encoding="utf-8")
        file.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}), encoding="utf-8")
