"""What a check shows of itself while it runs, so that it can be stated afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from resilience_checks import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.options import Options
    from resilience_checks.report.interface import Report

POLICIES, CATALOGUE = "policies", "catalogue"
"""The subjects, and the inputs of a report, that stand for all policies, and for the catalogue that comes with the tool."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that was checked, or checked with: its name in the report, its SHA-256, and what else tells of it."""

    name: str
    sha256: str
    annotations: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Witness:
    """Takes note of the graphs, the policies and the catalogue of a check."""

    graphs: tuple[ResourceGraph, ...] = ()
    policies: Mapping[str, Any] = field(default_factory=dict)
    catalogue: Mapping[str, Any] = field(default_factory=dict)

    def see(self, graphs: Iterable[ResourceGraph], policies: Mapping[Path, str], catalogue: Mapping[Path, str]) -> None:
        """Take note of what was read: graphs, and the user's own policies and catalogue files by what they are called."""
        from resilience_checks.catalogue import bundled
        from resilience_checks.policy import held, pack

        self.graphs = tuple(graphs)
        self.policies = {
            "kind": POLICIES,
            "version": __version__,
            "bundled": held.files(pack.bundled()),
            "folders": {name: held.files(path) for path, name in policies.items()},
        }
        folders = [name for path, name in catalogue.items() if path.is_dir()]
        self.catalogue = {"kind": CATALOGUE, "version": __version__, "files": bundled.files(), "folders": folders}

    def subjects(self, report: Report, options: Options) -> tuple[Subject, ...]:
        """Return all that the report says it was made from, in its order; each has the name that it has there."""
        by_name = {graph.name: graph for graph in self.graphs}
        return tuple(
            Subject(name, digest, self._annotations(name, by_name.get(name), options))
            for name, digest in sorted(report.inputs.items())
        )

    def _annotations(self, name: str, graph: ResourceGraph | None, options: Options) -> dict[str, Any]:
        if graph is not None:
            return stack(graph, options)
        if name == POLICIES:
            return dict(self.policies)
        if name == CATALOGUE:
            return dict(self.catalogue)
        return {"kind": "file"}


def stack(graph: ResourceGraph, options: Options) -> dict[str, Any]:
    """Return what tells of a stack beside its digest: its files or file, and its resources as fingerprints."""
    from resilience_checks.sources.fingerprint import fingerprint
    from resilience_checks.sources.program.digest import files

    told: dict[str, Any] = {"kind": "stack", "source": graph.source}
    if graph.source == "program":
        folder = PurePosixPath(graph.project_file.path).parent
        place, root = options.root / folder, options.root.resolve()
        apart = sorted(path for path in options.written if path.is_relative_to(place.resolve()))
        told |= {
            "folder": folder.as_posix(),
            "apart": [path.relative_to(root).as_posix() for path in apart if path.is_relative_to(root)],
            "files": files(place, options.written),
        }
    else:
        told["file"] = _file_of(graph, options)
    told["default_providers"] = {
        package: {key: _sha256(value.encode()) for key, value in sorted(given.items())}
        for package, given in sorted(graph.default_providers.items())
    }
    told["may_make_more"] = bool(graph.skipped) or not graph.capabilities.complete or bool(graph.hidden)
    told["resources"] = {resource.urn: _told(fingerprint(resource)) for resource in graph.resources}
    return told


def _told(found: Any) -> dict[str, Any]:
    """Return a fingerprint as JSON values, without what is empty."""
    lists = {key: list(getattr(found, key)) for key in ("unknown", "secret", "kept") if getattr(found, key)}
    return {
        **({} if found.custom else {"component": True}),
        "identity": dict(found.identity),
        "inputs": dict(found.inputs),
        **lists,
    }


def _file_of(graph: ResourceGraph, options: Options) -> str:
    """Return the path from the root of the preview or state that the graph was read from, "" where there is none."""
    from resilience_checks.sources.project import relative

    for path in (*options.previews, *options.states):
        if path.is_file() and _sha256(path.read_bytes()) == graph.digest:
            return relative(path, options.root)
    return ""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
