"""Programs that speak to the engine themselves: as somebody else, of something else, too much, or what no SDK says."""

from __future__ import annotations

from tests.hostile.attack import Attack, Attempt

_RAW = """\
import asyncio
from pulumi.runtime import settings
from pulumi.runtime.proto import callback_pb2, resource_pb2
monitor = settings.get_monitor()


def register(name="raw", **told):
    request = resource_pb2.RegisterResourceRequest(type="acme:net:Thing", name=name, custom=True, **told)
    return tried(lambda: monitor.RegisterResource(request))


"""
_LIMITS = "the monitor counts requests and bytes, and refuses what is too much; the refusal is a failure of the stack"
_RULES = "the engine's own rules: what it refuses is a failure of the stack, also where the program catches it"
_TARGET = "the check calls transforms only at sockets in the private folder of the program's own run"


def raw(name: str, tries: str, held_by: str, program: str, says: str, **more: object) -> Attack:
    """Return a program that sends requests of its own making."""
    return Attack(name, tries, held_by, _RAW + program, says, **more)  # type: ignore[arg-type]


def _nothing_is_forged(found: Attempt) -> None:
    assert [one.name for graph in found.graphs for one in graph.resources if one.name == "forged"] == []
    [said] = [note for note in found.report.stacks[0].notes if "token" in note]
    assert said == (
        "requests without the token of this run, which were refused: 1; "
        "another process tries to speak to the engine of this program"
    )
    assert found.input("seen", "told") == "_InactiveRpcError"


ATTACKS = (
    raw(
        "stranger",
        "registers as a process that knows the address of the engine and not its token",
        "each request has to have a token, which its own process alone has got",
        """\
import grpc
from pulumi.runtime.proto import resource_pb2_grpc
address = f"unix:{next(PRIVATE.glob('*.sock'))}"
stub = resource_pb2_grpc.ResourceMonitorStub(grpc.insecure_channel(address))
told = tried(lambda: stub.RegisterResource(
    resource_pb2.RegisterResourceRequest(type="acme:net:Thing", name="forged"), metadata=(("token", "0" * 32),)
))
Thing("seen", "acme:net:Thing", told=told)
""",
        "",
        exit_code=0,
        proof=_nothing_is_forged,
    ),
    raw(
        "another-stack",
        "registers a resource below the stack of another project",
        _RULES,
        'register(parent="urn:pulumi:prod::other::pulumi:pulumi:Stack::other-prod")\n',
        "could not find parent resource",
    ),
    raw(
        "outputs-of-another-stack",
        "puts out outputs as another project's stack",
        _RULES,
        """\
urn = "urn:pulumi:prod::other::pulumi:pulumi:Stack::other-prod"
tried(lambda: monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=urn)))
""",
        "which is not registered",
    ),
    raw(
        "taken-name",
        "registers under the name of a resource that is there",
        _RULES,
        'register("twice")\nregister("twice")\n',
        "two resources have the URN",
    ),
    raw(
        "number-that-is-none",
        "numbers a request with a word, and catches the error",
        "what breaks while it is served is a failure of the stack",
        """\
request = resource_pb2.RegisterResourceRequest(type="acme:net:Thing", name="x", custom=True)
tried(lambda: monitor._stub.RegisterResource(request, metadata=(*monitor._token, ("number", "x"))))
""",
        "a request that no SDK sends",
    ),
    raw(
        "long-name",
        "registers under a name of a hundred thousand characters",
        _LIMITS,
        'register("x" * 100_000)\n',
        "a name of 100,000 characters",
    ),
    raw(
        "million-resources",
        "registers a million resources",
        _LIMITS,
        """\
for number in range(1_000_000):
    if register(f"n{number}") == "_InactiveRpcError":
        break
""",
        "more than 300 requests",
        limits={"MOST_REQUESTS": 300},
    ),
    raw(
        "hundred-megabytes",
        "sends a text of 100 MB",
        _LIMITS,
        'register(importId="x" * (100 << 20))\n',
        "more than 64 MB",
        limits={"MOST_BYTES": 64 << 20},
    ),
    raw(
        "nested-deeply",
        "sends a value of two hundred levels",
        "the protocol's own limit of nesting; a request that it refuses is none, and its SDK fails",
        """\
value = "x"
for _ in range(200):
    value = {"a": value}
Thing("deep", value=value)
""",
        "deserializing request",
    ),
    raw(
        "unfolding-text",
        "has the engine decode a few lines of YAML that unfold to gigabytes",
        "what aliases unfold to is counted before it is written out, and beyond the limit the answer is unknown",
        """\
text = "a: &a [x, x, x, x, x, x, x, x, x]\\n"
for one, two in zip("abcdefgh", "bcdefghi"):
    text += f"{two}: &{two} [{', '.join([f'*{one}'] * 9)}]\\n"
pulumi.runtime.invoke("kubernetes:yaml:decode", {"text": text})
""",
        "",
        exit_code=0,
    ),
    raw(
        "transform-at-a-name",
        "has the check look up a name, to carry what it knows out, where the check calls its transforms",
        _TARGET,
        """\
tried(lambda: monitor.RegisterStackTransform(callback_pb2.Callback(token="x", target="dns:///secret.example.com:443")))
Thing("two")
""",
        "a transform is to be called at dns:///secret.example.com:443",
    ),
    raw(
        "transform-at-a-socket",
        "has the check call its transforms at a socket of the machine, by a link in its own folder",
        _TARGET,
        """\
(PRIVATE / "docker.sock").symlink_to("/var/run/docker.sock")
target = f"unix:{PRIVATE / 'docker.sock'}"
tried(lambda: monitor.RegisterStackTransform(callback_pb2.Callback(token="x", target=target)))
Thing("two")
""",
        "which the program does not serve",
    ),
    raw(
        "odd-names",
        "registers names with bidirectional marks, zero width, NUL, homoglyphs and line ends",
        "names are taken as they are; every form of the report makes them visible",
        """\
for name in ("\\u202egnp.exe", "o\\u200bne", "nul\\0nul", "\\u043ene", "line\\n::error::x", "a::b::c$d"):
    Thing(name)
""",
        "",
        exit_code=0,
    ),
    Attack(
        "amended-sdk",
        "amends its SDK so that what would be found is never registered",
        "nothing: what a program does not register is not seen; `verify --state` shows what was deployed instead",
        """\
import pulumi.runtime.resource as sent
register = pulumi.resource.register_resource
pulumi.resource.register_resource = lambda res, ty, name, *rest, **more: (
    None if name == "hidden" else register(res, ty, name, *rest, **more)
)
tried(lambda: Thing("hidden"))
""",
        exit_code=0,
        prevented=False,
    ),
)
