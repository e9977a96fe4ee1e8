"""The configuration as a program sees it: typed by what it looks like, held against what the program declares."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import InputError
from resilience_checks.model.location import Location
from resilience_checks.sources.yaml_program.functions import kind
from resilience_checks.sources.yaml_program.opaque import built_from
from resilience_checks.sources.yaml_program.outputs import as_secret, plain, unknown

if TYPE_CHECKING:
    from resilience_checks.sources.project import Project, StackConfig
    from resilience_checks.sources.yaml_program.evaluation import Evaluator
    from resilience_checks.sources.yaml_program.template import Setting, Template

_WHY = "a program that does not run to its end has no graph, so nothing of this stack was checked"
_FLOAT = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str, bool, float),
    "bool": (bool,),
    "boolean": (bool,),
    "number": (float,),
    "int": (float,),
    "integer": (float,),
    "object": (dict,),
}
_TYPES = ("string", "number", "integer", "boolean", "object", "array", "list<TYPE>")


def evaluate(evaluator: Evaluator, template: Template, config: StackConfig, project: Project) -> dict[str, Any]:
    """Return the configuration values under the names that the program uses.

    Raises InputError at a declaration without a value, or with one of another type.
    """
    prefix = f"{project.name}:"
    values: dict[str, Any] = {}
    for key, text in config.values.items():
        value = infer(text)
        values[key.removeprefix(prefix)] = as_secret(value) if key in config.secrets else value
    for setting in template.settings:
        name = setting.key.removeprefix(prefix)
        _check_type(template, setting)
        if name in values:
            _check(template, setting, plain(values[name]))
            if setting.secret:
                values[name] = as_secret(values[name])
            continue
        value = evaluator.value(setting.default) if setting.default is not None else None
        if value is None and config.environment:
            values[name] = unknown(f"the stack's `environment:` may define {prefix}{name}; it is not known offline")
            continue
        if value is None:
            raise InputError(
                f"the configuration value {prefix}{name} is required and not set",
                location=Location(template.document.shown, *setting.at),
                why=_WHY,
                remedy=f"set it in Pulumi.<stack>.yaml, or run `pulumi config set {name} VALUE`",
            )
        _check(template, setting, value)
        values[name] = as_secret(value) if setting.secret else value
    return values


def infer(text: str) -> Any:
    """Return a configuration value as the language host takes it: a number, a boolean, JSON or text.

    >>> [infer(text) for text in ("80", "0123", "true", "1.5", '["a"]', "t3.micro", "0")]
    [80.0, '0123', True, 1.5, ['a'], 't3.micro', 0.0]
    """
    if len(text) > 1 and text.startswith("0") and not text.startswith("0."):
        return text
    if re.fullmatch(r"[-+]?\d+", text):
        return float(text)
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _FLOAT.fullmatch(text):
        return float(text)
    try:
        return _floats(json.loads(text))
    except ValueError:
        return text


def _floats(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | list | dict):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return {key: _floats(item) for key, item in value.items()}


def _check_type(template: Template, setting: Setting) -> None:
    if setting.type is None or setting.type.lower() in {*_SCALARS, "array"}:
        return
    listed = re.fullmatch(r"list<\s*(\w+)\s*>", setting.type.lower())
    if listed is None or listed[1] not in _SCALARS:
        raise template.document.error(
            setting.type_at,
            f"`{setting.type}` is no type of a configuration value",
            f"the types are {', '.join(_TYPES)}",
        )


def _check(template: Template, setting: Setting, value: Any) -> None:
    declared = (setting.type or "").lower()
    if not declared or built_from(value):
        return
    wanted: tuple[type, ...] = _SCALARS.get(declared, (list,))
    fits = isinstance(value, wanted) and not (isinstance(value, bool) and bool not in wanted)
    whole = declared not in {"int", "integer"} or not isinstance(value, float) or value.is_integer()
    if not fits or not whole:
        raise InputError(
            f"the configuration value {setting.key} is {kind(value)}, and {setting.type} is declared",
            location=Location(template.document.shown, *setting.at),
            why=_WHY,
            remedy="correct the value in Pulumi.<stack>.yaml, or the type here",
        )
