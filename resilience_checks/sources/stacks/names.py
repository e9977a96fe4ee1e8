"""Which stack a StackReference means."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHOLE = 3
"""Parts of a fully qualified name: organisation, project, stack."""


class Named(Protocol):
    """Anything that stands for one stack."""

    @property
    def name(self) -> str:
        """`project/stack`."""

    @property
    def stack(self) -> str:
        """The stack's own name."""


_Stack = TypeVar("_Stack", bound=Named)


def meant(name: str, asker: Named, stacks: Sequence[_Stack]) -> tuple[_Stack, ...]:
    """Return the stacks that `name` can mean where `asker` says it: one, none, or several that cannot be told apart.

    As the engine reads it: `organisation/project/stack`, `organisation/stack` and `stack` of the asker's own
    project. No organisation is known offline, so every one is taken for the right one; two parts are also read as
    `project/stack` where there is such a stack, and one part as a stack of any project where the asker's has none.
    """
    return Directory(stacks).meant(name, asker)


class Directory(Generic[_Stack]):
    """Stacks, found by what names them."""

    def __init__(self, stacks: Sequence[_Stack]) -> None:
        """Take up the stacks."""
        self._by_name, self._by_stack = defaultdict[str, list[_Stack]](list), defaultdict[str, list[_Stack]](list)
        for stack in stacks:
            self._by_name[stack.name].append(stack)
            self._by_stack[stack.stack].append(stack)

    def meant(self, name: str, asker: Named, but: Named | None = None) -> tuple[_Stack, ...]:
        """Return the stacks that `name` can mean where `asker` says it; `but` is none of them."""
        parts = name.split("/")
        project = asker.name.rpartition("/")[0]
        wanted = [f"{parts[-2]}/{parts[-1]}"] if len(parts) > 1 else []
        if len(parts) < _WHOLE:
            wanted.append(f"{project}/{parts[-1]}")
        for candidate in wanted:
            if found := _without(but, self._by_name.get(candidate, ())):
                return found
        return _without(but, self._by_stack.get(name, ())) if len(parts) == 1 else ()


def _without(but: Named | None, found: Sequence[_Stack]) -> tuple[_Stack, ...]:
    return tuple(stack for stack in found if stack is not but)
