"""Which stack a StackReference means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

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
    parts = name.split("/")
    project = asker.name.rpartition("/")[0]
    wanted = [f"{parts[-2]}/{parts[-1]}"] if len(parts) > 1 else []
    if len(parts) < _WHOLE:
        wanted.append(f"{project}/{parts[-1]}")
    for candidate in wanted:
        found = tuple(stack for stack in stacks if stack.name == candidate)
        if found:
            return found
    if len(parts) == 1:
        return tuple(stack for stack in stacks if stack.stack == name)
    return ()
