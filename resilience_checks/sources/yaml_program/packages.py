"""The packages that a project names, and which of them are components of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOSTS = ("github.com/", "gitlab.com/", "https://", "http://", "git@")


def local(packages: object) -> frozenset[str]:
    """Return the packages that come from a directory or a repository: their types are components named `pkg:index:Name`.

    >>> sorted(local({"web": "./web", "aws": "7.1.0", "tf": {"source": "terraform-provider"}}))
    ['web']
    """
    if not isinstance(packages, dict):
        return frozenset()
    named: Mapping[str, Any] = packages
    return frozenset(str(name) for name, declared in named.items() if _is_local(_source(declared)))


def _source(declared: object) -> str:
    if isinstance(declared, dict):
        return str(declared.get("source", ""))
    return str(declared)


def _is_local(source: str) -> bool:
    return source.startswith((".", "/", *_HOSTS))
