"""Random programs: components, providers, lookups, outputs combined in every way, loops, secrets, options.

A batch is one Pulumi program whose modules are programs of their own, with names of their own, so that one preview
compares many. The same seed makes the same text.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("sample", "other", "far")
LOOKUPS = {
    "sample:index:getNames": {"names": ["a", "b", "c"], "size": 3, "nested": {"deep": [True, None]}},
    "other:index:getOne": {"id": "one", "word": "given"},
}
_LIBRARY = '''"""The resources of all programs of a batch."""

import json

import pulumi


class Thing(pulumi.CustomResource):
    def __init__(self, name, opts=None, kind="sample:index:Thing", **inputs):
        super().__init__(kind, name, {"a": None, "b": None, "c": None, **inputs}, opts)


class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None, remote=False, **inputs):
        super().__init__("far:index:Group" if remote else "local:index:Group", name, inputs, opts, remote)


def wrapped(value):
    return {"value": value}


def text(value):
    return f"<{json.dumps(value, sort_keys=True)}>"  # the protocol keeps no order of keys


def same(value):
    return value


def listed(value):
    return [value, {"again": value}]


def hidden(value):
    return pulumi.Output.secret(value)


def later(value):
    return pulumi.Output.all(value, 1).apply(lambda both: both[0])


def added(args):
    return pulumi.ResourceTransformResult({**args.props, "added": "by a transform"}, args.opts)


def kept(args):
    return pulumi.ResourceTransformResult(
        args.props, pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
    )


def old(args):
    return pulumi.ResourceTransformationResult({**args.props, "old": True}, args.opts)
'''
_HEAD = """import pulumi
from library import Group, Thing, added, hidden, kept, later, listed, old, same, text, wrapped
from pulumi import Alias, InvokeOptions, InvokeOutputOptions, Output, ResourceOptions
from pulumi.runtime import invoke, invoke_output

"""
_STACK_TRANSFORM = """

def marked(args):
    if args.type_ == "other:index:Thing":
        return pulumi.ResourceTransformResult({**args.props, "marked": True}, args.opts)
    return None


pulumi.runtime.register_resource_transform(marked)
"""


def write_batch(folder: Path, seed: int, count: int) -> None:
    """Write a project of `count` programs, with the answers to their lookups beside it."""
    names = [f"p{seed}_{number}" for number in range(count)]
    files = {name: Program(random.Random(f"{seed}/{name}"), name).source() for name in names}
    transform = _STACK_TRANSFORM if seed % 2 else ""
    files["__main__"] = f"import pulumi\n{transform}\n" + "".join(f"import {name}  # noqa: F401\n" for name in names)
    files["library"] = _LIBRARY
    folder.mkdir()
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(f"name: batch-{seed}\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  sample:region: west\n", encoding="utf-8")
    (folder / "lookups.json").write_text(json.dumps(LOOKUPS), encoding="utf-8")


class Program:
    """Writes one program; what it may refer to is what it has written before."""

    def __init__(self, rng: random.Random, name: str) -> None:
        """Start with nothing written."""
        self._rng, self._name = rng, name
        self._lines: list[str] = []
        self._count = 0
        self._things: list[str] = []
        self._closed: list[str] = []
        self._open: list[str] = []
        self._outputs: list[str] = []
        self._providers: list[tuple[str, str]] = []

    def source(self) -> str:
        """Return the text of the program."""
        for _ in range(self._rng.randint(4, 9)):
            self._statement("")
        return _HEAD + "\n".join(self._lines) + "\n"

    def _statement(self, indent: str) -> None:
        kinds = ("thing", "thing", "thing", "loop", "group", "provider", "read", "lookup", "plain", "combined")
        getattr(self, f"_{self._rng.choice(kinds)}")(indent)

    def _new(self) -> str:
        self._count += 1
        return f"x{self._count}"

    def _write(self, indent: str, line: str) -> None:
        self._lines.append(indent + line)

    def _thing(self, indent: str) -> None:
        name = self._new()
        package = self._rng.choice(("sample", "other"))
        parts = [f'"{self._name}-{name}"', self._options(package), f'kind="{package}:index:Thing"', *self._inputs()]
        self._write(indent, f"{name} = Thing({', '.join(parts)})")
        self._things.append(name)
        self._outputs += [f"{name}.a", f"{name}.b", f"{name}.id"]

    def _loop(self, indent: str) -> None:
        name, size = self._new(), self._rng.randint(1, 3)
        options, inputs = self._options("sample"), ", ".join(self._inputs())
        call = f'Thing(f"{self._name}-{name}-{{index}}", {options}, index=index{", " + inputs if inputs else ""})'
        if self._rng.random() < 0.5:
            self._write(indent, f"{name} = [{call} for index in range({size})]")
        else:
            self._write(indent, f"{name} = []")
            self._write(indent, f"for index in range({size}):")
            self._write(indent, f"    {name}.append({call})")
        self._outputs += [
            f"Output.all(*[it.id for it in {name}])",
            f"{name}[0].a",
            f"Output.all(*[it.b for it in {name}])",
        ]
        self._things.append(f"{name}[-1]")

    def _group(self, indent: str) -> None:
        if len(self._open) > 2:
            return
        name, remote = self._new(), self._rng.random() < 0.2
        parts = [f'"{self._name}-{name}"', self._options("far" if remote else ""), f"remote={remote}", *self._inputs()]
        self._write(indent, f"{name} = Group({', '.join(parts)})")
        self._open.append(name)
        for _ in range(self._rng.randint(0, 3)):
            self._statement(indent)
        self._open.pop()
        if not remote and self._rng.random() < 0.7:
            self._write(indent, f"{name}.register_outputs({{'made': {self._value(1)}}})")
        if not self._open:
            self._closed.append(name)
        if not remote:
            self._outputs.append(f"{name}.urn")

    def _provider(self, indent: str) -> None:
        name, package = self._new(), self._rng.choice(("sample", "other"))
        region = self._value(1) if self._rng.random() < 0.6 else '"west"'
        self._write(
            indent, f'{name} = pulumi.ProviderResource("{package}", "{self._name}-{name}", {{"region": {region}}})'
        )
        self._providers.append((package, name))

    def _read(self, indent: str) -> None:
        name = self._new()
        where = self._rng.choice(['"read-id"', *(output for output in self._outputs if output.endswith(".id"))][:3])
        parent = f", parent={self._rng.choice(self._open)}" if self._open else ""
        self._write(
            indent, f'{name} = Thing("{self._name}-{name}", ResourceOptions(id={where}{parent}), a={self._value(1)})'
        )
        self._outputs += [f"{name}.a", f"{name}.id"]

    def _lookup(self, indent: str) -> None:
        name = self._new()
        token, key = self._rng.choice((("sample:index:getNames", "names"), ("other:index:getOne", "word")))
        options = ""
        if self._things and self._rng.random() < 0.3:
            options = f", InvokeOutputOptions(depends_on=[{self._rng.choice(self._things)}])"
        elif self._open and self._rng.random() < 0.5:
            options = f", InvokeOptions(parent={self._open[-1]})"
        self._write(indent, f'{name} = invoke_output("{token}", {{"x": {self._value(1)}}}{options})')
        self._outputs.append(f'{name}.apply(lambda found: (found or {{}}).get("{key}"))')

    def _plain(self, indent: str) -> None:
        name = self._new()
        options = next((f", InvokeOptions(provider={made})" for kind, made in self._providers if kind == "sample"), "")
        self._write(
            indent, f'{name} = invoke("sample:index:getNames", {{"y": {self._literal()}}}{options}).value or {{}}'
        )
        self._write(indent, f'for each in {name}.get("names", []):')
        self._write(indent, f'    Thing(f"{self._name}-{name}-{{each}}", a=each, b={self._value(1)})')

    def _combined(self, indent: str) -> None:
        name = self._new()
        self._write(indent, f"{name} = Output.from_input({self._value(2)}).apply({self._function()})")
        self._outputs.append(name)

    def _inputs(self) -> list[str]:
        """Return inputs; assets only as a whole input, because as text or JSON they differ in each run."""
        found = [f"{key}={self._value(2)}" for key in "abcd" if self._rng.random() < 0.55]
        if self._rng.random() < 0.1:
            found.append(f'e=pulumi.AssetArchive({{"one": pulumi.StringAsset({self._literal()!r})}})')
        return found

    def _function(self) -> str:
        return self._rng.choice(("wrapped", "text", "same", "listed", "hidden", "later"))

    def _literal(self) -> str:
        return self._rng.choice(
            ('"word"', "3", "2.5", "True", '""', "0", '"a/b"', "[]", "{}", '["x", 1]', '{"k": "v"}')
        )

    def _value(self, depth: int) -> str:
        pick = self._rng.random()
        if depth == 0 or pick < 0.25:
            return self._literal()
        if pick < 0.5 and self._outputs:
            return self._rng.choice(self._outputs)
        inner = self._value(depth - 1)
        if pick < 0.6:
            return f"[{inner}, {self._value(depth - 1)}, None]"
        if pick < 0.7:
            return f'{{"k": {inner}, "{self._rng.choice(("l", "someName", "some_name"))}": {self._value(depth - 1)}}}'
        return self._combination(inner, depth)

    def _combination(self, inner: str, depth: int) -> str:
        other = self._value(depth - 1)
        return self._rng.choice(
            (
                f"Output.secret({inner})",
                f"Output.unsecret(Output.from_input({inner}))",
                f"Output.from_input({inner}).apply({self._function()})",
                f"Output.all({inner}, {other}).apply({self._function()})",
                f"Output.all(one={inner}, two={other}).apply(lambda both: both['one'])",
                f'Output.concat("x-", {inner})' if self._simple(inner) else f"Output.all({inner}, {other})",
                f"Output.json_dumps({inner}, sort_keys=True)",
            )
        )

    def _simple(self, inner: str) -> bool:
        return inner.startswith('"') or inner.endswith((".id", ".urn"))

    def _options(self, package: str) -> str:
        """Return options; without a package, those of a local component."""
        found: dict[str, str] = {}
        if self._open and self._rng.random() < 0.85:
            found["parent"] = self._open[-1]
        elif package and self._things and not self._open and self._rng.random() < 0.2:
            found["parent"] = self._rng.choice(self._things)
        fitting = [name for kind, name in self._providers if kind == package]
        if fitting and self._rng.random() < 0.5:
            found["provider"] = self._rng.choice(fitting)
        elif package in {"", "far"} and self._providers and self._rng.random() < 0.7:
            kind, name = self._rng.choice(self._providers)
            found["providers"] = f'{{"{kind}": {name}}}' if self._rng.random() < 0.5 else f"[{name}]"
        before = self._things + (self._closed if not self._open else [])
        if before and self._rng.random() < 0.3:
            chosen = self._rng.sample(before, min(len(before), self._rng.randint(1, 2)))
            found["depends_on"] = f"[{', '.join(chosen)}]"
        others = self._others(package)
        found.update({key: value for key, value, chance in others if self._rng.random() < chance})
        return f"ResourceOptions({', '.join(f'{key}={value}' for key, value in found.items())})"

    def _others(self, package: str) -> list[tuple[str, str, float]]:
        custom = package in {"sample", "other"}
        target = self._things[-1] if self._things else "None"
        return [
            ("protect", self._rng.choice(("True", "False")), 0.15),
            ("retain_on_delete", "True", 0.1),
            ("deleted_with", target, 0.1),
            ("aliases", '[Alias(name="before"), Alias(type_="sample:index:Old")]', 0.15),
            ("transforms", self._rng.choice(("[added]", "[kept]", "[added, kept]")), 0.15),
            ("transformations", "[old]", 0.1),
            ("ignore_changes", '["a", "b.c"]', 0.15 * custom),
            ("delete_before_replace", "True", 0.1 * custom),
            ("additional_secret_outputs", '["a"]', 0.15 * custom),
            ("import_", '"imported-id"', 0.08 * custom),
        ]
