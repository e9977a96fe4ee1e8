"""What a file declares, and what a name in it means from where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.analysis.open_psa.document import broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.analysis.open_psa.document import Element

KINDS = {
    "define-gate": "gate",
    "define-basic-event": "basic-event",
    "define-house-event": "house-event",
}
_CONTAINERS = {"define-fault-tree", "define-component", "model-data"}
_WITHOUT_EFFECT = {
    "label", "attributes", "define-parameter", "define-event-tree", "define-initiating-event", "define-consequence",
    "define-consequence-group", "define-sequence", "define-rule", "define-alignment", "define-extern-library",
    "define-extern-function",
}  # fmt: skip
_CHANGES_THE_TREE = {"define-CCF-group", "define-substitution"}


@dataclass(frozen=True, slots=True)
class Declared:
    """A gate or event: `name` is what others call it, `path` where it stands, such as `tree.component.name`."""

    kind: str
    name: str
    path: str
    element: Element
    private: bool

    @property
    def shown(self) -> str:
        """The name under which it is known in the whole file."""
        return self.path if self.private else self.name

    @property
    def scope(self) -> str:
        """The path of what it stands in."""
        return self.path.rpartition(".")[0]


@dataclass
class Declarations:
    """All gates and events of a file, in its order."""

    all: list[Declared] = field(default_factory=list)
    _paths: dict[str, int] = field(default_factory=dict)
    _public: dict[str, int] = field(default_factory=dict)

    def add(self, declared: Declared) -> None:
        """Take it up; raises InputError when its name is taken."""
        for known, name in (
            (self._paths, declared.path),
            *(() if declared.private else ((self._public, declared.name),)),
        ):
            if name in known:
                other = self.all[known[name]]
                raise broken(
                    f"{name} is defined twice: first as {_words(other.kind)} at {other.element.location}",
                    declared.element.location,
                    remedy='give one of them another name, or role="private"',
                )
            known[name] = len(self.all)
        self.all.append(declared)

    def find(self, reference: str, scope: str) -> int | None:
        """Return the number of what a name means inside `scope`: the nearest around it, a path, or a public name."""
        while scope:
            if f"{scope}.{reference}" in self._paths:
                return self._paths[f"{scope}.{reference}"]
            scope = scope.rpartition(".")[0]
        return self._paths.get(reference, self._public.get(reference))


def declarations(root: Element) -> Declarations:
    """Return what the file declares; raises InputError for a root or an element that has no place in a fault tree."""
    if root.tag != "opsa-mef":
        raise broken(
            f"the root is <{root.tag}>, not <opsa-mef>", root.location, remedy="give a file in the Open-PSA format"
        )
    found = Declarations()
    for declared in _inside(root, "", private=False):
        found.add(declared)
    return found


def _inside(container: Element, scope: str, *, private: bool) -> Iterator[Declared]:
    for element in container:
        role = element.attributes.get("role", "")
        own = role == "private" or (private and role != "public")
        if element.tag in _CONTAINERS:
            inner = scope if element.tag == "model-data" else _path(scope, element.named())
            yield from _inside(element, inner, private=own)
        elif element.tag in KINDS:
            name = element.named()
            yield Declared(KINDS[element.tag], name, _path(scope, name), element, own)
        elif element.tag in _CHANGES_THE_TREE:
            raise broken(
                f"<{element.tag}> changes the fault tree, and that is not read here",
                element.location,
                remedy="write out what it stands for as gates and basic events",
            )
        elif element.tag not in _WITHOUT_EFFECT:
            raise broken(
                f"<{element.tag}> has no place in a fault tree",
                element.location,
                remedy="correct its name, or take it out",
            )


def _path(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _words(kind: str) -> str:
    return f"a {kind.replace('-', ' ')}"
