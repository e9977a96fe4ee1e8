"""The parts of the document that are made only where a policy reads them: `reads` in its METADATA."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter, Section


def names() -> frozenset[str]:
    """Return all sections: each is a module here with a function `section`, and a name in `input`."""
    return frozenset(module.name for module in iter_modules(__path__))


def section(name: str, matter: Matter) -> Section:
    """Return one part of the document."""
    found: Section = import_module(f"{__name__}.{name}").section(matter)
    return found
