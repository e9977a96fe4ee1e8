"""YAML that somebody else wrote, read as plain data or refused with its place.

Parsers of YAML raise whatever meets them in a text that is valid and cannot be read: a date in month 13, a number of
100,000 digits, an anchor within itself. And a page of aliases stands for more values than any memory holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

DEEPEST = 100
"""How many levels a text may have: readers go down by recursion, and ruamel.yaml's time grows with their square."""
_TOO_DEEP = f"nested more than {DEEPEST} deep"
MOST_REPEATED = 200_000
"""How many values may stand there through aliases alone."""
MOST_VALUES = 500_000
"""How many values a text may have in all: each takes a kilobyte of memory where a program is made of it."""
MOST_WITH_PLACES = 100_000
"""The same of a text that ruamel.yaml reads, which takes some 5 s for so many."""
_MOST_DIGITS = 1000
_BASED = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
"""A number that Python reads whatever its length, and cannot write."""
UNREADABLE = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError)
"""What parsers raise besides their own errors, for texts that are valid YAML and stand for nothing."""


class YamlError(ValueError):
    """What a text is instead of one that can be read, as the end of a sentence, and where."""

    def __init__(self, what: str, line: int = 1, column: int = 1) -> None:
        """Keep the parts, for an error that names the file too."""
        super().__init__(f"{what} (line {line}, column {column})")
        self.what, self.line, self.column = what, line, column


def load(text: str) -> Any:
    r"""Return the data of the one document of a text, with texts as keys; raise YamlError where that cannot be.

    >>> load("a: [1, yes]\n")
    {'a': [1, True]}
    """
    import yaml

    hold(text)
    loader = _loader()(text)
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlError(f"not valid YAML: {error.problem or error.context}", *place) from error
    except yaml.YAMLError as error:
        raise _unmarked(error, text) from error
    except UNREADABLE as error:
        raise YamlError("not valid YAML: a value is none that its kind can have, such as a date in month 13") from error
    finally:
        loader.dispose()


def with_places(kind: str) -> Any:
    """Return a ruamel.yaml parser of the kind `safe` or `rt`; it says nothing of its own, as it would quote the text."""
    from ruamel.yaml import YAML

    made = YAML(typ=kind, pure=True)
    made.composer.warn_double_anchors = False
    return made


def hold(text: str, most: int = MOST_VALUES) -> None:
    """Raise YamlError for a text that is nested too deeply, stands for too much, or has more values than `most`.

    Whether it is YAML is not looked at.
    """
    import yaml

    found = _Size()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            found.take(event)
            if found.values - found.repeated > most:
                raise _at(event, f"too much: it has more than {most} values")
    except RecursionError as error:
        raise YamlError(_TOO_DEEP) from error
    except yaml.YAMLError as error:
        if "nesting depth" in str(error):  # libyaml's own limit, which it meets while it looks ahead
            mark = getattr(error, "problem_mark", None)
            raise YamlError(_TOO_DEEP, *((mark.line + 1, mark.column + 1) if mark else ())) from error
        # Whoever reads the text says what else is wrong with it.


@dataclass(slots=True)
class _Size:
    """How many values the events so far stand for; of each anchor how many, once it has ended."""

    anchors: dict[str, int] = field(default_factory=dict)
    open: list[tuple[str | None, int]] = field(default_factory=list)
    values: int = 0
    repeated: int = 0

    def take(self, event: Any) -> None:
        """Count one event."""
        import yaml

        if isinstance(event, yaml.AliasEvent):
            size = self.anchors.get(str(event.anchor), 0)  # none, where the anchor is still open
            self.values += size
            self.repeated += size
            if self.repeated > MOST_REPEATED:
                raise _at(event, f"too much: its aliases stand for more than {MOST_REPEATED} values")
        elif isinstance(event, yaml.ScalarEvent):
            self.values += 1
            if len(event.value) > _MOST_DIGITS and _BASED.fullmatch(event.value):
                raise _at(event, f"a number of more than {_MOST_DIGITS} digits")
            if event.anchor:
                self.anchors[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            self.open.append((event.anchor, self.values))
            self.values += 1
            if len(self.open) > DEEPEST:
                raise _at(event, _TOO_DEEP)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self.open.pop()
            if anchor:
                self.anchors[anchor] = self.values - before


def _at(event: Any, what: str) -> YamlError:
    return YamlError(what, event.start_mark.line + 1, event.start_mark.column + 1)


def _unmarked(error: Exception, text: str) -> YamlError:
    """Return the error for a character that no YAML text may hold."""
    position = getattr(error, "position", None)
    before = text[:position] if isinstance(position, int) else ""
    what = "not valid YAML: a control character stands here" if before or position == 0 else f"not valid YAML: {error}"
    return YamlError(what, before.count("\n") + 1, len(before) - before.rfind("\n"))


@cache
def _loader() -> Any:
    """Return a loader that takes no key twice, and none that is no text."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 as in the base class
            if isinstance(node, yaml.MappingNode):
                seen: set[str] = set()
                for key, _ in node.value:
                    if key.tag == "tag:yaml.org,2002:merge":
                        continue
                    if not isinstance(key, yaml.ScalarNode):
                        raise yaml.constructor.ConstructorError(
                            problem="a key must be text", problem_mark=key.start_mark
                        )
                    if key.value in seen:
                        said = f"the key {key.value!r} stands twice"
                        raise yaml.constructor.ConstructorError(problem=said, problem_mark=key.start_mark)
                    seen.add(key.value)
                    key.tag = "tag:yaml.org,2002:str"
            return super().construct_mapping(node, deep)

    return Loader
