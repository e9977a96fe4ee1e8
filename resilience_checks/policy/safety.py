"""What no policy may do, found before it runs: other builtins than both engines have, `with`, and `not` over data.

A value that is not known arrives as a string; `not input.x == "yes"` would hold for it, a pass in silence. `not` is
let through where it can be seen to be about constants and the policy's own parameters (`input.settings`) alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import EngineError
from resilience_checks.model.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BUILTINS = frozenset(
    [
        "abs",
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
_DOCUMENT = frozenset({"input", "data"})
_WHY = "its answer could differ between the engines, or count what is not known as a pass"
_PLACE = re.compile(r"-->\s.*?:(\d+):(\d+)\s")
_MAX_STEPS = 100
_QUIET = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|#[^\n]*')
_TELLING = re.compile(
    r'\b(?:not|with)\b|[\])}"]\s*\(|^\s*\(|[\w.]\s+\.|\.\s+\w|[^\x00-\x7f]|\b(?:input|data)(?:\s|"")*(?:,|\bin\b)',
    re.MULTILINE,
)
"""Negations, `with`, what may be a variable called input or data, and all brackets that may open a call of what is no
plain name before them on their line."""
_CALLED = re.compile(r"([\w.]+)\s*\(")
_DEFINED = re.compile(r"^(?:default\s+)?([a-z_]\w*)\(", re.MULTILINE)
_IMPORT = re.compile(r"^import\s+data\.([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE)
_PACKAGE = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_KEYWORDS = frozenset({"if", "in", "some", "every", "else", "contains"})
_BARE = frozenset({"all", "any", "print", "re_match", "rego", "set_diff", "trace", "walk"})
"""Builtins without a dot that no policy may call: what looks like a rule of that name may be a call."""
_INNER = (dict, list)
Node = Any
"""A part of the syntax tree as regorus writes it: objects with one key that names their kind, lists, texts, numbers."""


@dataclass(frozen=True, slots=True)
class _Module:
    """One file's syntax tree."""

    path: str
    source: bytes
    package: str
    rules: Sequence[Node]
    imported: frozenset[str]


def examine(modules: Mapping[str, str]) -> None:
    """Raise EngineError, with row and column, at the first thing that no policy may have, or at what is no Rego."""
    _hold_syntax(modules)
    packages: dict[str, list[_Module]] = {}
    for module in _parsed(_to_look_at(modules)):
        packages.setdefault(module.package, []).append(module)
    for parts in packages.values():
        own = frozenset(name for part in parts for rule in part.rules if (name := _name(rule)) is not None)
        for part in parts:
            _hold_plain(part, own | part.imported)
        _hold_negations(parts)


def _hold_syntax(modules: Mapping[str, str]) -> None:
    import regorus

    engine = regorus.Engine()
    for path, text in modules.items():
        try:
            engine.add_policy(path, text)
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                raise
            raise _unreadable(path, str(error)) from error


def _to_look_at(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the modules whose text does not already show that they are harmless, and the others of their packages.

    Syntax trees cost most of the check, and few modules need one.
    """
    packages = {path: _PACKAGE.findall(text)[:1] for path, text in modules.items()}
    doubtful = [packages[path] for path, text in modules.items() if not _harmless(text)]
    return {path: text for path, text in modules.items() if packages[path] in doubtful}


def _harmless(text: str) -> bool:
    """Return whether there is surely no negation, no `with`, and no call but of common builtins and of the pack's rules."""
    plain = _QUIET.sub('""', text)
    if _TELLING.search(plain):
        return False
    imported = {alias or path.rpartition(".")[2] for path, alias in _IMPORT.findall(plain)}
    known = BUILTINS | _KEYWORDS | (set(_DEFINED.findall(plain)) - _BARE)
    return all(name in known or name.split(".")[0] in imported for name in _CALLED.findall(plain))


def _parsed(modules: Mapping[str, str]) -> Iterator[_Module]:
    import regorus

    if not modules:
        return
    engine = regorus.Engine()
    for path, text in modules.items():
        engine.add_policy(path, text)
    for found in json.loads(engine.get_ast_as_json()):
        path, tree = found["source"]["file"], found["ast"]
        source = modules[path].encode()
        for node in _nodes(tree["rules"]) if b"every" in source else ():
            if "Every" in node:
                node["Every"] |= {key: _variable(node["Every"][key], source) for key in ("key", "value")}
        root, steps = _path(tree["package"]["refr"])
        package = ".".join((root, *(str(step) for step in steps)))
        yield _Module(path, source, package, tree["rules"], frozenset(_imported(tree["imports"], source)))


def _variable(span: dict[str, int] | None, source: bytes) -> Node:
    """Return the variable of which the tree holds the place alone."""
    return None if span is None else {"Var": {"span": span, "value": source[span["start"] : span["end"]].decode()}}


def _unreadable(path: str, message: str) -> EngineError:
    place = _PLACE.search(message)
    said = re.search(r"error: ([^\n]*)", message)
    return EngineError(
        f"the policy is not Rego that both engines read: {said.group(1) if said else message[:300]}",
        location=Location(path, int(place.group(1)), int(place.group(2))) if place else Location(path, 1),
        why="no policy was evaluated",
        remedy="correct it (`opa check --strict` may say more); template strings are among what one engine lacks",
    )


def _refused(module: _Module, span: dict[str, int], what: str, remedy: str) -> EngineError:
    before = module.source[: span["start"]].decode().rpartition("\n")[2]  # regorus counts a tab as four columns
    return EngineError(what, location=Location(module.path, span["line"], len(before) + 1), why=_WHY, remedy=remedy)


def _hold_plain(module: _Module, known: frozenset[str]) -> None:
    """Refuse `with`, variables called input or data, and calls of what is no common builtin and no rule of the pack."""
    for node in _nodes(list(module.rules)):
        if "Call" in node:
            _hold_call(module, node["Call"], known)
        elif "with_mods" in node:
            remedy = "give a function what differs as an argument"
            raise _refused(module, _span(node["with_mods"]), "`with`", remedy)
        elif _declared(node) & _DOCUMENT:
            raise _refused(module, _span(node), "a variable called input or data", "give it another name")


def _hold_call(module: _Module, call: Node, known: frozenset[str]) -> None:
    root, steps = _path(call["fcn"])
    name = ".".join((root, *(step for step in steps if isinstance(step, str))))
    if name in BUILTINS or root == "data" or root in known:
        return
    remedy = f"use one of: {', '.join(sorted(BUILTINS))}"
    raise _refused(module, call["span"], f"`{name}` is not a builtin that both engines have", remedy)


def _hold_negations(parts: Sequence[_Module]) -> None:
    """Refuse `not` over values of the document; a package's rules may stand in several files."""
    negated = [
        (part, rule, nots)
        for part in parts
        if b"not" in part.source
        for rule in part.rules
        if (nots := [node["NotExpr"] for node in _nodes(rule) if "NotExpr" in node])
    ]
    if not negated:
        return
    imported = frozenset(name for part in parts for name in part.imported)
    tainted = _tainted_rules([rule for part in parts for rule in part.rules], _DOCUMENT | imported)
    for module, rule, nots in negated:
        inside = _tainted_variables(rule, tainted)
        for node in nots:
            if _mentions(node["expr"], inside):
                remedy = 'compare with "yes", "no" or "unknown" instead'
                raise _refused(module, node["span"], "`not` over a value of the document", remedy)


def _tainted_rules(rules: Sequence[Node], tainted: frozenset[str]) -> frozenset[str]:
    """Return the names that stand for values of the document: `tainted`, and the rules that read one of them."""
    for _ in range(len(rules) + 1):
        more = {name for rule in rules if (name := _name(rule)) is not None and _mentions(rule, tainted)} - tainted
        if not more:
            break
        tainted |= more
    return tainted


def _tainted_variables(rule: Node, tainted: frozenset[str]) -> frozenset[str]:
    """Return `tainted` with the rule's parameters and with every variable that may hold a value of the document."""
    func = rule.get("Spec", {}).get("head", {}).get("Func")
    tainted |= _variables(func["args"]) if func else frozenset()
    bindings = [binding for node in _nodes(rule) for binding in _bindings(node)]
    for _ in range(_MAX_STEPS):
        more = (
            frozenset(name for targets, source in bindings if _mentions(source, tainted) for name in targets) - tainted
        )
        if not more:
            return tainted
        tainted |= more
    return tainted | _variables(rule)


def _bindings(node: Node) -> Iterator[tuple[frozenset[str], Node]]:
    """Yield which variables this part of a rule binds, and to what: all of them to all of it."""
    if "AssignExpr" in node:
        found = node["AssignExpr"]
        yield _variables(found["lhs"]), found["rhs"]
        if found["op"] != "ColEq":
            yield _variables(found["rhs"]), found["lhs"]
    elif "SomeIn" in node:
        found = node["SomeIn"]
        yield _variables(found["key"]) | _variables(found["value"]), found["collection"]
    elif "Every" in node:
        found = node["Every"]
        yield _variables(found["key"]) | _variables(found["value"]), found["domain"]
    elif "RefBrack" in node and "Var" in node["RefBrack"]["index"]:
        yield _variables(node["RefBrack"]["index"]), node["RefBrack"]["refr"]
    elif "Call" in node:  # a call may have its result as its last argument
        yield _variables(node["Call"]["params"][-1:]), node["Call"]["params"]


def _declared(node: Node) -> frozenset[str]:
    """Return the variables that this part of a rule declares."""
    declares = "SomeIn" in node or "Every" in node or ("AssignExpr" in node and node["AssignExpr"]["op"] == "ColEq")
    return next(_bindings(node))[0] if declares else frozenset()


def _mentions(node: Node, names: frozenset[str]) -> bool:
    """Return whether one of the names is read here; `input.settings` is not the document's to be unknown."""
    if isinstance(node, list):
        return any(_mentions(item, names) for item in node)
    if not isinstance(node, dict):
        return False
    if "Var" in node:
        return node["Var"]["value"] in names
    if "RefDot" in node or "RefBrack" in node:
        root, steps = _path(node)
        if root == "input" and steps[:1] == ["settings"]:
            return any(_mentions(step, names) for step in steps[1:] if isinstance(step, dict))
    return any(_mentions(item, names) for item in node.values())


def _path(node: Node) -> tuple[str, list[Node]]:
    """Return the variable that a reference begins with ("" for another beginning), and its steps: texts, or nodes."""
    steps: list[Node] = []
    while True:
        if "RefDot" in node:
            steps.append(_text(node["RefDot"]["field"]))
            node = node["RefDot"]["refr"]
        elif "RefBrack" in node:
            index = node["RefBrack"]["index"]
            steps.append(index["String"]["value"] if "String" in index else index)
            node = node["RefBrack"]["refr"]
        else:
            return str(node["Var"]["value"]) if "Var" in node else "", steps[::-1]


def _text(field: Node) -> str:
    return str(field[1]) if isinstance(field, list) else ""


def _variables(node: Node) -> frozenset[str]:
    return frozenset(item["Var"]["value"] for item in _nodes([node] if node is not None else []) if "Var" in item)


def _nodes(node: Node) -> Iterator[dict[str, Any]]:
    """Yield every object of the tree below, itself among them, but no places; this is most of what the check costs."""
    stack = [node]
    while stack:
        found = stack.pop()
        if found.__class__ is dict:
            yield found
            stack += [value for key, value in found.items() if key != "span" and value.__class__ in _INNER]
        else:
            stack += [value for value in found if value.__class__ in _INNER]


def _span(node: Node) -> dict[str, int]:
    """Return the first place that stands in this part of the tree."""
    spans = [item["span"] for item in _nodes(node) if "span" in item]
    return min(spans, key=lambda span: (span["line"], span["col"]), default={"line": 1, "col": 1, "start": 0})


def _name(rule: Node) -> str | None:
    """Return the first name of what the rule defines."""
    head = next(iter(rule.get("Spec", {}).get("head", {}).values()), None) or rule.get("Default")
    return _path(head["refr"])[0] if head else None


def _imported(imports: list[Node], source: bytes) -> Iterator[str]:
    for item in imports:
        root, steps = _path(item["refr"])
        if root in _DOCUMENT:
            alias = _variable(item.get("as"), source)
            yield str(alias["Var"]["value"] if alias else (steps or [root])[-1])
