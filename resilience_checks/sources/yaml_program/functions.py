"""The built-in functions, and how Go writes values as text and JSON."""

from __future__ import annotations

import base64
import json
import math
import stat
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from resilience_checks.model.files import LARGEST_DATA, remedy, text
from resilience_checks.sources.program.reach import ALLOWED
from resilience_checks.sources.yaml_program.expressions import FUNCTIONS, Listed, Mapped
from resilience_checks.sources.yaml_program.opaque import built_from
from resilience_checks.sources.yaml_program.outputs import (
    Asset,
    Handle,
    Output,
    Partial,
    as_secret,
    lift,
    outputs_in,
    unknown,
    weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.sources.yaml_program.evaluation import Evaluator
    from resilience_checks.sources.yaml_program.expressions import At, Call

_ASSETS = {
    "fn::stringAsset": "text",
    "fn::fileAsset": "path",
    "fn::remoteAsset": "uri",
    "fn::fileArchive": "path",
    "fn::remoteArchive": "uri",
}
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_FIXED_FROM, _FIXED_TO = 1e-6, 1e21
_SMALL, _LARGE = -4, 6
_KINDS: tuple[tuple[type, str], ...] = (
    (type(None), "nothing"),
    (bool, "a boolean"),
    (int, "a number"),
    (float, "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "an object"),
    (Handle, "a resource"),
    (Asset, "a file"),
)


def call(evaluator: Evaluator, expression: Call) -> Any:
    """Return what a built-in function gives."""
    name, argument = expression.name, expression.argument
    if name in _ASSETS:
        return _asset(evaluator, expression)
    if name == "fn::assetArchive":
        assert isinstance(argument, Mapped)
        contents = evaluator.value(argument)
        return lift(lambda found: Asset({"assets": found}, archive=True), contents)
    if name == "fn::secret":
        return as_secret(evaluator.value(argument))
    if name == "fn::stackReference":
        assert isinstance(argument, Listed)
        stack = evaluator.value(argument.items[0])
        if not isinstance(stack, str):
            raise evaluator.scope.document.error(
                argument.items[0].at, "the stack must be named by plain text", "write `organization/project/stack`"
            )
        return evaluator.scope.stack_output(evaluator, stack, evaluator.value(argument.items[1]), expression.at)
    values = (
        [evaluator.value(item) for item in argument.items]
        if name in {"fn::join", "fn::split", "fn::select"} and isinstance(argument, Listed)
        else [evaluator.value(argument)]
    )
    function = _FUNCTIONS.get(name)
    if function is None:
        return _not_known(evaluator, expression, values)
    if name == "fn::readFile" and any(output.secret for output in outputs_in(values)):
        return lift(lambda found: _read_file(evaluator, expression.at, found, "a file whose path is secret"), *values)
    return lift(lambda *found: function(evaluator, expression.at, *found), *values)


def _not_known(evaluator: Evaluator, expression: Call, values: list[Any]) -> Output:
    """Return an unknown in place of a function that only a newer language host may have."""
    line, column = expression.at
    close = get_close_matches(expression.name.lower(), FUNCTIONS, 1)
    hint = f"did you mean {FUNCTIONS[close[0]]}?" if close else f"known are {', '.join(FUNCTIONS.values())}"
    evaluator.scope.remarks.append(
        f"{evaluator.scope.document.shown}:{line}:{column}: {expression.name} is no function that is known here; {hint}"
    )
    return unknown(f"{expression.name} is no function that is known here").after(*outputs_in(values))


def kind(value: Any) -> str:
    """Return what a value is, in words."""
    return next(words for known, words in _KINDS if isinstance(value, known))


def shown(value: Any) -> str:
    """Return a value as Go writes it into text.

    >>> [shown(value) for value in (None, True, 80.0, 0.5, 1234567.0, [1.0, "a"], {"b": 1.0})]
    ['<nil>', 'true', '80', '0.5', '1.234567e+06', '[1 a]', 'map[b:1]']
    """
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value, _SMALL, _LARGE)
    if isinstance(value, list):
        return f"[{' '.join(shown(item) for item in value)}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{shown(value[key])}' for key in sorted(value))}]"
    return str(value)


def to_json(value: Any) -> str:
    r"""Return a value as Go's encoder writes it: keys in order, no spaces, `<`, `>` and `&` escaped.

    >>> to_json({"b": [1.0, None, True], "a": "x<y"})
    '{"a":"x\\u003cy","b":[1,null,true]}'
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{to_json(key)}:{to_json(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return f"[{','.join(map(to_json, value))}]"
    if isinstance(value, float):
        size = abs(value)
        if value.is_integer() and size < _FIXED_TO:
            return str(int(value))
        return repr(value) if _FIXED_FROM <= size < _FIXED_TO else _number(value, -7, 21)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).translate(_HTML)
    return json.dumps(value)


def opened(value: Any) -> Any:
    """Return what is known of a resource's property without the marks of secrets inside."""
    if isinstance(value, Output):
        return opened(value.value)
    if isinstance(value, list):
        return [opened(item) for item in value]
    if isinstance(value, Partial):
        return Partial({key: opened(item) for key, item in value.items()}, value.why)
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    return value


def _number(value: float, small: int, large: int) -> str:
    """Return a number in Go's shortest form: with an exponent below `small` or from `large` on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    digits, _, power = f"{value!r}".partition("e")
    mantissa, exponent = digits.replace("-", ""), int(power or 0)
    whole, _, rest = mantissa.partition(".")
    figures = (whole + rest).lstrip("0")
    point = len(whole) + exponent - (len(whole + rest) - len((whole + rest).lstrip("0")))
    figures = figures.rstrip("0") or "0"
    sign = "-" if value < 0 else ""
    if point - 1 < small or point - 1 >= large:
        tail = f".{figures[1:]}" if len(figures) > 1 else ""
        return f"{sign}{figures[0]}{tail}e{'-' if point < 1 else '+'}{abs(point - 1):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{figures}"
    if len(figures) <= point:
        return f"{sign}{figures}{'0' * (point - len(figures))}"
    return f"{sign}{figures[:point]}.{figures[point:]}"


def _asset(evaluator: Evaluator, expression: Call) -> Any:
    field = _ASSETS[expression.name]

    def made(source: Any) -> Asset:
        text = _as_text(evaluator, expression.argument.at, source, f"the argument of {expression.name}")
        return Asset({field: text}, archive=expression.name.endswith("Archive"))

    return lift(made, evaluator.value(expression.argument))


def _join(evaluator: Evaluator, at: At, delimiter: Any, values: Any) -> Any:
    between = "" if delimiter is None else _as_text(evaluator, at, delimiter, "the delimiter of fn::join")
    if not isinstance(values, list):
        why = built_from(values)
        if why:
            return unknown(why)
        raise evaluator.scope.document.error(
            at, f"fn::join joins a list, not {kind(values)}", "give it a list of texts"
        )
    texts = [_as_text(evaluator, at, item, f"element {index} of fn::join") for index, item in enumerate(values)]
    evaluator.afford(sum(map(len, texts)) + len(between) * len(texts), at)
    return between.join(texts)


def _split(evaluator: Evaluator, at: At, delimiter: Any, source: Any) -> Any:
    why = built_from(source) or built_from(delimiter)
    if why:
        return unknown(why)
    between = _as_text(evaluator, at, delimiter, "the delimiter of fn::split")
    text = _as_text(evaluator, at, source, "the source of fn::split")
    return text.split(between) if between else list(text)


def _select(evaluator: Evaluator, at: At, index: Any, values: Any) -> Any:
    if isinstance(index, bool) or not isinstance(index, int | float):
        raise evaluator.scope.document.error(at, f"the index of fn::select is {kind(index)}", "write a number")
    if index < 0 or index != int(index):
        raise evaluator.scope.document.error(at, f"the index of fn::select is {shown(index)}", "count from 0")
    return evaluator.tail(values, (int(index),), at)


def _to_json(evaluator: Evaluator, at: At, value: Any) -> Any:
    if _has_resource(value):
        return unknown("the JSON of a whole resource is not known before deployment")
    evaluator.afford(weight(value), at)
    return to_json(value)


def _to_base64(evaluator: Evaluator, at: At, value: Any) -> Any:
    text = _as_text(evaluator, at, value, "the argument of fn::toBase64")
    why = built_from(text)
    return unknown(why) if why else base64.b64encode(text.encode()).decode()


def _from_base64(evaluator: Evaluator, at: At, value: Any) -> Any:
    text = _as_text(evaluator, at, value, "the argument of fn::fromBase64")
    why = built_from(text)
    if why:
        return unknown(why)
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError as error:
        raise evaluator.scope.document.error(
            at, "the argument of fn::fromBase64 is no text in Base64", "correct it"
        ) from error


def _read_file(evaluator: Evaluator, at: At, value: Any, called: str = "") -> Any:
    """Return a file's text; one outside of the repository is not read, so that a program cannot bring it into a report.

    `called` is said in place of its path.
    """
    scope = evaluator.scope
    name = _as_text(evaluator, at, value, "the path of fn::readFile")
    why = built_from(name)
    if why:
        return unknown(why)
    named = scope.directory / name
    name = called or name
    why = scope.reach.lacks(named)
    if why:
        return unknown(f"{name} {why}, so it is not read; {ALLOWED}")
    try:
        path = named.resolve()
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            return unknown(f"{name} is neither a file nor a folder, so it is not read")
        evaluator.afford(found.st_size, at)
        scope.read.update((path, named))
        return text(path, LARGEST_DATA)
    except UnicodeDecodeError:
        return unknown(f"{name} is no text")
    except OSError as error:
        otherwise = "correct the path, which is relative to the program"
        raise scope.document.error(at, f"{name} cannot be read: {error.strerror}", remedy(error, otherwise)) from error


def _as_text(evaluator: Evaluator, at: At, value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise evaluator.scope.document.error(
            at, f"{what} is {kind(value)}, not a text", "put it in quotes, or `${...}`"
        )
    return value


def _has_resource(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_resource, value))
    if isinstance(value, dict):
        return any(map(_has_resource, value.values()))
    return isinstance(value, Handle | Asset)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "fn::join": _join,
    "fn::split": _split,
    "fn::select": _select,
    "fn::toJSON": _to_json,
    "fn::toBase64": _to_base64,
    "fn::fromBase64": _from_base64,
    "fn::readFile": _read_file,
}
