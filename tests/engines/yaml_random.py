"""Random YAML programs: everything in them refers to what stands above it, and is of the type that is asked for."""

from __future__ import annotations

import random
from typing import Any

_TYPES = (
    "aws:ec2:Vpc",
    "aws:s3/bucket:Bucket",
    "azure-native:network:VirtualNetwork",
    "gcp:compute:Network",
    "kubernetes:core/v1:ConfigMap",
    "random:RandomPet",
    "vsphere:Folder",
)
_COMPONENTS = ("awsx:ec2:Vpc", "eks:Cluster")
_FUNCTIONS = ("aws:ec2:getVpc", "azure-native:network:getVirtualNetwork", "random:getThing")
_WORDS = ("a", "b-c", "x y", "$$5", "é", "<&>", "10.0.0.0/16", "007")


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._texts = ["${word}", "${pulumi.stack}"]
        self._numbers = ["${size}"]
        self._lists: list[str] = ["${list}"]
        self._resources: list[tuple[str, bool]] = []
        self._providers: list[tuple[str, str]] = []
        self._program: dict[str, Any] = {"resources": {}, "variables": {"list": ["p", "q"]}, "outputs": {}}

    def program(self, size: int) -> dict[str, Any]:
        """Return a program of that many resources."""
        for number in range(size):
            if self._chance(0.15):
                self._provider(f"provider{number}")
            if self._chance(0.4):
                self._variable(f"v{number}")
            self._resource(f"r{number}")
        self._program["outputs"] = {"all": [self._text() for _ in range(5)]}
        return self._program

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _pick(self, found: Any) -> Any:
        return self._random.choice(found)

    def _text(self) -> Any:
        """Return an expression whose value is a text."""
        match self._random.randrange(8):
            case 0 | 1:
                return self._pick(_WORDS)
            case 2 | 3:
                return self._pick(self._texts)
            case 4:
                return f"{self._pick(_WORDS)}/{self._pick(self._texts)}/{self._pick(self._texts + self._numbers)}"
            case 5:
                return {"fn::join": [self._pick(_WORDS), [self._text() for _ in range(self._random.randrange(1, 4))]]}
            case 6:
                return {self._pick(("fn::toBase64", "fn::secret", "fn::toJSON")): self._text()}
            case _:
                return {"fn::select": [1, [self._text(), self._text()]]}

    def _value(self, depth: int = 0) -> Any:
        match self._random.randrange(8 if depth < 3 else 4):
            case 0:
                return self._pick([1, 2.5, 1234567, True, None, *self._numbers])
            case 1 | 2 | 3:
                return self._text()
            case 4:
                return self._pick(self._lists)
            case 5:
                return [self._value(depth + 1) for _ in range(self._random.randrange(3))]
            case 6:
                return {"fn::toJSON": self._value(depth + 1)}
            case _:
                return {f"k{key}": self._value(depth + 1) for key in range(self._random.randrange(1, 4))}

    def _variable(self, name: str) -> None:
        if self._chance(0.3):
            self._program["variables"][name] = {
                "fn::invoke": {"function": self._pick(_FUNCTIONS), "arguments": {"a": self._text()}, "return": "found"}
            }
            self._texts.append(f"${{{name}}}")
        elif self._chance(0.4):
            self._program["variables"][name] = [self._text(), self._text()]
            self._lists.append(f"${{{name}}}")
            self._texts.append(f"${{{name}[1]}}")
        else:
            self._program["variables"][name] = self._text()
            self._texts.append(f"${{{name}}}")

    def _provider(self, name: str) -> None:
        package = self._pick(("aws", "random", "kubernetes", "gcp"))
        self._program["resources"][name] = {
            "type": f"pulumi:providers:{package}",
            "properties": {"region": self._text()},
        }
        self._providers.append((name, package))

    def _resource(self, name: str) -> None:
        component = self._chance(0.08)
        kind = self._pick(_COMPONENTS if component else _TYPES)
        declared: dict[str, Any] = {"type": kind}
        if (
            not component and not kind.startswith("kubernetes") and self._chance(0.1)
        ):  # the host fails on constants there
            declared["get"] = {"id": f"id-{name}", "state": {"text": self._pick(_WORDS)}}
        else:
            declared["properties"] = {
                "text": self._text(),
                "other": self._value(),
                "more": self._value(),
                "list": [self._text() for _ in range(2)],
            }
        options = self._options(kind, few=component or "get" in declared)
        if options:
            declared["options"] = options
        if self._chance(0.1):
            declared["name"] = f"{name}-named"
        self._program["resources"][name] = declared
        self._resources.append((name, component))
        self._texts += [f"${{{name}.text}}", f"${{{name}.urn}}", f"${{{name}.computed}}"]
        if not component:
            self._texts.append(f"${{{name}.id}}")
        if "get" not in declared:
            self._texts.append(f"${{{name}.list[1]}}")

    def _options(self, kind: str, *, few: bool) -> dict[str, Any]:
        options: dict[str, Any] = {}
        above = [f"${{{name}}}" for name, _ in self._resources]
        if above and self._chance(0.3):
            options["parent"] = self._pick(above)
        if above and not few and self._chance(0.3):
            options["dependsOn"] = self._random.sample(above, min(len(above), 2))
        fitting = [name for name, package in self._providers if package == kind.split(":", 1)[0]]
        if fitting and self._chance(0.5):
            options["provider"] = f"${{{self._pick(fitting)}}}"
        if few:  # an echo of a component does not hand its options on
            return options
        further = {
            "protect": self._chance(0.5),
            "retainOnDelete": self._chance(0.5),
            "ignoreChanges": ["text"],
            "additionalSecretOutputs": ["text"],
        }
        options |= {name: value for name, value in further.items() if self._chance(0.15)}
        if above and self._chance(0.1):
            options["deletedWith"] = self._pick(above)
        return options
