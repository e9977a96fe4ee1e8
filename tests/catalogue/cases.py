"""Fixtures of the catalogue: a few resources each, and what is said of them with the entries that they prove.

The form is told in docs/catalogue.md. A fixture is read once and judged in process: no program is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml

from resilience_checks.analysis.answers import Analysis
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.errors import CheckError
from resilience_checks.model.question import FaultKind, Holds, Horizon, Question
from resilience_checks.model.values import LookupAnswer, Unknown
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.catalogue.entries import Entry, PackageEntry
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Estate

FOLDER = Path(__file__).parent / "fixtures"
SERVICE = {"entry": {"select": {"name": "app"}}, "scope": "national", "rto": "10m", "rpo": "1m"}
EACH = "each"
"""The type of a resource that stands for every type that the fixture proves, one after the other."""
_REFERENCE = re.compile(r"\$\{([\w-]+)(?:\.([^}]+))?\}")
_WORDS = {Holds.YES: "survives", Holds.NO: "lost", Holds.UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Fixture:
    """One file, or one of the types that a file proves by a resource of type `each`."""

    path: Path
    data: Mapping[str, Any]
    proves: tuple[str, ...]
    each: str | None = None

    def __str__(self) -> str:
        """Return its name in the tests."""
        name = self.path.relative_to(FOLDER).with_suffix("").as_posix()
        return name if self.each is None else f"{name}[{self.each}]"

    @property
    def graph(self) -> ResourceGraph:
        """What a program would register."""
        return _Reader(self.data, self.each).graph()

    @property
    def declared(self) -> Declarations:
        """What resilience.yaml says."""
        own = {"version": 1, "services": {"app": SERVICE}} | self.data.get("declared", {})
        return _declarations(yaml.safe_dump(own, sort_keys=False))

    @property
    def expected(self) -> dict[str, dict[str, Any]]:
        """What is said of each service, by question."""
        stated: dict[str, Any] = self.data["outcomes"]
        return stated if all(isinstance(value, dict) for value in stated.values()) else {"app": stated}


def fixtures() -> tuple[Fixture, ...]:
    """Return every fixture."""
    return tuple(fixture for path in sorted(FOLDER.rglob("*.yaml")) for fixture in _read(path))


def _read(path: Path) -> Iterator[Fixture]:
    data = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    proves = tuple(data["proves"])
    if any(item["type"] == EACH for item in data["resources"].values()):
        yield from (Fixture(path, data, (token,), token) for token in proves)
    else:
        yield Fixture(path, data, proves)


@cache
def _declarations(text: str) -> Declarations:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "resilience.yaml"
        file.write_text(text, encoding="utf-8")
        return load(file, Path(folder))


@dataclass
class _Reader:
    """Turns the resources of a fixture into a graph; `${x}` leads to resource or lookup x, `${?}` to nothing known."""

    data: Mapping[str, Any]
    each: str | None
    program: Program = field(default_factory=Program)
    known: dict[str, str] = field(default_factory=dict)

    def graph(self) -> ResourceGraph:
        for name, item in self.data.get("lookups", {}).items():
            args, refers = self._values(item.get("args", {}))
            self.known[name] = self.program.lookup(item["token"], refers=refers, **{"name": name, **args})
        for name, item in self.data["resources"].items():
            self._add(name, item)
        return replace(self.program.graph(), default_providers=self.data.get("config", {}))

    def _add(self, name: str, item: Mapping[str, Any]) -> None:
        token = self.each if item["type"] == EACH else item["type"]
        assert token is not None
        inputs, refers = self._values(item.get("inputs", {}))
        provider = self.known[item["provider"]] if "provider" in item else None
        remote = item.get("component", False)
        self.known[name] = self.program.add(
            token, name, inputs, provider=provider, refers=refers, custom=not remote, remote=remote
        )

    def _values(self, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        refers: dict[str, str] = {}
        return {key: self._value(value, key, refers) for key, value in inputs.items()}, refers

    def _value(self, value: Any, at: str, refers: dict[str, str]) -> Any:
        if isinstance(value, list):
            return [self._value(item, f"{at}[{number}]", refers) for number, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._value(item, f"{at}.{key}", refers) for key, item in value.items()}
        if value == "${?}":
            return Unknown("not known before deployment")
        found = _REFERENCE.search(value) if isinstance(value, str) else None
        if found is None:
            return value
        target = self.known[found[1]]
        if target.startswith("lookup:"):
            return LookupAnswer(target, found[2] or "id")
        refers[at] = target
        return Unknown("computed at deployment")


_WHOLE = Catalogue()


class Without(Catalogue):
    """The catalogue without one entry."""

    def __init__(self, token: str) -> None:
        """Remember which."""
        super().__init__()
        self._token = token

    def package(self, name: str) -> PackageEntry | None:
        """Return the entries of a package, which are read once for all."""
        return _WHOLE.package(name)

    def entry(self, token: str) -> Entry | None:
        """Return what the type means, unless it is that one."""
        return None if token == self._token else super().entry(token)

    def lookup(self, token: str) -> Entry | None:
        """Return what the lookup finds, unless it is that one."""
        return None if token == self._token else super().lookup(token)


def said(fixture: Fixture, catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """Return what is said with a catalogue of each service that the fixture states something of, by its questions."""
    try:
        estate = build([fixture.graph], fixture.declared, catalogue)
    except CheckError as error:
        return {"error": {"": error.what}}
    questions = {key: question(key) for asked in fixture.expected.values() for key in asked if key not in _TOLD}
    analysis = Analysis(estate, questions=list(questions.values()))
    found: dict[str, dict[str, Any]] = {}
    for name, asked in fixture.expected.items():
        found[name] = {
            key: _TOLD[key](estate) if key in _TOLD else _answer(analysis, estate, questions[key], name, str(expected))
            for key, expected in asked.items()
        }
    return found


def question(key: str) -> Question:
    """Return what `KIND`, `any` or `bad change of KIND` asks, perhaps with `at once` or `twice` behind it.

    >>> question("zone at once").kinds, question("bad change of any twice").order
    (('zone',), 2)
    """
    words = key.removeprefix("bad change of ").split(" ")
    fault = FaultKind.BAD_CHANGE if key.startswith("bad change of ") else FaultKind.OUTAGE
    return Question(
        key,
        (fault,),
        () if words[0] == "any" else (words[0],),
        order=2 if "twice" in words else 1,
        horizon=Horizon.INSTANT if key.endswith("at once") else Horizon.RTO,
        within_rpo=not key.endswith("at once"),
    )


def _answer(analysis: Analysis, estate: Estate, asked: Question, service: str, expected: str) -> str:
    statement = analysis.state(asked, estate.services[service])
    if statement.error is not None:
        return statement.error
    if statement.asked is Holds.NO:
        return "nothing to lose"
    word = _WORDS[statement.holds]
    by = [" + ".join(sorted(event.rpartition("/")[0] for event in cut.events)) for cut in statement.cuts]
    return f"{word} by {', '.join(sorted(by))}" if " by " in expected else word


def _backups(estate: Estate) -> str:
    """Return whether backups are known to be made, known not to be, or neither."""
    made = "made" if estate.backups else "unknown"
    return "none" if estate.without_backup else made


def _every(estate: Estate) -> list[float | None]:
    """Return every how many seconds each backup is made, None where that is not known."""
    return sorted((backup.every for backup in estate.backups.values()), key=lambda every: (every is None, every or 0))


def _replicas(estate: Estate) -> list[str]:
    return sorted({region for item in estate.replicas.values() for region in item.regions})


_TOLD = {
    "backups": _backups,
    "every": _every,
    "replicas": _replicas,
}
