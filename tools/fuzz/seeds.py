"""What fuzzing starts from: the tests' own samples, and the oldest tricks against parsers."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
_FILES: dict[str, Sequence[str]] = {
    "preview": ["tests/sources/files/preview_*.json"],
    "standing": ["tests/sources/files/preview_*.json"],
    "declarations": ["tests/topology/declarations_full.yaml", "stacks/*/resilience.yaml"],
    "yaml-program": ["tests/engines/yaml_programs/*/*.yaml", "tests/engines/yaml_programs/*/*.yml"],
    "project": [
        "tests/engines/yaml_programs/*/Pulumi.yaml",
        "stacks/*/Pulumi.yaml",
        "tests/engines/programs/*/Pulumi.yaml",
    ],
    "stack-config": ["tests/engines/**/Pulumi.*.yaml", "stacks/*/Pulumi.*.yaml"],
    "catalogue": ["resilience_checks/catalogue/types/*.yaml"],
    "open-psa": ["tests/validation/aralia/*.xml"],
    "policy": ["policies/*/*.rego"],
    "controls": ["policies/controls*.yaml"],
}
_URN = "urn:pulumi:dev::web::aws:s3/bucket:Bucket::a"
_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
_RESOURCE = {
    "urn": _URN,
    "type": "aws:s3/bucket:Bucket",
    "custom": True,
    "id": "a-1",
    "inputs": {
        "n": 1.0,
        "text": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "secret": {**_SECRET, "plaintext": '"x"'},
        "hidden": {**_SECRET, "ciphertext": "v1:abc"},
        "__defaults": ["n"],
        "list": [{"a": [None, True]}],
    },
    "parent": "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev",
    "propertyDependencies": {"n": []},
    "sourcePosition": "project:///index.ts#3,4",
    "stackTrace": [{"sourcePosition": "project:///lib/a.ts#7,1"}],
}
_STACK = {"urn": _RESOURCE["parent"], "type": "pulumi:pulumi:Stack", "outputs": {"url": "x"}}
_STATE = {"version": 3, "deployment": {"manifest": {}, "resources": [_STACK, _RESOURCE], "pending_operations": []}}
_PREVIEW = {
    "steps": [
        {"op": "create", "urn": one["urn"], "newState": one, "oldState": one, "detailedDiff": {"n": {"kind": "update"}}}
        for one in (_STACK, _RESOURCE)
    ],
    "changeSummary": {"create": 2},
    "diagnostics": [{"message": "a", "severity": "info"}],
}
_WAIVERS = """\
version: 1
longest: 90d
waivers:
  - policy: redundant-firewalls
    target: "management-plane:*"
    reason: the second one is ordered
    owner: dana
    approver: robin
    ticket: NET-1
    created: 2026-11-01
    expires: 2026-12-01
    fingerprints: [00112233445566ff]
"""
_BASELINE = {
    "schema": "resilience-baseline/v1",
    "findings": [
        {
            "fingerprint": "00112233445566ff",
            "policy": "redundant-firewalls",
            "outcome": "violation",
            "severity": "high",
            "target": "fw",
            "message": "m",
            "services": ["records"],
        }
    ],
}
_PROGRAM = """\
name: web
runtime: yaml
config: {size: {type: integer, default: 2}, list: {type: array, items: {type: string}, default: [a]}}
variables:
  joined: {fn::join: ["-", [a, "${size}"]]}
  text: {fn::toJSON: {a: [1, null, true]}}
  zones: {fn::invoke: {function: "aws:getAvailabilityZones", arguments: {state: available}, return: names}}
  secret: {fn::secret: hidden}
  part: {fn::select: [0, ["${joined}", b]]}
  split: {fn::split: ["-", "${joined}"]}
resources:
  one:
    type: aws:s3:Bucket
    properties: {bucket: "a ${joined} ${secret}", tags: {a: "${zones[0]}"}}
    options: {protect: true, dependsOn: ["${two}"]}
  two: {type: "aws:s3/bucket:Bucket", get: {id: x-1}}
outputs: {url: "${one.id}", all: "${one.tags.a}"}
"""
_CATALOGUE = """\
schema: resilience-catalogue/v1
package: own
estate: on-premises
types:
  own:index/thing:Thing:
    role: compute
    edges: [{gate: requires, to: {ref: "items[].id"}}]
    ignore: [tags]
"""
_TREE = b"""\
<?xml version="1.0"?>
<opsa-mef><define-fault-tree name="t">
<define-gate name="top"><or><gate name="g"/><basic-event name="a"/></or></define-gate>
<define-gate name="g"><atleast min="2"><event name="a"/><event name="b"/><house-event name="h"/></atleast></define-gate>
<define-house-event name="h"><constant value="false"/></define-house-event>
<define-basic-event name="a"/><define-basic-event name="b"><float value="1e-3"/></define-basic-event>
</define-fault-tree></opsa-mef>
"""
_ENDS = (
    {"ok": False, "kind": "raised", "type": "ValueError", "message": "m", "file": "@/a.py", "line": 3, "column": 1},
    {"ok": False, "kind": "module", "module": "a.b", "lacking": True},
    {"ok": False, "kind": "config", "key": "web:size", "environment": True},
    {"ok": False, "kind": "lookup", "token": "aws:a:b", "unanswered": ["aws:a:b"], "traceback": "t"},
)
_NOTES = (
    {"kind": "elements", "number": 1, "elements": {"a[0]": ["urn"]}},
    {"kind": "place", "number": 1, "file": "a.py", "line": 2},
    {"kind": "lookup", "number": 2, "token": "aws:a:b", "elements": None, "place": None},
    {"kind": "mark", "text": "x", "number": 2, "path": "ids", "whole": True},
    {"kind": "standin", "number": 2},
    {"kind": "guess", "number": 2, "what": "length", "path": "ids", "value": 2, "place": ["a.py", 2]},
    {"kind": "outputs", "elements": {"url": ["urn"]}},
    {"kind": "skipped", "file": "a.py", "line": 3, "name": "f"},
    {"kind": "unset", "key": "web:size"},
    {"kind": "unwatched", "what": "x"},
)
_POLICY = """\
# METADATA
# title: Own
# description: Own.
# custom:
#   id: own-rule
#   severity: low
#   remediation: Change it.
#   questions: {q: {faults: [outage]}}
#   parameters: {type: object, properties: {least: {type: integer, default: 2}}}
package resilience.own.own_rule

import data.resilience.lib.result

report := {result.of_service("pass", service, "own-rule.q", "fine") | some service, _ in input.services}
"""
_KEY = b"""\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _statement() -> dict[str, object]:
    from resilience_checks.evidence.statement import PREDICATE, STATEMENT

    stack = {
        "kind": "stack",
        "source": "program",
        "folder": "web",
        "files": {"Pulumi.yaml": "a" * 64},
        "apart": ["evidence.json"],
        "default_providers": {"aws": {"region": "a" * 64}},
        "resources": {_URN: {"identity": {"type": "t"}, "inputs": {"n": "a" * 64}, "secret": ["s"], "kept": ["k*"]}},
    }
    kinds = [
        stack,
        {"kind": "stack", "source": "state", "file": "file.json"},
        {"kind": "policies", "bundled": {"a.rego": "a" * 64}, "folders": {"own": {"b.rego": "b" * 64}}},
        {"kind": "catalogue", "version": "0", "files": {"aws.yaml": "a" * 64}, "folders": {"own": {}}},
        {},
    ]
    names = ["web/dev", "web/prod", "policies", "catalogue", "resilience.yaml"]
    return {
        "_type": STATEMENT,
        "predicateType": PREDICATE,
        "subject": [
            {"name": name, "digest": {"sha256": "a" * 64}, "annotations": told}
            for name, told in zip(names, kinds, strict=True)
        ],
        "predicate": {
            "started": "2026-01-24T07:30:00+00:00",
            "tool": {"version": "0.1.0"},
            "verdict": {"words": "clean"},
            "inputs": {"web/dev": "a" * 64},
            "failures": [{"subject": "a/b"}],
            "left_out": ["a/c"],
            "options": {
                "paths": ["."], "policies": [], "catalogue": [], "previews": [], "states": [], "config": None,
                "lookups": None, "stack_outputs": None, "baseline": None, "waivers": None, "fail_on_given": False,
                "seconds": 60.0, "policy_seconds": 10.0, "all_stacks": False, "audit": False, "timings": False,
                "stacks": [], "engine": "embedded", "fail_on": "medium", "base": None, "settings": None,
                "commits": {}, "today": "2026-01-24",
            },
        },
    }  # fmt: skip


def _reports() -> Iterator[bytes]:
    from resilience_checks.report.formats import Style
    from resilience_checks.report.json_report import JsonReport
    from tests.report.samples import REPORTS

    for report in REPORTS.values():
        compact = json.dumps(json.loads(JsonReport(Style(ROOT)).render(report)), separators=(",", ":"))
        yield compact.encode()


def _packed() -> Iterator[bytes]:
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Secret, Unknown
    from resilience_checks.sources.stacks.packed import pack

    yield pack({"a": [Location("a.py", 1), Unknown("why"), Secret("digest")]})


def _attestation() -> bytes:
    from resilience_checks.evidence.statement import PAYLOAD

    payload = base64.b64encode(_json(_statement())).decode()
    return _json({"payload": payload, "payloadType": PAYLOAD, "signatures": [{"keyid": "", "sig": "YQ=="}]})


_PREVIEWS = (_json(_PREVIEW), gzip.compress(_json(_PREVIEW)), json.dumps(_PREVIEW).encode("utf-16"))
_STATES = (_json(_STATE), _json({"version": 3, "checkpoint": {"latest": _STATE["deployment"]}}))
_LOOKUP = "aws:index/getZones:getZones"
_OWN: dict[str, Callable[[], Iterable[bytes]]] = {
    "preview": lambda: _PREVIEWS,
    "standing": lambda: _PREVIEWS,
    "state": lambda: _STATES,
    "deployed": lambda: _STATES,
    "waivers": lambda: [_WAIVERS.encode()],
    "baseline": lambda: [_json(_BASELINE)],
    "yaml-program": lambda: [_PROGRAM.encode()],
    "project": lambda: [_PROGRAM.encode()],
    "stack-config": lambda: [
        b"config:\n  web:size: 3\n  aws:region: eu-west-1\n  web:key: {secure: v1:abc}\nenvironment: [base]\n"
    ],
    "catalogue": lambda: [_CATALOGUE.encode()],
    "open-psa": lambda: [_TREE],
    "traces": lambda: [*map(_json, _ENDS), b'  File "@/a.py", line 3, in f\n', b"index.ts\t7\tx"],
    "notes": lambda: [b"\n".join(map(_json, _NOTES))],
    "positions": lambda: [b"project:///src/a%20b.py#7,3\nproject:///../lib/c.py#7"],
    "attestation": lambda: [_attestation()],
    "statement": lambda: [_json(_statement())],
    "key": lambda: [_KEY],
    "report": _reports,
    "lookups": lambda: [
        _json({_LOOKUP: {"names": ["a"]}}),
        _json([{"token": _LOOKUP, "args": {}, "answer": {"names": ["a"]}}]),
    ],
    "stack-outputs": lambda: [_json({"org/web/dev": {"url": "x"}})],
    "policy": lambda: [_POLICY.encode()],
    "controls": lambda: [b'OWN-1: "Our standard, one"\n'],
    "cache": _packed,
}
"""By reader, what was written for it."""
_DEEP = 20_000
NASTY = {
    "empty": b"",
    "space": b" \n\t",
    "nul": b"\0",
    "nul inside": b'{"a": "\0"}',
    "escaped nul": b'{"a": "\\u0000"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "UTF-16": '{"version": 1}'.encode("utf-16"),
    "UTF-16 cut": '{"version": 1}'.encode("utf-16")[:-1],
    "UTF-32": '{"version": 1}'.encode("utf-32"),
    "not UTF-8": b'{"a": "\xff\xfe\xfd"}',
    "lone surrogate": b'{"a": "\\ud800", "\\udfff": 1}',
    "surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "lists without end": b"[" * _DEEP,
    "lists": b"[" * _DEEP + b"]" * _DEEP,
    "objects": b'{"a":' * _DEEP + b"1" + b"}" * _DEEP,
    "deep in a known key": b'{"steps": ' + b"[" * _DEEP + b"]" * _DEEP + b"}",
    "deep elements": b"<a>" * _DEEP + b"</a>" * _DEEP,
    "deep block": b"".join(b" " * number + b"a:\n" for number in range(400)),
    "large exponent": b'{"version": 1e999999}',
    "many digits": b'{"version": ' + b"9" * 100_000 + b"}",
    "many hexadecimal digits": b"version: 0x" + b"f" * 100_000,
    "many decimals": b'{"version": 0.' + b"9" * 100_000 + b"}",
    "not a number": b'{"version": NaN, "a": [Infinity, -Infinity]}',
    "minus zero": b'{"version": -0}',
    "key twice": b'{"version": 1, "version": 2}',
    "key twice in YAML": b"version: 1\nversion: 2\n",
    "keys of other kinds": b"1: a\nnull: b\ntrue: c\n2024-01-01: d\n1.5: e\n",
    "keys that are lists": b"? [a, b]\n: c\n? {d: e}\n: f\n",
    "laughs": b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (97 + n, 97 + n, b", ".join([b"*%c" % (96 + n)] * 10)) for n in range(1, 12)),
    "an alias of what encloses it": b"a: &a {b: *a}\n",
    "an alias of the whole": b"&a [*a]",
    "an unknown alias": b"a: *nobody\n",
    "merged keys": b"a: &a {x: 1}\nb: {<<: *a, <<: [*a, *a]}\n<<: *a\n",
    "merging itself": b"a: &a {<<: *a}\n",
    "merging a text": b"a: {<<: text}\n",
    "a Python object": b"!!python/object/apply:os.system ['true']\n",
    "a Python name": b"a: !!python/name:os.system\n",
    "own tags": b"a: !mine {b: !!binary aGVsbG8=, c: !!set {d}, e: !!omap [f: g]}\n",
    "tags that do not fit": b"a: !!int x\nb: !!float y\nc: !!bool z\nd: !!timestamp n\ne: !!null w\n",
    "binary that is none": b"a: !!binary '?'\n",
    "dates": b"a: 2024-01-01\nb: 2024-13-45\nc: 2024-01-01T25:61:61Z\nd: 0001-01-01T00:00:00+24:00\n",
    "numbers of YAML 1.1": b"a: 1:30\nb: 0o17\nc: 0b1\nd: .inf\ne: .nan\nf: 1_000\ng: _\nh: 0b_\ni: 0x_\n",
    "two documents": b"a: 1\n---\nb: 2\n...\n---\n",
    "a directive": b"%YAML 9.9\n---\na: 1\n",
    "an unknown handle": b"a: !x!y z\n",
    "only a comment": b"# nothing\n",
    "control characters": b"a: \x1b[2J\x07\n",
    "terminal escapes": b'{"\\u001b[2J": "\\u202e::error::x"}',
    "carriage returns": b"a: 1\rb: 2\r\nc: 3\x85d: 4\xe2\x80\xa8e: 5",
    "tabs": b"a:\n\tb: 1\n",
    "gzip of nothing": gzip.compress(b""),
    "gzip cut": gzip.compress(b'{"version": 3}')[:-6],
    "gzip of gzip": gzip.compress(gzip.compress(b"{}")),
    "gzip with a tail": gzip.compress(b"{}") + b"x",
    "XML entities": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><opsa-mef>&c;</opsa-mef>',
    "XML outside": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "XML in another encoding": b'<?xml version="1.0" encoding="x-none"?><a/>',
    "XML in UTF-7": b'<?xml version="1.0" encoding="utf-7"?><a/>',
    "pickle of a command": b"cos\nsystem\n(S'true'\ntR.",
    "null": b"null",
    "a text": b'"text"',
    "a number": b"7",
}
"""By what is wrong with it."""


def seeds(reader: str) -> Iterator[bytes]:
    """Yield what fuzzing of a reader starts from."""
    yield from _OWN.get(reader, list)()
    for pattern in _FILES.get(reader, ()):
        yield from (path.read_bytes() for path in sorted(ROOT.glob(pattern)))
    yield from NASTY.values()
