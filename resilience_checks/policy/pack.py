"""Reads policies: what each asks and how it is called stand in its METADATA, and nowhere else."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import EngineError
from resilience_checks.model.files import text as text_of
from resilience_checks.model.location import Location
from resilience_checks.model.question import FaultKind, Horizon, Members, Question
from resilience_checks.model.result import Severity
from resilience_checks.policy.metadata import WHY, metadata
from resilience_checks.policy.safety import examine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from resilience_checks.policy.settings import Settings

_OF_A_CHANGE = frozenset({"change", "loosened"})
FIRST_SET = "2026.1"
"""The first policy set."""
_PACKAGE = re.compile(r"^package\s+(resilience(?:\.[a-z_][a-z0-9_]*)+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as its METADATA describes it; `package` is where its `report` stands."""

    id: str
    title: str
    description: str
    severity: Severity
    package: str
    path: str
    remediation: str
    questions: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Any]
    on_unknown: Mapping[str, str]
    reads: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    """Globs of the types of resources whose inputs it reads."""
    controls: tuple[str, ...] = ()
    waivable: bool = True
    since: str = FIRST_SET
    """The policy set that brought it; what names none is in every set."""

    @property
    def area(self) -> str:
        """The part of the field that it is about: the second name of its package."""
        return self.package.split(".")[1].replace("_", "-")

    @property
    def judges_change(self) -> bool:
        """Whether it is about a change itself: what it finds stood nowhere before."""
        return not _OF_A_CHANGE.isdisjoint(self.reads)

    @property
    def defaults(self) -> dict[str, Any]:
        """The parameters as they are when nobody sets them."""
        found = self.parameters.get("properties", {})
        return {name: item["default"] for name, item in found.items() if "default" in item}


@dataclass(frozen=True, slots=True)
class Pack:
    """The policies of one check, with every module that they need."""

    policies: tuple[Policy, ...]
    modules: Mapping[str, str]
    files: Mapping[str, Path] = field(default_factory=dict, compare=False)
    """Where each module stands, by the path that is shown of it."""
    tests: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The modules of tests, which no check evaluates."""
    added: frozenset[str] = frozenset()
    """Ids of the policies that only add to those that are trusted."""

    def page(self, policy: Policy) -> str:
        """Return the policy's page, "" where it has none."""
        page = self.files[policy.path].with_name("README.md")
        return text_of(page) if page.is_file() else ""

    @property
    def digest(self) -> str:
        """The SHA-256 of all modules."""
        total = hashlib.sha256()
        for path in sorted(self.modules):
            total.update(f"{path}\0{self.modules[path]}\0".encode())
        return total.hexdigest()


def load(directories: Sequence[Path] = (), added: Sequence[Path] = (), shown: Mapping[Path, str] | None = None) -> Pack:
    """Return the bundled policies and those of `directories`; raise EngineError at what is wrong in one.

    Those of `added` only add to these: none of their modules may change what another one says, and one that is in
    `directories` already, such as in a folder with another name, is as it is there. A module is shown by its path from
    the folder that is named, or from what `shown` says of that.
    """
    found = _Modules(shown or {})
    found.read(bundled(), "policies")
    ours = dict(found.modules)
    tools = {_package(name, text) for name, text in found.modules.items()}
    for directory in directories:
        found.read(directory)
    known = {_package(name, text) for name, text in found.modules.items()}
    own = set(found.modules)
    for directory in added:
        found.read(directory)
    more = {name: text for name, text in found.modules.items() if name not in own}
    for name in [name for name, text in more.items() if _package(name, text) in known - tools]:
        del found.modules[name], more[name]
    _refuse_changes(more, known)
    examine(found.modules)
    policies = tuple(
        policy
        for path, text in found.modules.items()
        for policy in _policies(path, text, held=ours.get(path) is not text)
    )
    _refuse_doubles(policies)
    return Pack(
        tuple(sorted(policies, key=lambda policy: policy.id)),
        found.modules,
        found.files,
        found.tests,
        frozenset(policy.id for policy in policies if policy.path in more),
    )


@dataclass
class _Modules:
    """The modules that were read, by the path that is shown of each."""

    shown: Mapping[Path, str]
    modules: dict[str, str] = field(default_factory=dict)
    tests: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)

    def read(self, root: Path, prefix: str | None = None) -> None:
        """Read all modules of a folder."""
        prefix = prefix or self.shown.get(root, root.as_posix())
        for path in sorted(root.rglob("*.rego")):
            name = f"{prefix}/{path.relative_to(root).as_posix()}"
            name = f"./{name}" if name in self.files else name
            self.files[name] = path
            (self.tests if path.name.endswith("_test.rego") else self.modules)[name] = _read(name, path)


def _refuse_changes(added: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse what would put rules into a package that is trusted, or around it: a policy could be made to see less."""
    for path, text in added.items():
        package = _package(path, text)
        touched = next(
            (one for one in known if f"{one}.".startswith(f"{package}.") or package.startswith(f"{one}.")), ""
        )
        if touched:
            raise EngineError(
                f"the module adds to package {touched}, which is trusted",
                location=Location(path, 1),
                why="policies that are added by what is checked may find more, and change nothing of what others find",
                remedy="give it a package of its own, such as `resilience.own.NAME`, or bring it in where settings are trusted",
            )


def _read(name: str, path: Path) -> str:
    try:
        return text_of(path)
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(
            f"the module cannot be read: {error}",
            location=Location(name, 1),
            why=WHY,
            remedy="make it a readable file of UTF-8 text",
        ) from error


def questions(pack: Pack, settings: Mapping[str, Settings]) -> tuple[Question, ...]:
    """Return what the enabled policies ask, their parameters filled in."""
    return tuple(
        _question(policy, name, item, settings[policy.id].parameters)
        for policy in pack.policies
        if settings[policy.id].enabled
        for name, item in policy.questions.items()
    )


def reads(pack: Pack, settings: Mapping[str, Settings]) -> tuple[str, ...]:
    """Return the sections of the document that the enabled policies read."""
    return tuple(sorted({name for policy in pack.policies if settings[policy.id].enabled for name in policy.reads}))


def types(pack: Pack, settings: Mapping[str, Settings]) -> tuple[str, ...]:
    """Return the globs of the types of resources whose inputs the enabled policies read."""
    enabled = (policy for policy in pack.policies if settings[policy.id].enabled)
    return tuple(sorted({glob for policy in enabled for glob in policy.resources}))


def bundled() -> Path:
    """Return where the policies stand that come with the package: inside it, or beside it in the repository."""
    package = Path(str(resources.files("resilience_checks")))
    inside = package / "policies"
    return inside if inside.is_dir() else package.parent / "policies"


def _package(path: str, text: str) -> str:
    package = _PACKAGE.search(text)
    if package is None:
        raise EngineError(
            "the module has no package below `resilience`",
            location=Location(path, 1),
            why=WHY,
            remedy="start it with `package resilience.AREA.NAME`",
        )
    return package.group(1)


def _policies(path: str, text: str, *, held: bool) -> Iterator[Policy]:
    package = _package(path, text)
    if package.startswith("resilience.lib."):
        return
    data = metadata(path, text, held=held)
    custom = data["custom"]
    yield Policy(
        id=custom["id"],
        title=str(data["title"]),
        description=" ".join(str(data["description"]).split()),
        severity=Severity(custom["severity"]),
        package=package,
        path=path,
        remediation=" ".join(str(custom["remediation"]).split()),
        questions=custom.get("questions", {}),
        parameters=custom.get("parameters", {"type": "object"}),
        on_unknown=custom.get("on_unknown", {}),
        reads=(*custom.get("reads", ()), *(("resources",) if "resources" in custom else ())),
        resources=tuple(custom.get("resources", ())),
        controls=tuple(custom.get("controls", ())),
        waivable=custom.get("waivable", True),
        since=custom.get("since", FIRST_SET),
    )


def _refuse_doubles(policies: Sequence[Policy]) -> None:
    seen: dict[str, Policy] = {}
    for policy in policies:
        if policy.id in seen:
            raise EngineError(
                f"two policies have the id {policy.id}: {seen[policy.id].path} and this one",
                location=Location(policy.path, 1),
                why=WHY,
                remedy="give one of them another id",
            )
        seen[policy.id] = policy


def _question(policy: Policy, name: str, item: Mapping[str, Any], parameters: Mapping[str, Any]) -> Question:
    def value(key: str, default: Any) -> Any:
        found = item.get(key, default)
        return parameters[found["parameter"]] if isinstance(found, dict) else found

    return Question(
        id=f"{policy.id}.{name}",
        faults=tuple(FaultKind(fault) for fault in item["faults"]),
        kinds=tuple(value("kinds", ())),
        roles=tuple(value("roles", ())),
        except_kinds=tuple(value("except_kinds", ())),
        except_roles=tuple(value("except_roles", ())),
        order=value("order", 1),
        horizon=Horizon(value("horizon", "instant")),
        within_rpo=item.get("within_rpo", False),
        declared_only=item.get("declared_only", False),
        beside=item.get("beside", ""),
        any_beside=value("enough", "any") == "any",
        any_consumer=item.get("any_consumer", False),
        members=Members(item.get("members", "any")),
    )
