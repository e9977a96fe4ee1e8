"""Where the values of a YAML text stand, for data that was read without places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yaml import Node


def place(text: str, path: Iterable[str | int]) -> tuple[int, int]:
    r"""Return line and column, from 1 on, of the key or item at the path, or of the nearest that encloses it.

    Of a text that is no YAML, as JSON with halves of characters is none, all stands in its first line.

    >>> place("a:\n  b: [1, 2]\n", ["a", "b", 1]), place("a: 1\n", ["c"]), place("", [])
    ((2, 10), (1, 1), (1, 1))
    """
    import yaml

    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        return 1, 1
    mark = node.start_mark if node is not None else None
    for step in path:
        node, mark = _step(node, step, mark)
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _step(node: Node | None, step: str | int, mark: Any) -> tuple[Node | None, Any]:
    """Return what stands under a key or index, and where: the key's place, or the item's."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark
    return None, mark
