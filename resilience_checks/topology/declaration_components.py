"""Reads the components of `resilience_checks.declare`: what each says, in the words of resilience.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import LookupAnswer, Reason, Secret, StackOutput, Unknown
from resilience_checks.topology.declaration_merge import Statement
from resilience_checks.topology.declaration_problems import Problems, hint, listing, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value
    from resilience_checks.topology.declaration_source import Data

PACKAGE = "resilience-checks:declare:"
"""How the type token of every component begins that is a declaration."""
_OURS = "resilience-checks:"
URN = "urn:pulumi:"
_OUTPUT = "output:"
"""How `StackOutput.reference` begins."""

_SECTIONS = {
    "Site": "sites",
    "Link": "links",
    "Placement": "placement",
    "Component": "components",
    "FirewallPair": "components",
    "FailureDomain": "domains",
    "Backup": "backups",
    "Consumer": "consumers",
    "Service": "services",
}
_KEYS = {"anyOf": "any-of", "atLeast": "at-least", "any_of": "any-of", "at_least": "at-least"}
_NOTED = frozenset(
    [
        "region",
        "coordinates",
        "building",
        "campus",
        "hazards",
        "aliases",
        "perimeter",
        "access",
        "scope",
        "tier",
        "rto",
        "rpo",
        "peak",
        "needs",
        "role",
        "units",
        "capacity",
        "every",
        "keep",
        "into",
        "detect",
        "decide",
        "restore",
        "size",
        "throughput",
        "reconcile",
        "room",
        "rack",
        "host",
    ]
)
"""What is not known when it is not declared; anything else that is not known yet is an error."""
_SELECTS = {"select", "match"}


@dataclass(slots=True)
class Components:
    """Turns the declarations among the components of one program into statements; `others` has every graph by name.

    `notes` collects what is declared and not known yet, `needs` the same of a service's needs, `entries` what is
    given as a service's entry; `resources` are the URNs that declarations name, `doors` those that are an entry, and
    `redundant` the components of which any one member is enough.
    """

    graph: ResourceGraph
    others: Mapping[str, ResourceGraph]
    problems: Problems
    notes: list[Reason]
    needs: list[tuple[str, Reason]]
    entries: list[tuple[str, Data, Location]]
    resources: dict[str, None]
    doors: set[str]
    redundant: set[str]

    def statements(self) -> Iterator[Statement]:
        """Yield everything that the program's components declare, in its order."""
        for resource in self.graph.resources:
            location = resource.location or self.graph.project_file
            if not resource.type.startswith(PACKAGE):
                if resource.type.startswith(_OURS):
                    said = f"{resource.type} is no component, and Pulumi would ask for a plugin of its package"
                    self.problems.add(location, f"{said}; declare in resilience.yaml or by tags")
                continue
            kind = resource.type.removeprefix(PACKAGE)
            if kind not in _SECTIONS:
                known = list(_SECTIONS)
                said = f"there is no declaration {show(kind)}; {hint(kind, known, f'expected {listing(known)}')}"
                self.problems.add(location, said)
                continue
            yield from self._of(kind, _Inputs(self, resource, location).read(), resource.name, location)

    def _of(self, kind: str, data: dict[str, Any], name: str, location: Location) -> Iterator[Statement]:
        match kind:
            case "Placement":
                yield from self._placed(data, location, data)
                return
            case "Site":
                yield from self._placed({"site": name, "members": data.pop("members", [])}, location, {})
            case "FirewallPair":
                members = _listed(data.pop("members", []))
                apart = any(isinstance(item, str) for item in members)
                data = {"role": "firewall", **data, **_members(members, relations=apart)}
                if not apart:
                    self.redundant.add(name)
            case "Component":
                data.update(_members(data.pop("members", []), relations=False))
            case "Service":
                entry = data.pop("entry", None)
                if entry is not None:
                    self._entry(name, entry, data.pop("pools", None), location)
        section = _SECTIONS[kind]
        yield Statement((section, name), None, location)
        for key, value in data.items():
            yield Statement((section, name, key), value, location)

    def _placed(self, data: dict[str, Any], location: Location, place: Mapping[str, Any]) -> Iterator[Statement]:
        at = {key: value for key, value in {**place, "site": data.get("site")}.items() if key != "members" and value}
        for member in _listed(data.get("members", [])):
            if isinstance(member, str):
                yield Statement(("components", member), None, location)
                yield Statement(("components", member, "site"), at.get("site"), location)
            else:
                yield Statement(("placement",), {"match": member.get("select", member), **at}, location)

    def _entry(self, name: str, entry: Any, pools: Any, location: Location) -> None:
        given = _listed(entry)
        ids = [item for item in given if isinstance(item, str)]
        urns = [urn for item in given if isinstance(item, Mapping) for urn in _urns(item)]
        self.doors.update(urns)
        if ids and len(given) > 1:
            said = f"entry of service {name}: found {listing(ids, 'and')} among several, expected one component"
            self.problems.add(location, f"{said}; say what they make together: Component(any_of=[...])")
        elif ids:
            self.entries.append((name, ids[0], location))
        else:
            more: dict[str, Any] = {} if pools is None else {"pools": _listed(pools)}
            one: dict[str, Any] = given[0] if len(given) == 1 and not urns else {"select": {"resource": urns}}
            self.entries.append((name, {**one, **more}, location))


@dataclass(slots=True)
class _Inputs:
    """Turns the inputs of one component into plain data."""

    of: Components
    resource: Resource
    location: Location

    def read(self) -> dict[str, Any]:
        """Return the inputs by the keys of resilience.yaml; what is not known is left out and noted."""
        data: dict[str, Any] = {}
        for key, value in self.resource.inputs.items():
            if value is None:
                continue
            name = _KEYS.get(key, key)
            if (
                isinstance(value, Unknown | Secret | LookupAnswer | StackOutput)
                and self._behind(key) is None
                and name in _NOTED
            ):
                self._note(name, _why(value))
                continue
            data[name] = self._value(value, name, key)
        return data

    def _value(self, value: Value, key: str, at: str) -> Any:
        if isinstance(value, Mapping):
            if isinstance(value.get("urn"), str) and str(value["urn"]).startswith(URN) and "select" not in value:
                return self._reference(str(value["urn"]), key)
            return {
                _KEYS.get(name, name): self._value(item, _KEYS.get(name, name), f"{at}.{name}")
                for name, item in value.items()
                if item is not None
            }
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [found for found in self._items(value, key, at) if found is not None]
        if isinstance(value, str):
            return self._reference(value, key) if value.startswith(URN) else value
        if isinstance(value, Unknown | Secret | LookupAnswer | StackOutput):
            urn = self._behind(at)
            if urn is not None:
                return self._reference(urn, key)
            said = f"{at} of {self.resource.name} is not known: {_why(value)}; expected a value that is, such as a resource's URN"
            self.of.problems.add(self.location, said)
            return None
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _items(self, values: Sequence[Value], key: str, at: str) -> Iterator[Any]:
        for index, item in enumerate(values):
            here = f"{at}[{index}]"
            opaque = isinstance(item, Unknown | Secret | LookupAnswer | StackOutput)
            if opaque and at == "needs" and self.resource.type == f"{PACKAGE}Service" and self._behind(here) is None:
                self._note(here, _why(item))
            else:
                yield self._value(item, key, here)

    def _behind(self, at: str) -> str | None:
        """Return the one resource that an output at the path is of, be it one of another stack."""
        found = self.resource.element_dependencies.get(at, ())
        for _ in self.of.others:
            if len(found) != 1 or not found[0].startswith(_OUTPUT):
                break
            stack, _, path = found[0].removeprefix(_OUTPUT).partition(":")
            graph = self.of.others.get(stack)
            found = graph.output_dependencies.get(path, ()) if graph is not None else ()
        return found[0] if len(found) == 1 and found[0].startswith(URN) else None

    def _reference(self, urn: str, key: str) -> Any:
        token, _, name = urn.split("::", 2)[-1].partition("::")
        if token.rsplit("$", 1)[-1].startswith(PACKAGE):
            return name
        self.of.resources[urn] = None
        return {"resource": urn} if key in _SELECTS else {"select": {"resource": urn}}

    def _note(self, key: str, why: str) -> None:
        kind = self.resource.type.removeprefix(PACKAGE)
        said = f"{key} of {kind} {self.resource.name} is not known before deployment, as if it were not declared: {why}"
        reason = Reason(said, location=self.location)
        if kind == "Service" and key.startswith("needs"):
            self.of.needs.append((self.resource.name, reason))
        self.of.notes.append(reason)


def _members(given: Any, *, relations: bool = True) -> dict[str, Any]:
    """Return what a component is made of: resources are selected, and either carries what it is for."""
    members = _listed(given)
    if not members:
        return {}
    select = [item["select"] for item in members if isinstance(item, Mapping) and "select" in item]
    edges = [{"nature": "path", **(item if isinstance(item, Mapping) else {"component": item})} for item in members]
    chosen: dict[str, Any] = {"select": select} if select else {}
    return {**chosen, "any-of": edges} if relations or not select else chosen


def _urns(item: Mapping[str, Any]) -> list[str]:
    selected = item.get("select", item)
    return [str(urn) for urn in _listed(selected.get("resource", []))] if isinstance(selected, Mapping) else []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _why(value: Value) -> str:
    if isinstance(value, Unknown):
        return value.why
    if isinstance(value, StackOutput):
        return f"it is output {value.path} of stack {value.stack}"
    return "its value is a secret" if isinstance(value, Secret) else "only its provider knows the value"
