"""What an installed Pulumi SDK calls its types and inputs, read from the text of its classes: nothing is imported.

Importing all of a large SDK takes longer than all other tests of the catalogue together.
"""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path

_ELEMENT = re.compile(r"(?:\[\d*\]|\{@?\})+$")
_GETTER = re.compile(
    r'@pulumi\.getter(?:\(name="(?P<wire>[^"]+)"\))?\n(?:    @_utilities\.deprecated\(.*\)\n)?    def (?P<name>\w+)\(self\) -> (?P<kind>.+):\n'
)
_NESTED = re.compile(r"'((?:\w+\.)*\w+Args)'")
_TOKEN = re.compile(r"'([\w-]+:[\w/.-]+:\w+)'")


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _folder(module: str) -> Path:
    """Return the folder of a package's module, without importing it."""
    top, _, rest = module.partition(".")
    spec = importlib.util.find_spec(top)
    assert spec is not None, f"{top} is not installed"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]).joinpath(*rest.split(".") if rest else ())


@cache
def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.py")))


@cache
def _bodies(path: Path) -> dict[str, str]:
    """Return the text of each class of a file that holds inputs."""
    pieces = re.split(r"^class (\w+Args)\b.*:\n", _text(path), flags=re.MULTILINE)
    return {name: body.split("\nclass ", 1)[0] for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}


@cache
def resource_classes(sdk: str) -> dict[str, tuple[str, str]]:
    """Return the module and class of every type token that the SDK registers."""
    source = _text(_folder(sdk) / "__init__.py")
    table = re.search(r'resource_modules="""\n(.*?)"""', source, re.DOTALL)
    assert table is not None, f"{sdk} has no table of its types"
    return {
        token: (module["fqn"], name)
        for module in json.loads(table.group(1))
        for token, name in module["classes"].items()
    }


@cache
def _components(sdk: str) -> dict[str, tuple[str, str]]:
    """Return the classes of an SDK whose tokens stand in their own constructors alone."""
    found: dict[str, tuple[str, str]] = {}
    top = _folder(sdk)
    for path in sorted(top.rglob("*.py")):
        text = _text(path) if path.stat().st_size < _LARGEST and path.name != "_inputs.py" else ""
        if "(pulumi.ComponentResource)" in text:
            module = ".".join([sdk, *path.parent.relative_to(top).parts])
            found |= {
                token: (module, token.rsplit(":", 1)[-1])
                for token in _TOKEN.findall(text)
                if f"class {token.rsplit(':', 1)[-1]}(pulumi.ComponentResource)" in text
            }
    return found


_LARGEST = 200_000


@cache
def inputs_of(sdk: str, token: str) -> dict[str, tuple[str, str]] | None:
    """Return the inputs of a resource type as `fields` does, None where the SDK has no such type."""
    place = resource_classes(sdk).get(token) or _components(sdk).get(token)
    if place is None:
        return None
    module, name = place
    return fields(module, f"{name}InitArgs", resource=name) or fields(module, f"{name}Args", resource=name)


@cache
def provider_inputs(sdk: str) -> dict[str, tuple[str, str]]:
    """Return the inputs of the SDK's provider."""
    found = fields(sdk, "ProviderArgs", resource="Provider")
    assert found is not None
    return found


@cache
def fields(module: str, name: str, resource: str | None = None) -> dict[str, tuple[str, str]] | None:
    """Return by wire name the annotation of each input of a class, and the module from which it names others.

    The inputs of a resource stand in the file of its class; a nested class may be called the same.
    """
    folder = _folder(module)
    own = folder / f"{_snake(resource)}.py" if resource is not None else folder / "_inputs.py"
    likely = (own,) if own.is_file() else _files(folder)
    for path in likely:
        if f"class {name}" in _text(path) and name in _bodies(path):
            return {
                match["wire"] or match["name"]: (match["kind"], module)
                for match in _GETTER.finditer(_bodies(path)[name])
            }
    return None


def _snake(name: str) -> str:
    """Return the name of the file of a class or function.

    >>> _snake("HaVpnGateway"), _snake("VPNTunnel"), _snake("ClusterV2")
    ('ha_vpn_gateway', 'vpn_tunnel', 'cluster_v2')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def lookup_arguments(sdk: str, token: str) -> set[str]:
    """Return the argument names of a function token, empty where the SDK has no such function."""
    module, function = token.split(":")[1].partition("/")[0], token.rsplit(":", 1)[-1]
    folder = _folder(sdk) if module == "index" else _folder(sdk) / _snake(module)
    text = _text(folder / f"{_snake(function)}.py")
    return set(re.findall(r"__args__\['(\w+)'\]", text)) if f"'{token}'" in text else set()


def has_path(inputs: dict[str, tuple[str, str]], path: str) -> bool:
    """Return whether the inputs have `path` (`a.b[].c`, wire names)."""
    head, _, rest = path.partition(".")
    found = inputs.get(_ELEMENT.sub("", head))
    if found is None:
        return False
    free = "Mapping[str, pulumi.Input[_builtins.str]]" in found[0]  # a map such as tags, whose keys are data
    return not rest or free or any(has_path(each, rest) for each in _nested(*found))


def _nested(kind: str, module: str) -> list[dict[str, tuple[str, str]]]:
    """Return the inputs of each class within an annotation; `_meta.v1.XArgs` is one of another module of the SDK."""
    found = []
    for name in _NESTED.findall(kind):
        home, _, own = name.rpartition(".")
        top = module.partition(".")[0]
        if home == "_root_inputs":
            home = top
        elif home.startswith("_"):
            home = f"{top}.{home[1:]}"
        fields_ = fields(home or module, own)
        if fields_ is not None:
            found.append(fields_)
    return found


def aliases_of(sdk: str, token: str) -> set[str]:
    """Return the tokens by which older SDKs knew a resource type, as the SDK itself lists them."""
    module, name = resource_classes(sdk)[token]
    return set(re.findall(r'Alias\(type_="([^"]+)"\)', _text(_folder(module) / f"{_snake(name)}.py")))
