"""No secret of a program, a state, a preview or the environment appears in anything that a command writes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from resilience_checks.report.formats import FORMS
from tests.secrets import planted

ROOT = Path(__file__).resolve().parents[2]
INPUTS = (
    "--preview", "files/preview.json", "--state", "files/state.json",
    "--lookups", "files/lookups.json", "--stack-outputs", "files/outputs.json",
)  # fmt: skip


class Repository:
    """The planted repository, where commands run in it may write, and all that they said."""

    def __init__(self, folder: Path) -> None:
        self.root, self.written, self.cache, self.home = (folder / n for n in ("repo", "written", "cache", "home"))
        for made in (self.root, self.written, self.home, folder / "temporary"):
            made.mkdir()
        self.cache.mkdir(mode=0o700)
        self.temporary = folder / "temporary"
        planted.write(self.root)
        (self.home / ".secret").write_text(planted.mark("home directory"))
        self.said: dict[str, str] = {}

    def run(self, *arguments: str, codes: set[int], **environment: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "resilience_checks", *arguments],
            cwd=self.root,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "HOME": str(self.home),
                "TMPDIR": str(self.temporary),
                "RESILIENCE_CACHE": "off",
                **planted.ENVIRONMENT,
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode in codes, done.stderr
        self.said[" ".join(arguments)] = done.stdout + done.stderr

    def leaks(self) -> list[str]:
        """Return each place where a mark stands: an output, a file that was written, a cache entry, what is left over."""
        pages = dict(self.said)
        for folder in (self.written, self.cache, self.temporary):
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                pages[str(file.relative_to(folder.parent))] = file.read_bytes().decode("utf-8", "replace")
                pages[f"name of {file.name}"] = str(file)
        return [f"{kind}: {name}" for name, page in pages.items() for kind in planted.found(page)]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The repository after every command that writes something of it."""
    made = Repository(tmp_path_factory.mktemp("planted"))
    forms = [f"--format={name}={made.written / name}" for name in FORMS]
    made.run(
        "check", ".", *INPUTS, "--debug", "--audit", "--timings", *forms, codes={4}, RESILIENCE_CACHE=str(made.cache)
    )
    report = str(made.written / "sound.json")
    sound = ("yaml", "app", *INPUTS)
    evidence = str(made.written / "evidence.json")
    made.run("check", *sound, "--debug", "--attest", evidence, f"--format=json={report}", codes={0, 10, 11, 12, 13, 14})
    made.run("graph", *sound, "--format", "json", "--output", str(made.written / "graph.json"), codes={0})
    made.run("graph", "yaml", "--format", "policy-input", codes={0, 2})
    found = json.loads(Path(report).read_text())["results"]
    made.run("explain", found[0]["fingerprint"], "--report", report, codes={0})
    made.run("verify", evidence, "--state", "files/state.json", codes={0, 5, 10})
    made.run("baseline", "write", *sound, "--output", str(made.written / "baseline.json"), codes={0})
    return made


def test_no_secret_leaves_the_check(repository: Repository) -> None:
    assert any(path.is_file() and path.stat().st_size > 1000 for path in repository.cache.rglob("*"))
    assert repository.leaks() == []


def test_a_name_made_of_a_secret_is_told_by_the_key_of_it(repository: Repository) -> None:
    graphs = (repository.written / "graph.json").read_text()
    assert '"name": "front-[secret app:password]"' in graphs
    assert '"name": "[secret app:token]"' in graphs


def test_what_failed_is_told_without_its_secrets(repository: Repository) -> None:
    told = [one["what"] for one in json.loads((repository.written / "json").read_text())["failures"]]
    assert "RuntimeError: provider said: 401 for [secret bad:password] [secret] [secret bad:token]" in told


def test_nothing_is_left_over(repository: Repository) -> None:
    assert list(repository.temporary.iterdir()) == []


@pytest.mark.parametrize("kind", planted.KINDS)
def test_every_spelling_of_a_mark_would_be_found(kind: str) -> None:
    secret = planted.mark(kind)
    wrapped = "\n│ ".join(secret[at : at + 7] for at in range(0, len(secret), 7))
    spelled = (secret, json.dumps(secret), secret.encode().hex(), wrapped, f"<b>{secret[:12]}</b>{secret[12:]}")
    encoded = tuple(base64.b64encode(f"{before}{secret}".encode()).decode() for before in ("", "a", "ab"))
    assert [list(planted.found(text)) for text in (*spelled, *encoded)] == [[kind]] * 8
