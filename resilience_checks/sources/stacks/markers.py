"""What stands for another stack's output that is not known before deployment while a program runs.

A program that reads such an output gets a text made of characters that no other text has. It can be passed on,
put into other texts and written as JSON, and is recognised wherever it ends; a program that takes it apart leaves
characters behind that tell so. That is how the link survives a program in any language.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.sources.wire import SECRET, SIGNATURE, secret

if TYPE_CHECKING:
    from resilience_checks.model.values import Value

_DIGIT, _BEGIN, _END = 0xF500, "\uf510", "\uf511"
_MARKER = re.compile(f"{_BEGIN}[\uf500-\uf50f]{{16}}{_END}")
_ANY = re.compile(r"[\uf500-\uf511]")
_ESCAPED = re.compile(r"\\u([fF]5[01][0-9a-fA-F])")


@dataclass(frozen=True, slots=True)
class Text:
    """What a text that came back from a program is made of: the text with names in place of markers, and whose they are.

    `whole`: it is one marker and nothing else. `damaged`: a part of a marker is in it.
    """

    shown: str
    parts: tuple[StackOutput | Secret, ...]
    whole: bool
    damaged: bool


class Markers:
    """All markers of one check."""

    def __init__(self) -> None:
        """Start without any."""
        self._meaning: dict[str, StackOutput | Secret] = {}
        self._secrets: dict[str, StackOutput | Secret] = {}

    def outputs(self, stack: str, outputs: Mapping[str, Value]) -> dict[str, Any]:
        """Return a stack's outputs as the protocol writes them, a marker in place of each value that is not known."""
        return {name: self._handed(value, stack, name) for name, value in outputs.items()}

    def read(self, text: str) -> Text | None:
        """Return what a text holds of markers, None where it holds nothing of any."""
        if not _ANY.search(text):
            if "\\u" not in text or not _ESCAPED.search(text):
                return None
            text = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
        found = [marker for marker in _MARKER.findall(text) if marker in self._meaning]
        rest = _MARKER.sub("", text)
        return Text(
            shown=_ANY.sub("", _MARKER.sub(lambda match: _name(self._meaning.get(match.group(0))), text)),
            parts=tuple(dict.fromkeys(self._meaning[marker] for marker in found)),
            whole=len(found) == 1 and not rest,
            damaged=_ANY.search(rest) is not None,
        )

    def revealed(self, value: Secret) -> StackOutput | Secret:
        """Return what a secret is that is nothing but a marker, any other as it is."""
        return self._secrets.get(value.digest, value)

    def _handed(self, value: Value, stack: str, path: str) -> Any:
        if isinstance(value, Unknown | LookupAnswer):
            return self._mark(StackOutput(stack, path))
        if isinstance(value, StackOutput):
            return self._mark(value)
        if isinstance(value, Secret):
            return {SIGNATURE: SECRET, "value": self._mark(value)}
        if isinstance(value, Mapping):
            return {key: self._handed(item, stack, f"{path}.{key}") for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self._handed(item, stack, f"{path}[{index}]") for index, item in enumerate(value)]
        return value

    def _mark(self, value: StackOutput | Secret) -> str:
        digest = hashlib.sha256(repr(value).encode()).hexdigest()[:16]
        marker = f"{_BEGIN}{''.join(chr(_DIGIT + int(digit, 16)) for digit in digest)}{_END}"
        self._meaning[marker] = value
        self._secrets[secret(marker).digest] = value
        return marker


def has_markers(value: object) -> bool:
    """Return whether something that was handed to a program has a marker in it."""
    if isinstance(value, Mapping):
        return any(has_markers(item) for item in value.values())
    if isinstance(value, list):
        return any(has_markers(item) for item in value)
    return isinstance(value, str) and _ANY.search(value) is not None


def _name(value: StackOutput | Secret | None) -> str:
    return f"<{value.path} of {value.stack}>" if isinstance(value, StackOutput) else "<secret>"
