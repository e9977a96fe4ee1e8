"""Takes the secrets that a stack is known to have out of what is told of it.

A program may build a name of a secret, print it, or put it into an error; a state shows some in plain text. What is
recognised is the secret itself, and the spellings that programs often give it. Shorter ones than `SHORTEST` are not
looked for: half of all texts would hold them.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from resilience_checks.model.errors import CheckError
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.sources.wire import SECRET, SIGNATURE, secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.program.child_process import ChildProcess
    from resilience_checks.sources.program.record import Record
    from resilience_checks.sources.project import StackConfig

SHORTEST = 6
_PLACEHOLDER = re.compile(r"secure[0-9a-f]{24}")
"""What stands for a value that is encrypted (`project.placeholder`), and tells nothing of it."""
_VALUES = frozenset({"inputs", "outputs", "args", "answer"})
"""Fields that hold values of a program, in which a secret has a type of its own."""
_KEPT = frozenset({"digest", "read", "marks"})


class Hidden:
    """Secrets by what is shown in their place; none, and nothing is changed."""

    def __init__(self, named: Iterable[tuple[str, object]] = ()) -> None:
        """Take secrets, each with the name of what it is the secret of."""
        self._shown: dict[str, str] = {}
        for name, value in named:
            self.add(value, name)

    @classmethod
    def of(cls, config: StackConfig) -> Hidden:
        """Return the secrets of a stack's configuration."""
        return cls((key, config.values[key]) for key in sorted(config.secrets & config.values.keys()))

    def add(self, value: object, name: str = "") -> None:
        """Take one more: a text, or whatever texts a value is made of."""
        for text in _texts(value):
            if len(text) >= SHORTEST and not _PLACEHOLDER.fullmatch(text):
                for spelled in _spellings(text):
                    self._shown.setdefault(spelled, f"[secret {name}]" if name else "[secret]")
        self.__dict__.pop("_pattern", None)

    def recorded(self, record: Record) -> None:
        """Take what a program has made a secret itself, for what is told of its end.

        No graph is held against these: a program may make a whole document secret, with names in it that are none.
        """
        self._wrapped([item.inputs for item in record.resources])
        self._wrapped([item.args for item in record.lookups])
        self._wrapped(record.outputs)

    def _wrapped(self, value: object) -> None:
        if isinstance(value, dict):
            if value.get(SIGNATURE) == SECRET:
                self.add(value.get("value"))
            for item in value.values():
                self._wrapped(item)
        elif isinstance(value, list):
            for item in value:
                self._wrapped(item)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._shown, key=lambda text: (-len(text), text))
        return re.compile("|".join(map(re.escape, longest_first)))

    def text(self, text: str) -> str:
        """Return a text with the names of secrets in place of them.

        >>> Hidden([("web:password", "hunter22")]).text("db-hunter22, aHVudGVyMjI=")
        'db-[secret web:password], [secret web:password]'
        """
        return self._pattern.sub(lambda match: self._shown[match[0]], text) if self._shown else text

    def graph(self, graph: ResourceGraph) -> ResourceGraph:
        """Return a graph in which no name, URN or remark tells a secret, and a value that holds one is one."""
        if not self._shown:
            return graph
        changes = {
            item.name: self._told(getattr(graph, item.name), item.name)
            for item in fields(graph)
            if item.name not in _KEPT
        }
        return replace(graph, **changes)

    def error(self, error: Exception) -> Exception:
        """Return an error that tells no secret: its words, and what only `--debug` shows."""
        if self._shown:
            if isinstance(error, CheckError):
                error.what, error.why, error.remedy = map(self.text, (error.what, error.why, error.remedy))
            error.args = tuple(self.text(item) if isinstance(item, str) else item for item in error.args)
            error.__notes__ = [self.text(note) for note in getattr(error, "__notes__", ())]
            error.__cause__, error.__context__ = None, None  # their texts would be shown as they are
        return error

    def _told(self, value: Any, name: str) -> Any:
        """Return what is told of a part of a graph."""
        if name in _VALUES:
            return self._value(value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self._told(item, key) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(self._told(item, "") for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            parts = {item.name: getattr(value, item.name) for item in fields(value)}
            told = {key: self._told(part, key) for key, part in parts.items()}
            changed = any(told[key] is not part and told[key] != part for key, part in parts.items())
            return replace(value, **told) if changed else value
        return value

    def _value(self, value: Any) -> Any:
        """Return a value of a program; a text that holds a secret is one."""
        if isinstance(value, str):
            return secret(value) if self._pattern.search(value) else value
        if isinstance(value, Mapping):
            return {self.text(key): self._value(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, Unknown):
            return replace(value, why=self.text(value.why))
        if isinstance(value, LookupAnswer | StackOutput | Secret):
            return value
        return value


def telling_no_secret(read: Callable[[ChildProcess], ResourceGraph]) -> Callable[[ChildProcess], ResourceGraph]:
    """Have what reads a program's graph tell no secret of its configuration; nor does its error, whatever it is."""

    @wraps(read)
    def told(self: ChildProcess) -> ResourceGraph:
        try:
            graph = read(self)
        except Exception as error:
            config, record = self.secrets
            hidden = Hidden() if config is None else Hidden.of(config)
            if record is not None:
                hidden.recorded(record)
            hidden.error(error)
            raise
        config, _ = self.secrets
        return graph if config is None else Hidden.of(config).graph(graph)

    return told


def _texts(value: object) -> Iterator[str]:
    """Yield the texts that a value is made of; of a text that is JSON also those within."""
    if isinstance(value, str):
        yield value
        if value[:1] in {"{", "["}:
            try:
                inner = json.loads(value)
            except (ValueError, RecursionError):
                return
            yield from _texts(inner)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif type(value) in {int, float}:
        yield str(value)


def _spellings(text: str) -> Iterator[str]:
    """Yield a text as programs, formats and error messages write it."""
    encoded = text.encode("utf-8", "surrogatepass")
    yield text
    yield from (line for line in text.splitlines() if len(line) >= SHORTEST)
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1])
    yield from (quote(text, safe="", errors="replace"), quote(text, errors="replace"))
    yield from (encoded.hex(), encoded.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(encoded).decode()
        yield from (whole, whole.rstrip("="))
