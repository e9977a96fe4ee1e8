"""A Pulumi YAML program as a source."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import InputError
from resilience_checks.model.graph import Capabilities, ResourceGraph
from resilience_checks.sources.hidden import Hidden
from resilience_checks.sources.program.assets import paths
from resilience_checks.sources.program.digest import digest
from resilience_checks.sources.program.engine import Engine
from resilience_checks.sources.program.reach import ALLOWED, Reach
from resilience_checks.sources.program.reads import outside
from resilience_checks.sources.program.standing import of_files
from resilience_checks.sources.project import relative, stack_config, stack_file
from resilience_checks.sources.stack_source import StackSource
from resilience_checks.sources.yaml_program import configuration, order, packages, template
from resilience_checks.sources.yaml_program.evaluation import EndlessError, Evaluator, Scope
from resilience_checks.sources.yaml_program.lookups import Lookups
from resilience_checks.sources.yaml_program.program import Program
from resilience_checks.sources.yaml_program.registration import Registry
from resilience_checks.sources.yaml_program.settled import Lowering, settle
from resilience_checks.sources.yaml_program.syntax import Document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.given import Given
    from resilience_checks.sources.interface import Limits
    from resilience_checks.sources.program.record import Record
    from resilience_checks.sources.project import StackConfig

_ORGANIZATION = "organization"
"""The organisation that a backend without accounts gives a stack."""


class YamlSource(StackSource):
    """Evaluates one stack of a YAML program in this process: a program of that kind is data, and runs nothing."""

    def __init__(self, stack: Stack, root: Path, limits: Limits | None = None, given: Given | None = None) -> None:
        """Remember what to evaluate; nothing is read yet."""
        super().__init__(stack, root, limits, given)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._graph: ResourceGraph | None = None
        self._failure: Exception | None = None
        self._hidden = Hidden()
        self._record: Record | None = None

    def start(self) -> None:
        """Evaluate on a thread of its own: a reference to another stack may wait for that stack."""
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                thread.start()
                self._thread = thread  # only now: whoever finds it may wait for it

    def graph(self) -> ResourceGraph:
        """Wait for the evaluation and return its graph; raise InputError when there is no whole one."""
        if self._thread is None:
            self.start()
        assert self._thread is not None
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        assert self._graph is not None
        return self._graph

    def close(self) -> None:
        """Nothing is left behind."""

    def _run(self) -> None:
        try:
            self._graph = self._hidden.graph(self._evaluated())
        except EndlessError:
            self._failure = self._error(
                f"the evaluation did not end within {self._limits.seconds:g} s",
                "make the program smaller, or allow more with --timeout",
            )
        except RecursionError:
            self._failure = self._error("the program is nested too deeply", "use variables for its parts")
        except Exception as error:  # noqa: BLE001 the thread that asks for the graph raises it
            if self._record is not None:
                self._hidden.recorded(self._record)
            self._failure = self._hidden.error(error)

    def _evaluated(self) -> ResourceGraph:
        project, root = self._stack.project, self.root
        directory = project.program if project.program.is_dir() else project.program.parent
        file = template.program_file(directory)
        if file is None:
            raise self._error(
                f"there is no program in {relative(directory, root)}",
                "write Main.yaml there, or the program into Pulumi.yaml, and correct `main:`",
            )
        self._reach = Reach.of(root, project.directory, directory.resolve(), self._limits.readable)
        why = self._reach.lacks(file)
        if why:
            raise self._error(
                f"the program {file.name} {why}, so it is not read", f"keep it in the repository; {ALLOWED}"
            )
        if project.options.get("compiler"):
            raise self._error(
                "the program comes from a compiler, which is not run",
                "run `pulumi preview --json --show-sames`, and check its output with --preview",
            )
        document = Document(file, relative(file, root))
        read = template.read(document)
        config = stack_config(project, self.stack, root)
        self._hidden = Hidden.of(config)
        engine = Engine(project.name, self.stack, self._given, config.values)
        self._record = engine.record
        lowering = Lowering(engine.answers)
        registry = Registry(engine, lowering, directory, self._reach)
        registry.start(f"{project.name}-{self.stack}")
        local_packages = packages.local(project.packages)
        lookups = Lookups(engine, lowering, document.shown, local_packages=local_packages)
        program = Program(read, registry, lookups, local_packages)
        scope = Scope(
            document,
            project.name,
            directory.resolve(),
            self._reach,
            invoke=lookups.call,
            stack_output=program.stack_output,
            remarks=[*config.notes, *read.remarks],
            read={file.resolve()},
            deadline=time.monotonic() + self._limits.seconds,
            now=lambda: time.monotonic() - self._given.waited(),
        )
        scope.variables[order.PULUMI] = {
            "cwd": str(directory.resolve()),
            "organization": _ORGANIZATION,
            "project": project.name,
            "rootDirectory": str(project.directory.resolve()),
            "stack": self.stack,
        }
        evaluator = Evaluator(scope)
        scope.config.update(configuration.evaluate(evaluator, read, config, project))
        ordered = order.order(read, scope.config, project.name, environment=config.environment)
        outputs = settle(program.run(evaluator, ordered))
        return self._built(program, scope, lowering.values(outputs.tree), outputs.elements, config)

    def _built(
        self,
        program: Program,
        scope: Scope,
        outputs: dict[str, Any],
        behind: Mapping[str, set[str]],
        config: StackConfig,
    ) -> ResourceGraph:
        project = self._stack.project
        remarks = [*scope.remarks, *program.assumptions, *program.lookups.assumptions, *self._reach.notes(self.root)]
        if program.components:
            remarks.append(f"the resources inside remote components are not visible: {', '.join(program.components)}")
        remarks += [
            f"{skipped.location}: `{skipped.name}` is read by an id that only a deployment knows, so a preview leaves it out"
            for skipped in program.skipped
        ]
        files = (*scope.read, stack_file(project, self.stack))
        packed = [path for item in program.registry.engine.record.resources for path in paths(item.inputs)]
        packed = self._reach.held(packed, scope.directory)
        found = of_files(files, project.directory, scope.directory, packed)
        return ResourceGraph(
            project=project.name,
            stack=self.stack,
            project_file=project.location,
            source="program",
            resources=program.registry.resources(project.location),
            lookups=tuple(program.lookups.found.values()),
            skipped=tuple(program.skipped),
            outputs=outputs,
            output_dependencies={path: tuple(sorted(targets)) for path, targets in sorted(behind.items())},
            default_providers=config.default_providers(),
            capabilities=Capabilities(
                lookups=True,
                element_dependencies=True,
                secret_equality=True,
                lines=True,
                complete=True,
            ),
            notes=tuple(dict.fromkeys(remarks)),
            digest=digest(project.directory, self._limits.apart),
            read=outside(files, self.root, project.directory),
            marks=found.marks,
            unseen=found.unseen,
        )

    def _error(self, what: str, remedy: str) -> InputError:
        return InputError(
            what,
            location=self._stack.project.location,
            why="a program that is not evaluated to its end has no graph, so nothing of this stack was checked",
            remedy=remedy,
        )
