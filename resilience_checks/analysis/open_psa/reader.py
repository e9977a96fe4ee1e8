"""Reads a coherent fault tree from an Open-PSA file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.components import components
from resilience_checks.analysis.cut_sets.tree import Tree
from resilience_checks.analysis.open_psa.declarations import declarations
from resilience_checks.analysis.open_psa.document import Element, broken, parse
from resilience_checks.model.errors import InputError, UsageError

if TYPE_CHECKING:
    from resilience_checks.analysis.open_psa.declarations import Declared
    from resilience_checks.model.location import Location

_NOT_COHERENT = {"not", "xor", "nand", "nor", "iff", "imply"}
_REFERENCES = {"gate", "basic-event", "house-event", "event"}
_ASIDE = {"label", "attributes"}


@dataclass(frozen=True, slots=True)
class Named:
    """A fault tree whose events have names: event i is `events[i]`, in ascending order; `top` is a node."""

    tree: Tree
    events: tuple[str, ...]
    top: int
    name: str


@dataclass(slots=True)
class _Formula:
    """One gate of the file, named or inside of another: `refused` says why it is not coherent."""

    needed: int
    children: list[int]
    refused: InputError | None = None


def read(data: bytes, shown: str, top: str | None = None) -> Named:
    """Return the fault tree below `top`, by default the gate to which no other refers.

    `shown` names the file in locations. Raises InputError for what is no coherent fault tree, at its line, and
    UsageError where the top is not clear.
    """
    return _Reader(parse(data, shown), shown).below(top)


class _Reader:
    """Numbers what the file declares, then the formulas inside of gates; each number has one formula or is an event."""

    def __init__(self, root: Element, shown: str) -> None:
        self.shown, self.root = shown, root
        self.declared = declarations(root)
        self.formulas: list[_Formula | None] = [None] * len(self.declared.all)
        for number, each in enumerate(self.declared.all):
            if each.kind == "gate":
                self.formulas[number] = self._formula(self._only(each.element), each.scope)
            elif each.kind == "house-event":
                self.formulas[number] = _constant(next((e for e in each.element if e.tag == "constant"), None))

    def below(self, name: str | None) -> Named:
        order = self._sorted()
        top = self._top() if name is None else self._named(name)
        edges = [formula.children if formula else [] for formula in self.formulas]
        wanted, pending = {top}, [top]
        while pending:
            for child in edges[pending.pop()]:
                if child not in wanted:
                    wanted.add(child)
                    pending.append(child)
        events = sorted((self.declared.all[node].shown, node) for node in wanted if self.formulas[node] is None)
        numbers = {node: number for number, (_, node) in enumerate(events)}
        needed: list[int] = []
        children: list[tuple[int, ...]] = []
        for node in order:
            formula = self.formulas[node]
            if node in wanted and formula is not None:
                if formula.refused is not None:
                    raise formula.refused
                numbers[node] = len(events) + len(needed)
                needed.append(formula.needed)
                children.append(tuple(numbers[child] for child in formula.children))
        tree = Tree(len(events), tuple(needed), tuple(children))
        return Named(tree, tuple(event for event, _ in events), numbers[top], self.declared.all[top].shown)

    # Formulas.

    def _only(self, element: Element) -> Element:
        """Return the one formula of a gate or operator that has just one."""
        found = [child for child in element if child.tag not in _ASIDE]
        if len(found) != 1:
            name = element.attributes.get("name", "")
            raise broken(
                f"{name or f'<{element.tag}>'} has {len(found) or 'no'} formula{'s' if len(found) > 1 else ''}",
                element.location,
                remedy="give it one: an operator with its arguments, or a reference",
            )
        return found[0]

    def _formula(self, element: Element, scope: str) -> _Formula:
        if element.tag in _REFERENCES:
            return _Formula(1, [self._reference(element, scope)])
        if element.tag == "constant":
            return _constant(element)
        if element.tag in _NOT_COHERENT:
            children = [self._argument(child, scope) for child in element]
            return _Formula(0, children, _not_coherent(f"<{element.tag}>", element.location))
        if element.tag not in {"and", "or", "atleast", "cardinality"}:
            raise broken(
                f"<{element.tag}> is no formula",
                element.location,
                remedy="use and, or, atleast, a constant, or a reference to a gate or event",
            )
        children = [self._argument(child, scope) for child in element if child.tag not in _ASIDE]
        if not children:
            raise broken(f"<{element.tag}> has no arguments", element.location, remedy="give it some, or take it out")
        match element.tag:
            case "or":
                return _Formula(1, children)
            case "and":
                return _Formula(len(children), children)
            case _:
                return self._counted(element, children)

    def _counted(self, element: Element, children: list[int]) -> _Formula:
        low, size = _number(element, "min"), len(children)
        if low > size:
            raise broken(
                f"<{element.tag}> asks for {low} of {size} argument{'s' if size > 1 else ''}",
                element.location,
                remedy="lower min, or add what is missing",
            )
        if element.tag == "cardinality":
            high = _number(element, "max")
            if high < size:
                return _Formula(0, children, _not_coherent(f"<cardinality> with max below {size}", element.location))
        elif low < 1:
            raise broken(f"min is {low}", element.location, remedy="at least one argument must be asked for")
        return _Formula(low, children)

    def _argument(self, element: Element, scope: str) -> int:
        if element.tag in _REFERENCES:
            return self._reference(element, scope)
        self.formulas.append(self._formula(element, scope))
        return len(self.formulas) - 1

    def _reference(self, element: Element, scope: str) -> int:
        kind = element.attributes.get("type", "event") if element.tag == "event" else element.tag
        found = self.declared.find(element.named(), scope)
        if found is None:
            raise broken(
                f"{element.named()} is not defined",
                element.location,
                remedy=f"define it (<define-{kind if kind != 'event' else 'basic-event'}>), or correct the name",
            )
        other = self.declared.all[found]
        if kind not in {other.kind, "event"}:
            raise broken(
                f"{element.named()} is referred to as a {kind.replace('-', ' ')}, "
                f"but {other.element.location} defines it as a {other.kind.replace('-', ' ')}",
                element.location,
                remedy=f'write <{other.kind} name="{element.named()}"/>',
            )
        return found

    # The whole.

    def _sorted(self) -> list[int]:
        """Return all numbers, each after those that it refers to; raises InputError for a cycle."""
        edges = [formula.children if formula else [] for formula in self.formulas]
        order = []
        for component in components(edges):
            if len(component) > 1 or component[0] in edges[component[0]]:
                raise self._cycle(sorted(node for node in component if node < len(self.declared.all)))
            order += component
        return order

    def _cycle(self, nodes: list[int]) -> InputError:
        gates = [self.declared.all[node] for node in nodes]
        names = ", ".join(gate.shown for gate in gates[:8]) + (", ..." if len(gates) > 8 else "")  # noqa: PLR2004
        what = f"{names} refer to each other in a circle" if len(gates) > 1 else f"{names} refers to itself"
        return broken(
            what, gates[0].element.location, remedy="take one of the references out: a fault tree has no cycle"
        )

    def _top(self) -> int:
        referred = {child for formula in self.formulas if formula for child in formula.children}
        found = [n for n, each in enumerate(self.declared.all) if each.kind == "gate" and n not in referred]
        if len(found) == 1:
            return found[0]
        if not found:
            raise broken(
                f"{self.shown} defines no gate", self.root.location, remedy="define one in a <define-fault-tree>"
            )
        names = sorted(self.declared.all[number].shown for number in found)
        more = f" and {len(names) - 20} more" if len(names) > 20 else ""  # noqa: PLR2004
        raise UsageError(
            f"{self.shown} has {len(names)} gates to which no other refers: {', '.join(names[:20])}{more}",
            location=self.declared.all[found[1]].element.location,
            why="each of them may be the top event that is meant",
            remedy=f"choose one, for example --top {names[0]}",
        )

    def _named(self, name: str) -> int:
        found = self.declared.find(name, "")
        if found is not None and self.declared.all[found].kind != "house-event":
            return found
        gates: list[Declared] = [each for each in self.declared.all if each.kind == "gate"]
        raise UsageError(
            f"{self.shown} defines no gate {name}",
            why="there is nothing to find the cut sets of",
            remedy=f"name one of its {len(gates)} gates, such as {gates[0].shown}" if gates else "define one",
        )


def _constant(element: Element | None) -> _Formula:
    """Return what always fails, or what never does; a house event without a value is off."""
    if element is None:
        return _Formula(1, [])
    value = element.named("value").lower()
    if value not in {"true", "false"}:
        raise broken(f"a constant is {value!r}", element.location, remedy='write value="true" or value="false"')
    return _Formula(0 if value == "true" else 1, [])


def _number(element: Element, attribute: str) -> int:
    text = element.named(attribute)
    if not text.isdecimal():
        raise broken(f"{attribute} is {text!r}", element.location, remedy="write a whole number")
    return int(text)


def _not_coherent(what: str, location: Location) -> InputError:
    return InputError(
        f"{what} makes the fault tree non-coherent",
        location=location,
        why="a fault could then mend what another broke, and minimal cut sets would not say what loses the top event",
        remedy="write it with and, or and atleast; what is known to hold or to fail can be a house event",
    )
