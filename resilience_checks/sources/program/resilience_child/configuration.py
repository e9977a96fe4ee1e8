"""Configuration of which something is not known: encrypted values, and what an environment may define."""

from __future__ import annotations

import json
import re

from .notes import Notes
from .standins import Anything, Fields, Number

_PLACEHOLDER = re.compile(r"secure[0-9a-f]{24}")


def watch_configuration(notes: Notes) -> None:
    from pulumi import Config

    asked: set = set()
    original = Config._get

    def noted(self: object, key: str, *arguments: object, **options: object) -> object:
        value = original(self, key, *arguments, **options)
        if value is None and key not in asked:
            asked.add(key)
            notes.write(kind="unset", key=self.full_key(key))
        return value

    Config._get = noted
    _hide(Config, "_get_bool", lambda text: _number(text, 0))
    _hide(Config, "_get_int", lambda text: _number(text, 1))
    _hide(Config, "_get_float", lambda text: _number(text, 1))
    _hide(Config, "_get_object", _object)


def _hide(config: type, name: str, standin: object) -> None:
    """Let an encrypted value be read as what it is, which its placeholder cannot show."""
    original = getattr(config, name)

    def read(self: object, key: str, *arguments: object, **options: object) -> object:
        text = self._get(key)
        if text is not None and _PLACEHOLDER.fullmatch(text):
            return standin(text)
        return original(self, key, *arguments, **options)

    setattr(config, name, read)


def _number(text: str, value: int) -> Number:
    number = Number(value)
    number.mark = text
    return number


def _object(text: str) -> object:
    """Return an object all of whose fields are the secret."""

    class Whole:
        def text(self, at: str) -> str:
            return f"{text} {json.dumps(at)}"

        def anything(self, at: str) -> Anything:
            return Anything(self, at)

        def guess(self, *_: object) -> None:
            """Take for granted what a secret does not tell."""

    return Fields(Whole(), "")
