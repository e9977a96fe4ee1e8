"""Programs that tamper with what is kept between checks: the check's own cache, compiled code, folders for caches."""

from __future__ import annotations

import os
import py_compile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from resilience_checks import check
from resilience_checks.sources.store import Store
from tests.hostile.attack import YAML, Attack, Attempt

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILES = "the child sees the repository, the interpreter and its packages, and can write in a folder of the run alone"
_COUNTS = "compiled code counts as what it is, beside its source"
STRICT = "version: 1\nservices:\n  shop: {scope: regional, tier: 1, rto: 1h, rpo: 1h, entry: {select: {name: one}}}\n"
_TEXT = YAML.replace("zoneRedundant: true", "zoneRedundant: false")
_HELPER = "REDUNDANT = True\n"
_BY_HELPER = """\
import helper
import pulumi

inputs = {"location": "uksouth", "zoneRedundant": helper.REDUNDANT}
pulumi.CustomResource("azure-native:web:AppServicePlan", "one", inputs)
"""
_OF_HELPER = {"__main__.py": _BY_HELPER, "helper.py": _HELPER, "resilience.yaml": STRICT}
"""A program that is kept: none of what it says may be another the next time."""


def _cache(root: Path) -> Path:
    return root.parent / "cache"


def _kept_outside(root: Path) -> Mapping[str, Any]:
    return {"cache": _cache(root)}


def _kept_inside(root: Path) -> Mapping[str, Any]:
    return {"cache": root / ".venv" / "cache"}


def _kept_by_a_link(root: Path) -> Mapping[str, Any]:
    return {"cache": root / "link"}


def _wrote_nothing(found: Attempt) -> None:
    assert [one.name for one in found.around.rglob("planted*")] == []
    assert b"planted" not in (_cache(found.root) / "key").read_bytes()


def _forged(root: Path, folder: Path) -> None:
    """Fill a cache with what a sound program would have, under the name that the other one has."""
    program, names = root / "Pulumi.yaml", []
    get = Store.get

    def noted(store: Store, name: str) -> bytes | None:
        names.append(name)
        return get(store, name)

    def checked(at: Path) -> None:
        check.run(check.Options(paths=(root,), root=root, jobs=1, cache=at))

    folder.parent.mkdir(parents=True, exist_ok=True)
    with mock.patch.object(Store, "get", noted):
        checked(root.parent / "names")
        asked = next(name for name in names if name.startswith("graph "))
        text = program.read_text(encoding="utf-8")
        program.write_text(text.replace("false", "true"), encoding="utf-8")
        names.clear()
        checked(_cache(root))
        own = next(name for name in names if name.startswith("graph "))
    program.write_text(text, encoding="utf-8")
    _cache(root).rename(folder)
    store = Store(folder)
    found = store.get(own)
    assert found is not None
    store.put(asked, found)


def _ship(root: Path) -> None:
    _forged(root, root / ".venv" / "cache")


def _ship_a_link(root: Path) -> None:
    _forged(root, root / ".venv" / "cache")
    (root / "link").symlink_to(".venv/cache")


def _compiled_from_another(root: Path, mode: py_compile.PycInvalidationMode) -> None:
    """Check and keep, then put other compiled code beside the same source."""
    helper, other = root / "helper.py", root.parent / "helper.py"
    compiled = Path(py_compile.compile(str(helper)) or "")
    check.run(check.Options(paths=(root,), root=root, jobs=1, cache=_cache(root)))
    before = compiled.stat()
    other.write_text(_HELPER.replace(" True", "not 1"), encoding="utf-8")
    _set_back(other, helper.stat())
    py_compile.compile(str(other), str(compiled), str(helper), doraise=True, invalidation_mode=mode)
    assert compiled.stat().st_size == before.st_size
    _set_back(compiled, before)


def _set_back(path: Path, before: os.stat_result) -> None:
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _unchecked(root: Path) -> None:
    _compiled_from_another(root, py_compile.PycInvalidationMode.UNCHECKED_HASH)


def _of_the_same_time(root: Path) -> None:
    _compiled_from_another(root, py_compile.PycInvalidationMode.TIMESTAMP)


ATTACKS = (
    Attack(
        "writes-the-cache",
        "plants entries in the check's cache, and another key",
        _FILES,
        """\
cache = Path(__file__).parents[1] / "cache"
tried(lambda: (cache / "key").write_bytes(b"planted-" * 4))
tried(lambda: (cache / "00").mkdir())
for number in range(9):
    tried(lambda: (cache / "00" / f"planted{number}").write_bytes(b"x"))
""",
        exit_code=0,
        options=_kept_outside,
        proof=_wrote_nothing,
        by_system=True,
    ),
    Attack(
        "writes-folders-of-caches",
        "plants compiled code in `__pycache__` of its own and of its packages, and a file in `node_modules/.cache`",
        _FILES,
        """\
import pulumi.resource
for folder in (Path(__file__).parent, Path(pulumi.__file__).parent):
    tried(lambda: (folder / "__pycache__").mkdir())
    tried(lambda: (folder / "__pycache__" / f"planted.{sys.implementation.cache_tag}.pyc").write_bytes(b"x"))
tried(lambda: (Path(__file__).parent / "node_modules/.cache").mkdir(parents=True))
tried(lambda: (Path(__file__).parent / "node_modules/.cache/planted").write_text("x"))
""",
        exit_code=0,
        options=_kept_outside,
        proof=_wrote_nothing,
    ),
    Attack(
        "brings-a-cache",
        "brings a cache whose key it knows, with a sound program's graph under the name of its own, where the user keeps his",
        "no cache is used that stands in the repository",
        "",
        exit_code=13,
        language="yaml",
        files={"Pulumi.yaml": _TEXT, "resilience.yaml": STRICT},
        place=_ship,
        options=_kept_inside,
    ),
    Attack(
        "brings-a-link-to-a-cache",
        "brings the same by a link in the place of the folder",
        "no cache is used that stands in the repository",
        "",
        exit_code=13,
        language="yaml",
        files={"Pulumi.yaml": _TEXT, "resilience.yaml": STRICT},
        place=_ship_a_link,
        options=_kept_by_a_link,
    ),
    Attack(
        "compiled-code",
        "has its sound source kept, then brings compiled code for it that Python runs without a look at the source",
        _COUNTS,
        "",
        exit_code=13,
        files=_OF_HELPER,
        place=_unchecked,
        options=_kept_outside,
    ),
    Attack(
        "compiled-code-of-the-same-time",
        "does the same with compiled code that says the time and the size of the source",
        _COUNTS,
        "",
        exit_code=13,
        files=_OF_HELPER,
        place=_of_the_same_time,
        options=_kept_outside,
    ),
)
