"""What a program can reach: it tries, and says how far it came."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.sources.program import readable
from tests.sources.confining.confined import ALL, NOTHING, WITHOUT_NAMESPACES, python, run

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER = Path(__file__).with_name("tries.py").read_text(encoding="utf-8")
NODE = """
const fs = require("fs"), net = require("net"), dgram = require("dgram"), child = require("child_process");
const [home, parent] = process.argv.slice(2);
const tried = {};
const attempt = (name, what) => { try { what(); tried[name] = "done"; } catch (error) { tried[name] = "refused"; } };
attempt("read own", () => fs.readFileSync("own.txt"));
attempt("read home", () => fs.readFileSync(`${home}/.aws/credentials`));
attempt("read parent's variables", () => fs.readFileSync(`/proc/${parent}/environ`));
attempt("write scratch", () => fs.writeFileSync(`${process.env.TMPDIR}/x`, "x"));
attempt("write own", () => fs.writeFileSync("own.txt", "x"));
attempt("signal parent", () => process.kill(Number(parent), 0));
attempt("start", () => child.execFileSync("/bin/true"));
const socket = net.connect(9, "127.0.0.1");
const end = (how) => { tried["connect"] = how; console.log(JSON.stringify(tried)); process.exit(); };
socket.on("connect", () => end("done"));
socket.on("error", (error) => end(error.code === "ECONNREFUSED" ? "done" : "refused"));
"""
KEPT = {"read own": "done", "read git": "done", "write scratch": "done", "start": "done"}
REFUSED = (
    "change own", "connect abstract", "connect tcp", "list home", "move own", "read git credentials", "read home",
    "read memory", "read parent's variables", "read shadow", "remove own", "send udp", "signal parent", "unshare",
    "write home", "write own", "write system", "write tmp",
)  # fmt: skip
OF_ROOT_ONLY = ("change mode", "connect file")


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[list[str]]:
    """Sockets that answer: a TCP port, the name of an abstract one, and a file."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as file,
    ):
        name = f"resilience-checks-{os.getpid()}-{tmp_path.name}"
        abstract.bind(f"\0{name}")
        place = tmp_path / "docker.sock"
        directory = os.open(tmp_path, os.O_RDONLY)
        file.bind(f"/proc/self/fd/{directory}/docker.sock")  # the whole path may be too long
        os.close(directory)
        abstract.listen()
        file.listen()
        yield [str(tcp.getsockname()[1]), name, str(place)]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A repository whose `.git/config` holds a token, one without, and a home."""
    repository, home = tmp_path / "repository", tmp_path / "home"
    files = {
        repository / "own.txt": "own",
        repository / ".git" / "HEAD": "ref: refs/heads/main",
        repository / ".git" / "config": "[http]\n\textraheader = AUTHORIZATION: basic abc\n",
        home / ".aws" / "credentials": "secret",
    }
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return repository, home


def expected(reached: tuple[str, ...]) -> dict[str, str]:
    refused = {name: "refused" for name in (*REFUSED, *OF_ROOT_ONLY) if name not in reached}
    return {**KEPT, **refused, **dict.fromkeys(reached, "done")}


@pytest.mark.parametrize(("means", "reached"), [(ALL, ()), (WITHOUT_NAMESPACES, OF_ROOT_ONLY)])
def test_a_program_reaches_its_repository_and_its_scratch_alone(
    means: tuple[str, ...], reached: tuple[str, ...], places: tuple[Path, Path], listening: list[str]
) -> None:
    repository, home = places
    outcome = python(means, repository, OTHER, home, os.getpid(), *listening)
    said: dict[str, Any] = outcome.said
    assert said.pop("variables") == sorted({"PATH", "HOME", "TMPDIR", "PULUMI_SKIP_UPDATE_CHECK", *said.pop("locale")})
    assert said == expected(reached)
    assert (repository / "own.txt").read_text(encoding="utf-8") == "own"
    assert bool(outcome.confinement.hindered()) == bool(reached)


def test_what_nothing_prevents_is_told(places: tuple[Path, Path], listening: list[str]) -> None:
    repository, home = places
    outcome = python(NOTHING, repository, OTHER, home, os.getpid(), *listening)
    assert outcome.said["read home"] == "done"
    assert "AWS_SECRET_ACCESS_KEY" not in outcome.said["variables"]
    note = (
        "what the program may do is only hindered here: connections are refused inside the program's own process only; "
        "it can read and write what the user who runs the check can; it can send signals to other processes of this "
        "user; what it leaves running is sought and ended, and not ended by the system (docs/trust-model.md)"
    )
    assert outcome.confinement.note() == (note,)


@pytest.mark.parametrize("means", [ALL, WITHOUT_NAMESPACES])
def test_so_does_one_in_node(means: tuple[str, ...], places: tuple[Path, Path], node_packages: Path) -> None:
    assert node_packages
    repository, home = places
    node = shutil.which("node")
    assert node is not None
    (repository / "program.js").write_text(NODE, encoding="utf-8")
    words = [node, str(repository / "program.js"), str(home), str(os.getpid())]
    outcome = run(means, repository, words, sorted(readable.node(Path(node), ())))
    assert outcome.said == {
        "read own": "done",
        "read home": "refused",
        "read parent's variables": "refused",
        "write scratch": "done",
        "write own": "refused",
        "signal parent": "refused",
        "start": "done",
        "connect": "refused",
    }


def test_a_home_that_is_a_repository_shows_no_hidden_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    for name in (".git/HEAD", ".aws/credentials", ".pyenv/lib/module.py", "notes.txt"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    monkeypatch.setenv("HOME", str(home))
    assert set(readable.hidden([home])) >= {home / ".git", home / ".aws", home / ".pyenv"}
    program = """
import json, os
read = {}
for name in (".aws/credentials", ".pyenv/lib/module.py", "notes.txt"):
    try:
        with open(name): read[name] = True
    except OSError:
        read[name] = False
print(json.dumps(read))
"""
    (home / "program.py").write_text(program, encoding="utf-8")
    for means in (ALL, WITHOUT_NAMESPACES):
        shutil.rmtree(tmp_path / "private", ignore_errors=True)
        packages = [*readable.environment(Path(sys.executable)), home / ".pyenv" / "lib"]
        outcome = run(means, home, [sys.executable, "-I", "-S", "program.py"], packages)
        assert outcome.said == {".aws/credentials": False, ".pyenv/lib/module.py": True, "notes.txt": True}, means
