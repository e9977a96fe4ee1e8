"""Watches lookups: where each was asked for, what its answer flows into, and what stands for one that nobody gave."""

from __future__ import annotations

import contextvars
import json
import re
import sys
import types

from .ending import LookupUnknownError
from .guesses import Marked
from .monitor import lookup
from .notes import Notes
from .standins import Standin, watch_numbers

LOOKUP = "urn:resilience-checks:lookup::"
MARKER = re.compile(r"lookup[0-9a-f]{24}")
_PLAIN = {"invoke", "invoke_single", "invoke_async"}
asked_at: contextvars.ContextVar = contextvars.ContextVar("asked_at", default=None)


def watch_lookups(notes: Notes) -> None:
    import pulumi.runtime.invoke  # noqa: F401 the module, which a function of the same name hides

    watch_numbers()
    _write_marks()
    module = sys.modules["pulumi.runtime.invoke"]
    if not hasattr(module, "invoke_output"):
        _watch_plain(module, notes)
        return
    from pulumi.resource import DependencyResource

    original = module._invoke
    _keep_places(module, notes)

    def watched(tok: str, props: object, opts: object, typ: object, *arguments: object, **options: object) -> object:
        current = _begun(tok, notes)
        plain = sys._getframe(1).f_code.co_name in _PLAIN
        lookup.set(current)
        try:
            waiting = original(tok, props, opts, typ, *arguments, **options)
        finally:
            lookup.set(None)

        async def answered() -> object:
            token = lookup.set(current)
            try:
                result = await waiting
            finally:
                lookup.reset(token)
            value, known = result.value, getattr(result, "is_known", True) and not current["unknown"]
            if not known and plain:
                value, known = _standing(current, typ, notes), True
            elif current.get("assumed"):
                _complete(value, current, typ, notes)
            own = DependencyResource(f"{LOOKUP}{current['number']}")
            return type(result)(
                value if known else None,
                is_secret=getattr(result, "is_secret", False) and known,
                is_known=known,
                dependencies=[*(result.dependencies or []), own],
            )

        return answered()

    module._invoke = watched


def _watch_plain(module: types.ModuleType, notes: Notes) -> None:
    """Watch an SDK whose only lookups are plain ones."""
    import pulumi.runtime

    original = module.invoke

    def watched(tok: str, props: object, opts: object = None, typ: object = None, **options: object) -> object:
        current = _begun(tok, notes)
        token = lookup.set(current)
        try:
            result = original(tok, props, opts, typ, **options)
        finally:
            lookup.reset(token)
        if current["unknown"]:
            return type(result)(_standing(current, typ, notes))
        if current.get("assumed"):
            _complete(result.value, current, typ, notes)
        return result

    module.invoke = watched
    pulumi.runtime.invoke = watched


def _write_marks() -> None:
    """Let YAML, which knows no classes but its own, write what stands for a value as its mark."""
    try:
        from yaml.representer import SafeRepresenter
    except ImportError:  # then the program cannot write it either
        return
    SafeRepresenter.add_multi_representer(Marked, lambda dumper, value: dumper.represent_data(value.mark))


def _begun(tok: str, notes: Notes) -> dict:
    number = notes.number()
    note = {"number": number, "token": tok, "place": asked_at.get() or notes.here()}
    return {"number": number, "note": note, "unknown": False, "id": None}


def _standing(current: dict, typ: object, notes: Notes) -> object:
    """Return what stands for the answer of a plain lookup, and note that something does."""
    number, token = current["number"], current["note"]["token"]
    notes.write(kind="standin", number=number, token=token)
    try:
        return _standin(current, notes).answer(typ)
    except Exception as error:
        raise LookupUnknownError(token) from error


def _complete(value: object, current: dict, typ: object, notes: Notes) -> None:
    """Let stand-ins be what an answer made of markers leaves out, and its lists as of a guessed length."""
    import pulumi
    from pulumi import _types

    standin = _standin(current, notes)
    if isinstance(value, dict) and not (typ and _types.is_output_type(typ)):
        value.update({name: standin.texts(name) for name, item in value.items() if _is_guessed(item)})
    if typ is None:
        return
    types_ = _types.output_type_types(typ)
    for name, wire, _ in _types._py_properties(typ):
        known = pulumi.get(value, name)
        if known is None and types_.get(wire) is not None:
            pulumi.set(value, name, standin.of(types_[wire], wire, 0))
        elif _is_guessed(known):
            pulumi.set(value, name, standin.texts(wire))


def _is_guessed(value: object) -> bool:
    """Return whether a list is one of markers, of which nobody knows how many there are."""
    return isinstance(value, list) and bool(value) and all(MARKER.fullmatch(str(item)) for item in value)


def _standin(current: dict, notes: Notes) -> Standin:
    number, token, told = current["number"], current["note"]["token"], set()

    def tell(mark: str, path: str) -> None:
        notes.write(kind="mark", text=mark, number=number, path=path)

    def guess(what: str, path: str, value: object, frame: object) -> None:
        if (what, path, value) not in told:
            told.add((what, path, value))
            notes.write(
                kind="guess",
                number=number,
                token=token,
                what=what,
                path=path,
                value=value,
                place=notes.here(frame, task=True),
            )

    known_by = current["id"] or json.dumps([token, current.get("unsent")], sort_keys=True, default=str)
    return Standin(known_by, tell, guess)


def _keep_places(module: types.ModuleType, notes: Notes) -> None:
    """Remember where an output-form lookup was asked for: it is sent later, from a task without the caller."""
    import pulumi.runtime

    for name in ("invoke_output", "invoke_output_single"):
        inner = getattr(module, name, None)
        if inner is None:
            continue

        def placed(*arguments: object, _inner: object = inner, **options: object) -> object:
            token = asked_at.set(asked_at.get() or notes.here())
            try:
                return _inner(*arguments, **options)
            finally:
                asked_at.reset(token)

        setattr(module, name, placed)
        setattr(pulumi.runtime, name, placed)
