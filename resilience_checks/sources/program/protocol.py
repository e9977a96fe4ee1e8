"""The protocol's messages and services, without the rest of the SDK: that is the program's, and a check has no use for it."""

from __future__ import annotations

import importlib.util
import sys
import threading
from contextlib import suppress
from types import ModuleType

_LOCK = threading.Lock()
_ABOVE = ("pulumi", "pulumi.runtime")


def load() -> None:
    """Import `pulumi.runtime.proto` as if the packages above it were empty, unless the SDK is imported already.

    They would import the whole SDK, which takes twice as long as all that a check itself imports.
    """
    with _LOCK:
        if any(name in sys.modules for name in (*_ABOVE, "pulumi.runtime.proto")):
            return
        found = importlib.util.find_spec("pulumi")
        if found is None or found.submodule_search_locations is None:
            return
        for name in _ABOVE:
            package = ModuleType(name)
            inner = name.partition(".")[2]
            package.__path__ = [f"{path}/{inner}".rstrip("/") for path in found.submodule_search_locations]
            sys.modules[name] = package
        try:
            import pulumi.runtime.proto.resource_pb2_grpc  # noqa: F401
        finally:
            for name in _ABOVE:
                del sys.modules[name]


def limit_nesting() -> None:
    """Have messages of more than a hundred levels refused, which the SDK, where this process has it, would let through.

    They are decoded by recursion, and programs may send what they like.
    """
    with suppress(ImportError):
        from google._upb._message import SetAllowOversizeProtos  # type: ignore[import-untyped,import-not-found,unused-ignore]

        SetAllowOversizeProtos(False)  # noqa: FBT003 it takes no keyword
