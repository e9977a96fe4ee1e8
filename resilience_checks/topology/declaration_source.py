"""Reads YAML 1.2 into plain data and remembers where every key and value stands."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from resilience_checks.model.files import LARGEST
from resilience_checks.model.location import Location
from resilience_checks.model.yaml_text import MOST_WITH_PLACES, UNREADABLE, YamlError, hold, with_places
from resilience_checks.topology.declaration_problems import Path, Problems, path_text, printable

if TYPE_CHECKING:
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import Node

Data: TypeAlias = "bool | int | float | str | list[Data] | dict[str, Data] | None"

_TAG = "tag:yaml.org,2002:"
_SCALARS = frozenset({"null", "bool", "int", "float", "str", "timestamp"})
_LONGEST = 200
_MOST_VALUES = 200_000
"""Aliases repeat what they stand for; without a bound a page of them fills the memory."""


@dataclass(slots=True)
class Source:
    """The data of one file, and the places in it.

    `keys` has the place of each key, `values` of each value, both by path from the top of the file.
    `unread` are the paths whose values could not be taken over: they are None here and a problem already.
    `defaults` are the paths of values that give way to any other, `held` of those that give way to stricter ones alone.
    """

    path: str
    data: Data = None
    keys: dict[Path, Location] = field(default_factory=dict)
    values: dict[Path, Location] = field(default_factory=dict)
    unread: set[Path] = field(default_factory=set)
    defaults: set[Path] = field(default_factory=set)
    held: set[Path] = field(default_factory=set)

    def key(self, path: Path) -> Location:
        """Return where the key of a value stands, or the value itself where it has none (list items, the file)."""
        return self.keys.get(path) or self.value(path)

    def value(self, path: Path) -> Location:
        """Return where a value stands; where there is none, the nearest that encloses it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path) or Location(self.path, 1, 1)


def read(content: bytes, path: str, problems: Problems) -> Source:
    """Return the data of a file, `path` relative to the repository root; what is not YAML 1.2 goes to `problems`."""
    source = Source(path)
    top = Location(path, 1, 1)
    if len(content) > LARGEST:
        problems.add(top, f"the file has {len(content)} bytes, expected at most {LARGEST}")
        return source
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.add(Location(path, line, 1), f"found the byte 0x{content[error.start]:02x}, expected UTF-8 text")
        return source
    _compose(text, source, problems)
    return source


def _compose(text: str, source: Source, problems: Problems) -> None:
    from ruamel.yaml.error import YAMLError

    top = Location(source.path, 1, 1)
    try:
        hold(text, MOST_WITH_PLACES)
        node = with_places("safe").compose(text)
        if node is None:
            problems.add(top, "the file is empty, expected at least `version: 1`")
            return
        source.data = _Reading(source, problems).value(node, ())
    except YAMLError as error:
        problems.add(*_syntax(error, source.path, text))
    except _TooMuchError:
        source.values.clear()
        problems.add(top, f"the file stands for more than {_MOST_VALUES} values, most of them through aliases")
    except YamlError as error:
        problems.add(Location(source.path, error.line, error.column), f"the file is {error.what}")
    except UNREADABLE:
        problems.add(top, "the file is no YAML that can be read")


def _syntax(error: YAMLError, path: str, text: str) -> tuple[Location, str]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        problem, context = str(getattr(error, "problem", None) or ""), str(getattr(error, "context", None) or "")
        said = f"{context}, {problem}" if problem.startswith("but ") else problem or context
        return Location(path, mark.line + 1, mark.column + 1), f"not valid YAML: {printable(said, _LONGEST)}"
    position = getattr(error, "position", None)
    if isinstance(position, int):
        before = text[:position]
        column = position - (before.rfind("\n") + 1) + 1
        return Location(path, before.count("\n") + 1, column), "not valid YAML: a control character stands here"
    return Location(path, 1, 1), f"not valid YAML: {printable(str(error).splitlines()[0])}"


class _TooMuchError(Exception):
    """Aliases stand for more values than a file may have."""


class _Reading:
    """Turns composed nodes into data, and keeps their places."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source, self.problems = source, problems
        self.open: set[int] = set()
        self.count = 0

    def value(self, node: Node, path: Path) -> Data:
        from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

        empty = node.start_mark.index == node.end_mark.index
        self.source.values[path] = self.source.keys.get(path, self._at(node)) if empty else self._at(node)
        self.count += 1
        if self.count > _MOST_VALUES:
            raise _TooMuchError
        if id(node) in self.open:
            self._refuse(node, path, "found an alias of what encloses it, expected plain data")
            return None
        self.open.add(id(node))
        data: Data = None
        if isinstance(node, MappingNode) and _name(node) == "map":
            data = self._mapping(node, path)
        elif isinstance(node, SequenceNode) and _name(node) == "seq":
            data = [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        elif isinstance(node, ScalarNode) and _name(node) in _SCALARS:
            data = _scalar(_name(node), str(node.value))
        else:
            self._refuse(node, path, f"found the tag {printable(_name(node))}, expected plain YAML without tags")
        self.open.discard(id(node))
        return data

    def _refuse(self, node: Node, path: Path, said: str) -> None:
        self.source.unread.add(path)
        self.problems.add(self._at(node), f"{_in(path)}{said}")

    def _mapping(self, node: Node, path: Path) -> dict[str, Data]:
        from ruamel.yaml.nodes import ScalarNode

        data: dict[str, Data] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.problems.add(self._at(key_node), f"{_in(path)}found a list or mapping as a key, expected a text")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in data:
                first = self.source.keys[here]
                said = f'{_in(path)}the key "{printable(key)}" is given twice, first at line {first.line}'
                self.problems.add(self._at(key_node), said)
                continue
            self.source.keys[here] = self._at(key_node)
            data[key] = self.value(value_node, here)
        return data

    def _at(self, node: Node) -> Location:
        return Location(self.source.path, node.start_mark.line + 1, node.start_mark.column + 1)


def _scalar(kind: str, text: str) -> Data:
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() in {"true", "yes", "on"}
        case "int":
            return _integer(text)
        case "float":
            return _decimal(text)
    return text


def _name(node: Node) -> str:
    return str(node.tag).removeprefix(_TAG)


def _in(path: Path) -> str:
    return f"{path_text(path)}: " if path else ""


def _integer(text: str) -> int | str:
    digits = text.replace("_", "")
    if len(digits) > _LONGEST:
        return text
    try:
        return int(digits, 0 if digits.lstrip("+-")[:2].lower() in {"0x", "0o", "0b"} else 10)
    except ValueError:
        return text


def _decimal(text: str) -> float | str:
    """Return a number; infinities and what is not a number stay texts, for no declaration takes them."""
    try:
        number = float(text.replace("_", ""))
    except ValueError:
        return text
    return number if math.isfinite(number) else text
