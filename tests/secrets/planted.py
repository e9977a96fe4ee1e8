"""A repository with a secret of every kind planted in it, each with a mark of its own, and how to look for the marks."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

from resilience_checks.sources.wire import SECRET, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = (
    "configuration with a default",
    "configuration in the stack's file",
    "configuration that is an object",
    "ciphertext in the stack's file",
    "literal made a secret",
    "secret output",
    "input of a secret output",
    "state in plain text",
    "state that is encrypted",
    "state's output",
    "state's provider",
    "state's secrets provider",
    "preview's configuration",
    "preview's diagnostics",
    "answer of a lookup",
    "output of another stack",
    "environment of the check",
    "environment's token",
    "environment's passphrase",
    "password of a key",
    "home directory",
)
_BETWEEN = re.compile(r"(\x1b\[[0-9;]*m|\\n|[\s│|\"'\\])+")
_TAG = re.compile(r"<[^<>]*>")
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"


def core(kind: str) -> str:
    """Return what tells one mark from the others, and occurs nowhere else."""
    return "k" + hashlib.sha256(kind.encode()).hexdigest()[:15]


def mark(kind: str) -> str:
    """Return a secret: with characters that formats escape on both sides of what is looked for."""
    assert kind in KINDS
    return f"p\"&<é{core(kind)}>'z"


def found(text: str) -> Iterator[str]:
    """Yield each kind whose mark, or a part of it, stands in a text, in any of the spellings that hide it from `in`."""
    joined = _BETWEEN.sub("", text)
    pages = (text, joined, _TAG.sub("", joined))
    for kind in KINDS:
        if any(spelled in page for spelled in _spellings(core(kind)) for page in pages):
            yield kind


def _spellings(text: str) -> Iterator[str]:
    half = len(text) * 3 // 4
    yield from (text[:half], text[-half:], text[:half].upper(), text[::-1])
    yield from (text.encode().hex(), text.encode().hex().upper(), "".join(f"\\x{byte:02x}" for byte in text.encode()))
    for before in range(3):  # wherever a mark begins, what no other byte decides is the same
        encoded = base64.b64encode(b"." * before + text.encode()).decode()
        yield encoded[4 if before else 0 : (before + len(text)) // 3 * 4]


def write(root: Path) -> None:
    """Write the repository."""
    for name, text in _files().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / ".git").mkdir()


def _files() -> dict[str, str]:
    stack = json.dumps(
        {
            "config": {
                "web:token": mark("configuration in the stack's file"),
                "web:sealed": {"secure": mark("ciphertext in the stack's file")},
                "web:login": json.dumps({"user": "ops", "password": mark("configuration that is an object")}),
            }
        }
    )
    return {
        "resilience.yaml": "version: 1\nservices:\n  shop: {scope: national, tier: 1, entry: {select: {name: 'front*'}}}\n",
        "yaml/Pulumi.yaml": _yaml("web"),
        "yaml/Pulumi.prod.yaml": stack,
        "app/Pulumi.yaml": _project("app"),
        "app/Pulumi.prod.yaml": stack.replace("web:", "app:"),
        "app/__main__.py": _APP + _NAMES,
        "bad/Pulumi.yaml": _project("bad"),
        "bad/Pulumi.prod.yaml": stack.replace("web:", "bad:"),
        "bad/__main__.py": _APP + _FAILS,
        "broken/Pulumi.yaml": _yaml("broken").replace("outputs:", 'outputs:\n  no: {fn::select: ["${password}", [a]]}'),
        "broken/Pulumi.prod.yaml": stack.replace("web:", "broken:"),
        "files/state.json": json.dumps(_state()),
        "files/preview.json": json.dumps(_preview()),
        "files/lookups.json": json.dumps(
            {"vsphere:index/getDatacenter:getDatacenter": {"id": "dc", "key": _plain("answer of a lookup")}}
        ),
        "files/outputs.json": json.dumps({"org/other/prod": {"key": _plain("output of another stack")}}),
    }


def _project(name: str) -> str:
    default = json.dumps(mark("configuration with a default"))
    return (
        f"name: {name}\nruntime: python\nconfig:\n  password: {{secret: true, default: {default}}}\n"
        "  token: {secret: true}\n  login: {secret: true}\n"
    )


def _yaml(name: str) -> str:
    return f"""\
name: {name}
runtime: yaml
config:
  password: {{secret: true, type: string, default: {json.dumps(mark("configuration with a default"))}}}
  token: {{secret: true, type: string}}
  login: {{secret: true, type: object}}
  sealed: {{type: string}}
resources:
  front:
    type: {MACHINE}
    properties:
      name: front
      annotation: {{fn::secret: {json.dumps(mark("literal made a secret"))}}}
      extraConfig: {{token: "${{token}}", login: "${{login.password}}", sealed: "${{sealed}}"}}
      guestId: {{fn::secret: {json.dumps(mark("input of a secret output"))}}}
outputs:
  key: {{fn::secret: {json.dumps(mark("secret output"))}}}
  password: "${{password}}"
"""


_APP = f"""\
import base64, os, sys
import pulumi
config = pulumi.Config()
password, token = config.require("password"), config.require("token")
login, sealed = config.require_object("login"), config.require("sealed")
literal = {mark("literal made a secret")!r}
print("printed", password, token, login, os.environ, sealed)
print("printed", base64.b64encode(token.encode()), repr(password), token.encode().hex(), file=sys.stderr)
pulumi.log.info("logged " + password)
pulumi.log.error("logged " + token)
for item in (pathlib for pathlib in (os.path.expanduser("~/.secret"), os.environ.get("HOME", "") + "/.secret")):
    if os.path.exists(item):
        print(open(item).read())
machine = lambda name, **inputs: pulumi.CustomResource({MACHINE!r}, name, inputs)
first = machine("front", annotation=pulumi.Output.secret(literal), guest=pulumi.Output.secret({mark("input of a secret output")!r}))
pulumi.export("key", pulumi.Output.secret({mark("secret output")!r}))
"""
_NAMES = """\
machine("front-" + password, plain=password, nested={"within": ["a " + token]}, login=login["password"], sealed=sealed)
machine(base64.b64encode(token.encode()).decode())
machine("front-" + token + os.environ.get("AWS_SECRET_ACCESS_KEY", ""))
pulumi.export("plain", password)
pulumi.export(token, "x")
"""
_FAILS = """\
try:
    raise KeyError(token, os.environ)
except KeyError as error:
    raise RuntimeError(f"provider said: 401 for {password} {literal} {base64.b64encode(token.encode()).decode()}") from error
"""


def _plain(kind: str) -> dict[str, str]:
    return {SIGNATURE: SECRET, "value": mark(kind)}


def _urn(kind: str, name: str, project: str = "held") -> str:
    return f"urn:pulumi:prod::{project}::{kind}::{name}"


def _state() -> dict[str, object]:
    def plain(kind: str) -> dict[str, str]:
        return {SIGNATURE: SECRET, "plaintext": json.dumps(mark(kind))}

    provider = _urn("pulumi:providers:vsphere", "own")
    return {
        "version": 3,
        "deployment": {
            "secrets_providers": {"type": "passphrase", "state": {"salt": mark("state's secrets provider")}},
            "resources": [
                {
                    "urn": _urn("pulumi:pulumi:Stack", "held-prod"),
                    "type": "pulumi:pulumi:Stack",
                    "outputs": {"key": plain("state's output")},
                },
                {
                    "urn": provider,
                    "type": "pulumi:providers:vsphere",
                    "custom": True,
                    "id": "i-1",
                    "inputs": {"password": plain("state's provider")},
                },
                {
                    "urn": _urn(MACHINE, "front"),
                    "type": MACHINE,
                    "custom": True,
                    "provider": f"{provider}::i-1",
                    "inputs": {
                        "annotation": plain("state in plain text"),
                        "guestId": {SIGNATURE: SECRET, "ciphertext": mark("state that is encrypted")},
                    },
                },
            ],
        },
    }


def _preview() -> dict[str, object]:
    stack, machine = _urn("pulumi:pulumi:Stack", "seen-prod", "seen"), _urn(MACHINE, "front", "seen")
    states = (
        {"urn": stack, "type": "pulumi:pulumi:Stack"},
        {"urn": machine, "type": MACHINE, "custom": True, "inputs": {"annotation": "[secret]"}},
    )
    return {
        "config": {"seen:password": mark("preview's configuration")},
        "steps": [{"op": "create", "urn": one["urn"], "newState": one} for one in states],
        "diagnostics": [{"message": mark("preview's diagnostics"), "severity": "warning"}],
        "changeSummary": {"create": 2},
    }


ENVIRONMENT = {
    "AWS_SECRET_ACCESS_KEY": mark("environment of the check"),
    "GITHUB_TOKEN": mark("environment's token"),
    "PULUMI_CONFIG_PASSPHRASE": mark("environment's passphrase"),
    "RESILIENCE_ATTEST_PASSWORD": mark("password of a key"),
}
