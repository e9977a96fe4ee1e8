"""A Pulumi Python program as a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program import interpreters, readable
from resilience_checks.sources.program.child_process import ChildProcess, Launch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.errors import InputError
    from resilience_checks.sources.project import StackConfig

_CHILD = Path(__file__).with_name("child.py")
_ENVIRONMENT = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "GRPC_ENABLE_FORK_SUPPORT": "0",
}


class ProgramSource(ChildProcess):
    """Evaluates one stack of a Python program offline."""

    def _launch(self, config: StackConfig, address: str) -> Launch:
        project = self._project
        if project.runtime != "python":
            from resilience_checks.sources.program import failures

            raise failures.other_language(project)
        program = project.program.resolve()
        job = {
            "project": project.name,
            "stack": self._stack.stack,
            "project_directory": str(project.directory.resolve()),
            "root": str(self.root.resolve()),
            "program": str(program),
            "address": address,
            "config": dict(config.values),
            "secrets": sorted(config.secrets),
        }
        directory = program if program.is_dir() else program.parent
        python = interpreters.find(project)
        packages = readable.environment(Path(python))
        return Launch([python, "-s", str(_CHILD)], job, _ENVIRONMENT, directory, packages)

    def _endless(self, private: Path) -> InputError:
        from resilience_checks.sources.program import failures

        return failures.endless(self._project, private, self.root, self._limits.seconds)

    def _failed(self, end: Mapping[str, Any], private: Path, code: int) -> InputError:
        from resilience_checks.sources.program import failures

        return failures.failed(end, self._project, self.root, private, code)
