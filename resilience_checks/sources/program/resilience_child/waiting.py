"""How the SDK waits for a program's outputs."""

from __future__ import annotations

import asyncio


class _Together:
    """`asyncio` for one module: where that asks for the first of many to be done, it waits for all, or for a fault."""

    FIRST_COMPLETED = asyncio.FIRST_EXCEPTION

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)


def wait_together() -> None:
    """Let the SDK wait for its outputs together: whenever one is done it looks at each again, thousands of times."""
    from pulumi.runtime import stack

    stack.asyncio = _Together()
