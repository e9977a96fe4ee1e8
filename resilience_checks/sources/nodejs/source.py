"""A Pulumi TypeScript or JavaScript program as a source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.nodejs import failures, toolchain
from resilience_checks.sources.program import confinement, readable
from resilience_checks.sources.program.child_process import ChildProcess, Launch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.errors import InputError
    from resilience_checks.sources.nodejs.toolchain import Toolchain
    from resilience_checks.sources.project import StackConfig

_PASSED_ON = ("PULUMI_NODEJS_TRANSPILE_ONLY", "PULUMI_NODEJS_TSCONFIG_PATH")
_MAIN = Path(__file__).with_name("child") / "main.js"


class NodeSource(ChildProcess):
    """Evaluates one stack of a Node program offline."""

    def _launch(self, config: StackConfig, address: str) -> Launch:
        tools = toolchain.find(self._project)
        job = {
            "project_directory": str(self._project.directory.resolve()),
            "root": str(self.root.resolve()),
            "directory": str(tools.directory),
            "node": tools.node,
            "node_arguments": tools.node_arguments,
            "run": str(tools.run),
            "arguments": self._arguments(tools, address),
        }
        memory = self._limits.memory
        heap = [f"--max-old-space-size={memory * 3 // 4 >> 20}"] if memory else []
        packages = readable.node(Path(tools.node), tools.modules())
        command = [tools.node, *heap, *tools.node_arguments, str(_MAIN)]
        return Launch(command, job, _environment(tools, config), tools.directory, packages, addresses=False)

    def _arguments(self, tools: Toolchain, address: str) -> list[str]:
        """Return the arguments that the language host gives to the SDK's `cmd/run`."""
        flags = {
            "monitor": address,
            "engine": address,
            "project": self._project.name,
            "stack": self._stack.stack,
            "organization": "organization",
            "root-directory": str(self._project.directory.resolve()),
            "pwd": str(tools.directory),
            "parallel": "16",
        }
        return [*(f"--{name}={value}" for name, value in flags.items()), "--dry-run", tools.entry]

    def _endless(self, private: Path) -> InputError:
        return failures.endless(self._project, private, self.root, self._limits.seconds)

    def _failed(self, end: Mapping[str, Any], private: Path, code: int) -> InputError:
        return failures.failed(end, self._project, self.root, private, code)


def _environment(tools: Toolchain, config: StackConfig) -> dict[str, str]:
    environment = {
        **confinement.passed_on(_PASSED_ON),
        "NO_COLOR": "1",
        "PULUMI_CONFIG": json.dumps(dict(config.values)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(config.secrets)),
    }
    if tools.typescript:
        environment["PULUMI_NODEJS_TYPESCRIPT"] = "true"
    if tools.tsconfig is not None:
        environment["PULUMI_NODEJS_TSCONFIG_PATH"] = tools.tsconfig
    return environment
