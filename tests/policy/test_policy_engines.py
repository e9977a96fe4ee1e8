"""What the engines do with policies that fail."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import regorus

from resilience_checks.model.errors import EngineError, UsageError
from resilience_checks.policy import pack
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.engine import EngineFault, deadline
from resilience_checks.policy.opa_server import OpaServerEngine, dependency_order
from resilience_checks.policy.opa_started import StartedOpaEngine
from resilience_checks.policy.worker import plain, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.policy.engine import Engine

SOUND = 'package resilience.sound\n\nreport contains {"target": name} if {\n\tsome name in input.names\n}\n'
CONFLICTING = (
    "package resilience.conflicting\n\nvalue := 1 if input.names\n\nvalue := 2 if input.names\n\nreport := [value]\n"
)
UNDEFINED = "package resilience.undefined\n\nreport := 1 if input.nothing\n"
DOCUMENT = json.dumps({"names": ["a", "b"]}).encode()


@pytest.fixture(params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine = (
        EmbeddedEngine() if request.param == "embedded" else OpaServerEngine(request.getfixturevalue("opa_url"))
    )
    with made:
        yield made


def test_a_policy_that_fails_leaves_the_others_their_results(engine: Engine) -> None:
    modules = {"sound.rego": SOUND, "conflicting.rego": CONFLICTING, "undefined.rego": UNDEFINED}
    packages = {name: f"resilience.{name}" for name in ("sound", "conflicting", "undefined")}
    found = engine.evaluate(modules, DOCUMENT, packages)
    assert sorted(item["target"] for item in found["sound"]) == ["a", "b"]  # type: ignore[union-attr]
    assert isinstance(found["conflicting"], EngineFault)
    assert found["undefined"] == EngineFault("data.resilience.undefined.report is undefined")


def test_the_embedded_engine_is_asked_about_many_policies_at_once() -> None:
    engine, names = (
        regorus.Engine(),
        [f"policy_{number}_with_a_name_as_long_as_those_of_a_library" for number in range(90)],
    )
    for name in names:
        engine.add_policy(name, SOUND.replace("resilience.sound", f"resilience.{name}"))
    engine.set_input_json(DOCUMENT.decode())
    found = whole(engine, {name: f"resilience.{name}" for name in names})
    assert found is not None
    assert "\n" not in found
    value = json.loads(found)["result"][0]["expressions"][0]["value"]
    assert value == {name: [{"target": "a"}, {"target": "b"}] for name in names}


def test_a_policy_that_does_not_compile_is_an_error_of_the_run(engine: Engine) -> None:
    with pytest.raises(EngineError, match="does not compile"):
        engine.evaluate(
            {"broken.rego": "package resilience.broken\n\nreport := {"}, DOCUMENT, {"broken": "resilience.broken"}
        )


def test_an_opa_server_is_left_as_it_was(opa_url: str) -> None:
    from opa_client.opa import OpaClient

    host, port = opa_url.removeprefix("http://").split(":")
    client = OpaClient(host=host, port=int(port))
    before = set(client.get_policies_list())
    engine = OpaServerEngine(opa_url)
    engine.evaluate({"sound.rego": SOUND}, DOCUMENT, {"sound": "resilience.sound"})
    with pytest.raises(EngineError):
        engine.evaluate(
            {"sound.rego": SOUND, "z.rego": "package resilience.z\n\nreport := {"},
            DOCUMENT,
            {"sound": "resilience.sound"},
        )
    assert set(client.get_policies_list()) == before
    engine.evaluate({"sound.rego": SOUND}, DOCUMENT, {"sound": "resilience.sound"})
    assert len(set(client.get_policies_list()) - before) == 1
    engine.close()
    assert set(client.get_policies_list()) == before
    client.close_connection()


LIBRARY = "package resilience.lib.names\n\nfirst := {}\n"
READER = 'package resilience.reader\n\n{}report := [{{"target": data.resilience.lib.names.first}}]\n'
IMPORT = "import data.resilience.lib.names\n\n"


@pytest.mark.parametrize("imported", [IMPORT, ""], ids=["imported", "named in full"])
def test_only_what_is_another_module_now_is_uploaded_again(imported: str, opa_url: str) -> None:
    modules = {"names.rego": LIBRARY.format('"a"'), "reader.rego": READER.format(imported), "sound.rego": SOUND}
    packages = {"reader": "resilience.reader", "sound": "resilience.sound"}
    with OpaServerEngine(opa_url) as engine:
        before = engine.evaluate(modules, DOCUMENT, packages)
        held = dict(engine._uploaded)
        after = engine.evaluate({**modules, "names.rego": LIBRARY.format('"b"')}, DOCUMENT, packages)
        again = {path for path, name in engine._uploaded.items() if held[path] != name}
        without = engine.evaluate({"sound.rego": SOUND}, DOCUMENT, {"sound": "resilience.sound"})
        assert set(engine._uploaded) == {"sound.rego"}
    assert (before["reader"], after["reader"]) == ([{"target": "a"}], [{"target": "b"}])
    assert again == ({"names.rego", "reader.rego"} if imported else {"names.rego"})
    assert before["sound"] == after["sound"] == without["sound"]


def test_a_function_that_is_called_without_an_import_is_another_one_after_all(opa_url: str) -> None:
    function = 'package resilience.lib.names\n\nof(x) := concat("-", [x, "{}"])\n'
    caller = 'package resilience.caller\n\nreport := [{"target": data.resilience.lib.names.of("a")}]\n'
    with OpaServerEngine(opa_url) as engine:
        found = [
            engine.evaluate({"n.rego": function.format(one), "p.rego": caller}, DOCUMENT, {"p": "resilience.caller"})
            for one in "xy"
        ]
    assert found == [{"p": [{"target": "a-x"}]}, {"p": [{"target": "a-y"}]}]


def test_an_evaluation_that_overruns_its_deadline_is_cut_off() -> None:
    endless = "package resilience.endless\n\nreport := [x | some a in numbers.range(1, 5000); some b in numbers.range(1, 5000); x := a * b]\n"
    with EmbeddedEngine(seconds=0.5) as engine, pytest.raises(EngineError, match=r"not evaluated within 0\.5 s"):
        engine.evaluate({"endless.rego": endless}, DOCUMENT, {"endless": "resilience.endless"})


def test_a_server_that_is_not_there_is_an_error_that_names_it() -> None:
    engine = OpaServerEngine("http://127.0.0.1:1")
    with pytest.raises(EngineError) as caught:
        engine.evaluate({"sound.rego": SOUND}, DOCUMENT, {"sound": "resilience.sound"})
    assert caught.value.what == "the OPA server at http://127.0.0.1:1 cannot be reached"
    assert "opa run --server" in caught.value.remedy


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(UsageError, match="is not the URL of a server"):
        OpaServerEngine("localhost:8181")


def test_modules_are_uploaded_after_what_they_import() -> None:
    order = dependency_order(pack.load().modules)
    assert order.index("policies/lib/words.rego") < order.index("policies/lib/survival.rego")
    assert "/lib/" not in order[-1]


def test_a_native_backtrace_is_cut_off() -> None:
    message = "error: conflict\n  --> p.rego:3:1\n  |\n3 | value := 1\n  | ^\nStack backtrace:\n   0: std::backtrace"
    assert plain(message) == "error: conflict: p.rego:3:1"


def test_an_opa_of_our_own_is_started_and_ends(opa_binary: str) -> None:
    with StartedOpaEngine(binary=opa_binary) as engine:
        engine.start()
        found = engine.evaluate({"sound.rego": SOUND}, DOCUMENT, {"sound": "resilience.sound"})
        url = engine._url
    assert sorted(item["target"] for item in found["sound"]) == ["a", "b"]  # type: ignore[union-attr]
    assert _gone(url)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_opa_is_left_by_a_check_that_is_killed(opa_binary: str, sign: signal.Signals) -> None:
    program = (
        "import sys, time\n"
        "from resilience_checks.policy.opa_started import StartedOpaEngine\n"
        "engine = StartedOpaEngine(binary=sys.argv[1])\n"
        "engine.start()\n"
        "engine._await()\n"
        "print(engine._url, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, opa_binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as check:
        assert check.stdout is not None
        url = check.stdout.readline().strip()
        assert not _answers(url)
        check.send_signal(sign)
        check.wait()
    assert _gone(url)


def test_an_opa_that_ends_at_its_start_is_an_error_with_its_words() -> None:
    with (
        StartedOpaEngine(binary=sys.executable) as engine,
        pytest.raises(EngineError, match=r"ended at its start: .*run"),
    ):
        engine.evaluate({"sound.rego": SOUND}, DOCUMENT, {"sound": "resilience.sound"})


def test_without_opa_on_the_path_the_ways_out_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError) as caught:
        StartedOpaEngine()
    assert caught.value.what == "--engine opa starts OPA, and there is no opa on PATH"
    assert "--opa-url" in caught.value.remedy


def test_an_evaluation_that_needs_too_much_memory_is_an_error() -> None:
    large = 'package resilience.large\n\nreport := [x | some a in numbers.range(1, 3000000); x := sprintf("%d", [a])]\n'
    with EmbeddedEngine(seconds=60, memory=200 << 20) as engine, pytest.raises(EngineError, match="without an answer"):
        engine.evaluate({"large.rego": large}, DOCUMENT, {"large": "resilience.large"})


def test_larger_documents_may_take_longer() -> None:
    assert [deadline(b" " * size) for size in (0, 100_000, 1_000_000)] == [10.0, 11.0, 20.0]


def _answers(url: str) -> int:
    """Return 0 where something listens at the URL."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname, parts.port))


def _gone(url: str) -> bool:
    """Return whether nothing listens any more, once the operating system has taken down what was killed."""
    until = time.monotonic() + 20
    while not _answers(url):
        if time.monotonic() > until:
            return False
    return True
