"""Reads resilience.yaml: what no program shows, every statement with its line."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from resilience_checks.model import files
from resilience_checks.model.errors import UsageError
from resilience_checks.topology import declaration_references, declaration_schema
from resilience_checks.topology.declaration_objects import build, settings
from resilience_checks.topology.declaration_problems import Problems
from resilience_checks.topology.declaration_source import read
from resilience_checks.topology.declared import Declarations

__all__ = ["Declarations", "load", "parsed"]


def load(path: Path, root: Path, *, alone: bool = True) -> Declarations:
    """Return what the file at `path` declares; locations are relative to the repository root `root`.

    Unless it stands `alone`, programs may declare what it refers to: ids that it does not declare itself are then
    held once these were read (`program_declarations.join`).

    Raises UsageError with everything that is wrong in the file, each with its line and column, the first of
    them as the error's location. Nothing is used of a file with a mistake.
    """
    name = _relative(path, root)
    try:
        content = files.content(path)
    except OSError as error:
        what = f"{name} cannot be read: {error.strerror}"
        raise UsageError(what, remedy=files.remedy(error, "Give the path of a readable resilience.yaml.")) from error
    return parsed(content, name, alone=alone)


def parsed(content: bytes, name: str, *, alone: bool = True) -> Declarations:
    """Return what a file of this content declares; `name` is its path relative to the repository root."""
    problems = Problems()
    source = read(content, name, problems)
    dangling = Problems()
    if source.values:
        declaration_schema.hold(source, problems)
        declaration_references.hold(source, problems if alone or problems.found else dangling)
    if problems.found:
        raise problems.error()
    digest = hashlib.sha256(content).hexdigest()
    return settings(source, digest) if dangling.found else build(source, digest)


def _relative(path: Path, root: Path) -> str:
    name = Path(os.path.relpath(path, root)).as_posix()
    return path.as_posix() if name.startswith("../") else name
