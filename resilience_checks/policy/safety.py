"""What no policy may do, found in its text before it runs: other builtins than both engines have, and `not` over data.

A value that is not known arrives as a string; `not input.x == "yes"` would hold for it, a pass in silence.
"""

from __future__ import annotations

import re

from resilience_checks.model.errors import EngineError
from resilience_checks.model.location import Location

BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "array.concat",
        "array.slice",
        "ceil",
        "concat",
        "contains",
        "count",
        "endswith",
        "floor",
        "format_int",
        "indexof",
        "intersection",
        "is_array",
        "is_boolean",
        "is_null",
        "is_number",
        "is_object",
        "is_set",
        "is_string",
        "json.filter",
        "json.remove",
        "lower",
        "max",
        "min",
        "numbers.range",
        "object.get",
        "object.keys",
        "object.remove",
        "object.union",
        "product",
        "regex.match",
        "replace",
        "round",
        "sort",
        "split",
        "sprintf",
        "startswith",
        "strings.reverse",
        "substring",
        "sum",
        "to_number",
        "trim",
        "trim_left",
        "trim_prefix",
        "trim_right",
        "trim_space",
        "trim_suffix",
        "type_name",
        "union",
        "upper",
        "time.parse_rfc3339_ns",
    ]
)
_CALL = re.compile(r"(?<![\w.\"])([a-z_][\w.]*)\s*\(")
_NOT = re.compile(r"(?<![\w.])not\s+[^\n]*\b(?:input|data)\b")
_DEFINED = re.compile(r"^\s*(?:default\s+)?([a-z_]\w*)\s*\(", re.MULTILINE)
_KEYWORDS = frozenset({"if", "in", "some", "every", "not", "with", "else", "contains"})
_WHY = "its answer could differ between the engines, or count what is not known as a pass"


def examine(path: str, text: str) -> None:
    """Raise EngineError at the first call or negation that a policy may not have."""
    plain = _without_strings_and_comments(text)
    found = _NOT.search(plain)
    if found is not None:
        raise EngineError(
            "`not` over a value of the document",
            location=_at(path, plain, found.start()),
            why=_WHY,
            remedy='compare with "yes", "no" or "unknown" instead',
        )
    own = set(_DEFINED.findall(plain))
    for call in _CALL.finditer(plain):
        name = call.group(1)
        if name in own or name in BUILTINS or name in _KEYWORDS or name.split(".")[0] in _imported(plain):
            continue
        raise EngineError(
            f"`{name}` is not a builtin that both engines have",
            location=_at(path, plain, call.start()),
            why=_WHY,
            remedy=f"use one of: {', '.join(sorted(BUILTINS))}",
        )


def _imported(text: str) -> frozenset[str]:
    paths = re.findall(r"^import\s+data\.([\w.]+)(?:\s+as\s+(\w+))?", text, re.MULTILINE)
    return frozenset(alias or path.rsplit(".", 1)[-1] for path, alias in paths)


def _without_strings_and_comments(text: str) -> str:
    """Blank out strings and comments, so that every offset stays what it was."""
    pattern = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|#[^\n]*')
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def _at(path: str, text: str, offset: int) -> Location:
    before = text[:offset]
    return Location(path, before.count("\n") + 1, offset - before.rfind("\n"))
