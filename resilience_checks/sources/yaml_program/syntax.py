"""A YAML text as nodes with line and column, scalars read as Pulumi's language host reads them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from resilience_checks.model.errors import InputError
from resilience_checks.model.files import LARGEST_PROGRAM, remedy, text
from resilience_checks.model.location import Location
from resilience_checks.model.yaml_text import YamlError, hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Scalar: TypeAlias = "None | bool | float | str"

_PLAIN = "plain"
_WHY = "a program that cannot be read has no graph, so nothing of this stack was checked"
_INTEGER = re.compile(r"[-+]?(?:0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Leaves plain scalars unresolved: YAML 1.1 would take `no` and `1:30` for other things than text."""

    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(r"", re.DOTALL))]}  # noqa: RUF012 as the base class has it


class Document:
    """One YAML file of a program: its root, and errors at its positions."""

    def __init__(self, path: Path, shown: str) -> None:
        """Read the file; raise InputError where it is no YAML mapping."""
        self.shown = shown
        try:
            self.text = text(path, LARGEST_PROGRAM)
            hold(self.text)
        except UnicodeDecodeError as error:
            raise self.error((1, 1), "the file is not UTF-8 text", "save it as UTF-8") from error
        except OSError as error:
            raise self.error(
                (1, 1), f"it cannot be read: {error.strerror}", remedy(error, "make it a readable file")
            ) from error
        except YamlError as error:
            raise self.error(
                (error.line, error.column), f"the program is {error.what}", "split it into several"
            ) from error
        self.root = self._compose()

    def error(self, at: tuple[int, int], what: str, remedy: str) -> InputError:
        """Return an error at a line and column of this file."""
        return InputError(what, location=Location(self.shown, *at), why=_WHY, remedy=remedy)

    def entries(self, node: Node, what: str) -> Iterator[tuple[ScalarNode, Node]]:
        """Return keys and values of a mapping; raise InputError when it is none, or a key stands twice."""
        if not isinstance(node, MappingNode):
            raise self.error(place(node), f"{what} must be an object", "write it as `name: value` lines")
        seen: dict[str, ScalarNode] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise self.error(place(key), "a key must be text", "give the entry a plain name")
            if key.value in seen:
                line = place(seen[key.value])[0]
                raise self.error(
                    place(key), f"the key `{key.value}` stands twice, first in line {line}", "keep one of the two"
                )
            seen[key.value] = key
            yield key, value

    def _compose(self) -> MappingNode:
        try:
            loader = _Loader(self.text)
            try:
                root = loader.get_single_node()
            finally:
                loader.dispose()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise self.error(at, f"not valid YAML: {error.problem or error.context}", "correct it there") from error
        except yaml.YAMLError as error:
            raise self.error((1, 1), f"not valid YAML: {error}", "correct the file") from error
        except RecursionError as error:
            raise self.error((1, 1), "the YAML is nested too deeply", "write it flatter") from error
        if not isinstance(root, MappingNode):
            raise self.error((1, 1), "the program is not a mapping", "start it with `resources:`")
        self._refuse_aliases()
        return root

    def _refuse_aliases(self) -> None:
        if "*" not in self.text or "&" not in self.text:
            return
        for event in yaml.parse(self.text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent) and event.start_mark is not None:
                at = (event.start_mark.line + 1, event.start_mark.column + 1)
                raise self.error(
                    at, f"the alias `*{event.anchor}` cannot be used in a program", "use a variable, `${name}`"
                )


def place(node: Node) -> tuple[int, int]:
    """Return line and column of a node, counted from 1."""
    return node.start_mark.line + 1, node.start_mark.column + 1


def scalar(node: ScalarNode) -> Scalar:
    """Return the value of a scalar: null, a boolean, a number (always floating, as in the language host) or text.

    >>> [scalar(ScalarNode("plain", text)) for text in ("no", "010", "1e3", "~", "True", "2024-01-01")]
    ['no', 8.0, 1000.0, None, True, '2024-01-01']
    """
    text = str(node.value)
    if node.tag != _PLAIN:
        return text if node.tag == "tag:yaml.org,2002:str" or not node.tag.startswith("tag:yaml.org") else _read(text)
    return _read(text)


def items(node: Node) -> list[Node] | None:
    """Return the elements of a sequence, None for anything else."""
    return list(node.value) if isinstance(node, SequenceNode) else None


def _read(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    plain = text.replace("_", "")
    try:
        number = _number(plain)
    except (ValueError, OverflowError):  # more digits than Python reads, or than a double has
        return text
    return text if number is None or not math.isfinite(number) else number


def _number(plain: str) -> float | None:
    if _INTEGER.fullmatch(plain):
        sign = -1.0 if plain[0] == "-" else 1.0
        digits = plain.lstrip("+-")
        octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
        return sign * float(int(digits, 8) if octal else int(digits, 0))
    return float(plain) if _FLOAT.fullmatch(plain) else None
