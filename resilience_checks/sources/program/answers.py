"""What stands for a lookup's answer offline: values of which only the distinctness is a fact.

Each answer has the fields of the real one; every leaf is a marker that differs with token, arguments, provider
and field, except what a real answer repeats of its arguments. A token that is not in the table has no answer.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MARKER = re.compile(r"lookup[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of an answer: markers, lists of markers, and arguments that the answer repeats."""

    fields: tuple[str, ...] = ()
    lists: Mapping[str, int] = field(default_factory=dict)
    echoed: tuple[str, ...] = ()


_VSPHERE = {
    "Datacenter": Shape(("id",), echoed=("name",)),
    "ComputeCluster": Shape(("id", "resourcePoolId"), echoed=("name", "datacenterId")),
    "ResourcePool": Shape(("id",), echoed=("name", "datacenterId", "parentResourcePoolId")),
    "Host": Shape(("id", "resourcePoolId"), echoed=("name", "datacenterId")),
    "Datastore": Shape(("id",), echoed=("name", "datacenterId")),
    "DatastoreCluster": Shape(("id",), echoed=("name", "datacenterId")),
    "Network": Shape(("id", "type"), echoed=("name", "datacenterId")),
    "DistributedVirtualSwitch": Shape(("id",), {"uplinks": 2}, ("name", "datacenterId")),
    "Folder": Shape(("id",), echoed=("path",)),
    "VirtualMachine": Shape(("id", "uuid", "guestId", "firmware", "scsiType", "moid"), echoed=("name", "datacenterId")),
    "TagCategory": Shape(("id", "cardinality"), echoed=("name",)),
    "Tag": Shape(("id",), echoed=("name", "categoryId")),
}
SHAPES: Mapping[str, Shape] = {
    **{f"vsphere:index/get{name}:get{name}": shape for name, shape in _VSPHERE.items()},
    "azure-native:authorization:getClientConfig": Shape(("clientId", "objectId", "subscriptionId", "tenantId")),
    "azure-native:resources:getResourceGroup": Shape(("id", "location"), echoed=("name",)),
    "aws:index/getAvailabilityZones:getAvailabilityZones": Shape(("id",), {"names": 3, "zoneIds": 3}),
    "aws:index/getCallerIdentity:getCallerIdentity": Shape(("accountId", "arn", "id", "userId")),
    "aws:index/getPartition:getPartition": Shape(("partition", "dnsSuffix", "id")),
    "aws:index/getRegion:getRegion": Shape(("id", "name", "region", "description", "endpoint")),
    "aws:ec2/getAmi:getAmi": Shape(("id", "arn", "imageId", "architecture", "name", "rootDeviceName")),
    "aws:ec2/getVpc:getVpc": Shape(("arn", "cidrBlock", "mainRouteTableId"), echoed=("id",)),
    "aws:ec2/getSubnets:getSubnets": Shape(("id",), {"ids": 3}),
    "aws:iam/getPolicyDocument:getPolicyDocument": Shape(("id", "json", "minifiedJson")),
    "gcp:compute/getZones:getZones": Shape(("id",), {"names": 3}, ("region", "project")),
    "gcp:organizations/getProject:getProject": Shape(("id", "number", "name"), echoed=("projectId",)),
}


YAML_DECODE = "kubernetes:yaml:decode"
"""A function that computes its answer from its arguments alone."""
_LONGEST_TEXT = 16 << 20
_MOST_PARTS = 1_000_000


def lookup_id(token: str, args: object, provider: str) -> str:
    """Return the id of a lookup: equal for equal token, arguments and provider."""
    text = json.dumps([token, args, provider], sort_keys=True, default=str)
    return f"lookup:{token}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"


class Answers:
    """Makes answers, and recognises their values when they come back in an input."""

    def __init__(self) -> None:
        """Start without any answer given."""
        self._markers: dict[str, tuple[str, str]] = {}
        self._wholes: set[str] = set()

    def answer(self, lookup: str, token: str, args: Mapping[str, object]) -> dict[str, object] | None:
        """Return the fields of the answer, None where the table has no shape for the token."""
        if token == YAML_DECODE:
            return _decoded(args.get("text"))
        shape = SHAPES.get(token)
        if shape is None:
            return None
        answer: dict[str, object] = {name: self.part(lookup, name) for name in shape.fields}
        for name, length in shape.lists.items():
            answer[name] = [self.part(lookup, f"{name}[{index}]") for index in range(length)]
        for name in shape.echoed:
            answer[name] = args[name] if name in args else self.part(lookup, name)
        return answer

    def learn(self, text: str, lookup: str, path: str, *, whole: bool = False) -> None:
        """Recognise a text that a child made to stand for an answer that nobody gave, or for a whole list of one."""
        self._markers[text] = (lookup, path)
        if whole:
            self._wholes.add(text)

    def source(self, text: str) -> tuple[str, str] | None:
        """Return lookup and field of a text that is an answer's value."""
        return self._markers.get(text)

    def whole(self, items: list[object]) -> tuple[str, str] | None:
        """Return lookup and field of a list that a child sent as its mark, of which alone the list then consists."""
        text = items[0] if len(items) == 1 else None
        return self._markers[text] if isinstance(text, str) and text in self._wholes else None

    def within(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return lookup and field of every answer's value that a text was built from."""
        found = (self._markers.get(marker) for marker in MARKER.findall(text))
        return tuple(pair for pair in found if pair is not None)

    def part(self, lookup: str, path: str) -> str:
        """Return the marker of the value at a path of an answer."""
        marker = f"lookup{hashlib.sha256(f'{lookup} {path}'.encode()).hexdigest()[:24]}"
        self._markers[marker] = (lookup, path)
        return marker


def _decoded(text: object) -> dict[str, object] | None:
    """Return the objects of Kubernetes manifests, those of each list one by one; None where the text is none, or too large.

    What aliases unfold to counts: a few lines of them are more than any memory holds.
    """
    import yaml

    if len(str(text)) > _LONGEST_TEXT:
        return None
    try:
        documents = list(yaml.load_all(str(text), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if not _bounded(documents):
        return None
    found: list[object] = []
    for document in documents:
        items = document.get("items") if isinstance(document, dict) else None
        if isinstance(items, list) and str(document.get("kind")).endswith("List"):
            found += items
        elif document is not None:
            found.append(document)
    try:
        plain: dict[str, object] = json.loads(json.dumps({"result": found}, default=str))
    except (TypeError, ValueError, RecursionError):  # keys that are no text; what holds itself, or is nested too deeply
        return None
    return plain


def _bounded(value: object) -> bool:
    """Return whether a value has few enough parts to be written out."""
    left, seen = [value], 0
    while left:
        item = left.pop()
        seen += 1
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        if seen + len(left) + len(inner) > _MOST_PARTS:
            return False
        left += inner
    return True
