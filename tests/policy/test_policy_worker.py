"""The embedded engine's process: what it answers, in every locale, and what is told of one that answers something else."""

from __future__ import annotations

import json
import locale
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import regorus

from resilience_checks.model.errors import EngineError
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.engine import EngineFault
from resilience_checks.policy.worker import _respond

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ["Ysbyty Gwynedd € é", "ŵ"]
DOCUMENT = json.dumps({"names": NAMES}, ensure_ascii=False)
SOUND = 'package resilience.sound\n\nreport contains {"target": name} if {\n\tsome name in input.names\n}\n'
FAILING = 'package resilience.failing\n\nreport := "a" + input.names\n'
UNDEFINED = "package resilience.undefined\n\nreport := 1 if input.nothing\n"
ASKED = [{"target": name} for name in NAMES]


def respond(**modules: str) -> tuple[str, Any]:
    """Return kind and value of the answer to a request about these modules."""
    request = {
        "modules": {f"{name}.rego": text for name, text in modules.items()},
        "document": DOCUMENT,
        "packages": {name: f"resilience.{name}" for name in modules},
    }
    [(kind, value)] = json.loads(f"{{{''.join(_respond(regorus, request))}}}").items()
    return kind, value


@pytest.fixture(params=["utf-8", "latin-1", "ascii"])
def encoding(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the user's environment has for standard streams, and the plainest of locales in this process."""
    before = locale.setlocale(locale.LC_CTYPE)
    monkeypatch.setenv("PYTHONIOENCODING", request.param)
    locale.setlocale(locale.LC_CTYPE, "C")
    yield
    locale.setlocale(locale.LC_CTYPE, before)


def answering(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> EngineError:
    """Return the error where the worker does this with a request instead."""
    script = folder / "python"
    script.write_text(f"#!/bin/sh\nread -r request\n{text}\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    with EmbeddedEngine(seconds=20) as engine, pytest.raises(EngineError) as caught:
        engine.evaluate({"sound.rego": SOUND}, DOCUMENT.encode(), {"sound": "resilience.sound"})
    assert engine.process is None
    return caught.value


@pytest.fixture
def worker() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process, and the end of its asker's pipe."""
    asker, held = os.pipe()
    command = [sys.executable, "-m", "resilience_checks.policy.worker", str(asker)]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=(asker,), env=paths) as started:
        os.close(asker)
        yield started, held
        started.kill()


def test_a_request_that_is_written_while_the_engine_evaluates_is_answered_after_it(
    worker: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, held = worker
    assert process.stdin is not None
    assert process.stdout is not None
    said = {"modules": {"sound.rego": SOUND}, "document": DOCUMENT, "packages": {"sound": "resilience.sound"}}
    for number in range(20):
        process.stdin.write(json.dumps({"id": number, "seconds": 20, "memory": 0, **said}).encode() + b"\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline())["id"] for _ in range(20)]
    assert (answers, process.poll()) == (list(range(20)), None)
    os.close(held)
    assert process.wait(timeout=60) == -signal.SIGIO


def test_policies_are_answered_about_together() -> None:
    kind, value = respond(sound=SOUND)
    assert (kind, value["result"][0]["expressions"][0]["value"]) == ("whole", {"sound": ASKED})


def test_policies_are_answered_about_one_by_one_where_one_of_them_fails() -> None:
    kind, value = respond(sound=SOUND, failing=FAILING, undefined=UNDEFINED)
    fault = value["failing"].pop("fault")
    assert (kind, value) == (
        "reports",
        {
            "sound": {"report": ASKED},
            "failing": {},
            "undefined": {"fault": "data.resilience.undefined.report is undefined"},
        },
    )
    assert fault.startswith("failing.rego:3:")


def test_what_is_no_policy_is_answered_with_its_line() -> None:
    kind, value = respond(sound=SOUND, broken="package resilience.broken\n\nreport := {")
    assert (kind, "broken.rego:" in value) == ("broken", True)


@pytest.mark.usefixtures("encoding")
def test_letters_are_the_same_in_every_locale() -> None:
    with EmbeddedEngine() as engine:
        found = engine.evaluate({"sound.rego": SOUND}, DOCUMENT.encode(), {"sound": "resilience.sound"})
    assert found == {"sound": ASKED}


@pytest.mark.parametrize(
    "said",
    ["nonsense", "[]", "null", '{"id": 7}', "{}", '{"id": 0, "whole": {}}', '{"id": 0, "reports": {"sound": 1}}'],
)
def test_what_is_no_answer_is_an_error_and_the_worker_ends(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answering(f"echo '{said}'\nexec sleep 60", tmp_path, monkeypatch)
    assert (found.what, found.why, found.remedy) == (
        "the policy engine's process answered something that is no answer",
        "no policy was evaluated",
        "see whether something else writes to standard output in it, such as a sitecustomize of this Python",
    )


@pytest.mark.parametrize(
    ("does", "ended"),
    [
        ("exit 3", "exit code 3"),
        ("printf half; exit 0", "exit code 0"),
        ("echo first >&2; echo 'memory allocation failed' >&2; exit 1", "exit code 1: memory allocation failed"),
        ("kill -9 $$", "killed by signal 9"),
        ("exec >&-; exec sleep 60", "killed by signal 9"),
    ],
)
def test_a_worker_that_ends_is_told_with_its_last_words(
    does: str, ended: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answering(does, tmp_path, monkeypatch)
    assert (found.what, found.why, found.remedy) == (
        f"the policy engine's process ended without an answer: {ended}",
        "no policy was evaluated",
        "it may have run out of memory; check fewer stacks at once",
    )


def test_faults_of_policies_stand_beside_reports() -> None:
    with EmbeddedEngine() as engine:
        found = engine.evaluate(
            {"sound.rego": SOUND, "undefined.rego": UNDEFINED},
            DOCUMENT.encode(),
            {"sound": "resilience.sound", "undefined": "resilience.undefined"},
        )
    assert found == {"sound": ASKED, "undefined": EngineFault("data.resilience.undefined.report is undefined")}
