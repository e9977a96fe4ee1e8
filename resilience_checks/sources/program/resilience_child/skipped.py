"""Callbacks of the program: those on unknown values that could make resources are noted, and where one fails."""

from __future__ import annotations

import os
import types

from .ending import remember
from .notes import Notes


class Callback:
    """A callback of the program, and whether it was called."""

    def __init__(self, func: object, place: dict) -> None:
        self.func, self.place, self.called = func, place, False

    def __call__(self, *arguments: object, **options: object) -> object:
        self.called = True
        try:
            return self.func(*arguments, **options)
        except Exception as error:
            remember(error)
            raise


def watch_callbacks(notes: Notes) -> None:
    from pulumi import Output

    original = Output.apply

    def watched(self: object, func: object, *arguments: object, **options: object) -> object:
        code = getattr(func, "__code__", None)
        if code is None or not notes.inside(code.co_filename):
            return original(self, func, *arguments, **options)
        place = {"file": os.path.realpath(code.co_filename), "line": code.co_firstlineno, "name": code.co_name}
        callback = Callback(func, place)
        if makes_resources(func, notes.inside):
            notes.pending.append(callback)
        return original(self, callback, *arguments, **options)

    Output.apply = watched


def makes_resources(func: object, inside: object, seen: set | None = None) -> bool:
    """Return whether the function names a resource class, or a function of the program that does."""
    seen = set() if seen is None else seen
    func = getattr(func, "__func__", func)
    code = getattr(func, "__code__", None)
    if code is None or code in seen:
        return False
    seen.add(code)
    scope = dict(getattr(func, "__globals__", {}))
    for name, cell in zip(code.co_freevars, getattr(func, "__closure__", None) or ()):
        try:
            scope[name] = cell.cell_contents
        except ValueError:
            continue
    return any(_is_maker(value, inside, seen) for value in _named_values(code, scope))


def _named_values(code: types.CodeType, scope: dict) -> object:
    """Yield what the names of a code object, and of those within it, lead to: `a.b.C` as well as `C`."""
    import dis

    value: object = None
    for instruction in dis.get_instructions(code):
        if instruction.opname in {"LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME", "LOAD_FROM_DICT_OR_DEREF"}:
            value = scope.get(instruction.argval)
        elif instruction.opname in {"LOAD_ATTR", "LOAD_METHOD"} and isinstance(value, (types.ModuleType, type)):
            value = getattr(value, instruction.argval, None)
        else:
            if value is not None:
                yield value
            value = None
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _named_values(constant, scope)


def _is_maker(value: object, inside: object, seen: set) -> bool:
    from pulumi import Resource

    if isinstance(value, type):
        return issubclass(value, Resource)
    code = getattr(getattr(value, "__func__", value), "__code__", None)
    return code is not None and inside(code.co_filename) and makes_resources(value, inside, seen)
