"""What the engine refuses is refused here too, at the line at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources import graphs

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = "the engine refuses it, so the program does not run to its end"
NO_GRAPH = "a program that does not run to its end has no graph, so nothing of this stack was checked"
PREVIEW = (
    "check a preview of it instead: run `pulumi preview --json --show-sames > preview.json`, "
    "and give it with `--preview preview.json`"
)
PROJECT = "name: web\nruntime: python\n"


@pytest.mark.parametrize(
    ("last", "what", "why", "remedy"),
    [
        (
            'Thing("a", file=pulumi.FileAsset("gone.txt"))',
            "the asset gone.txt cannot be read: No such file or directory",
            ENGINE,
            "correct the path; it is relative to the program's directory",
        ),
        (
            'Thing("a", file=pulumi.FileArchive("gone"))',
            "the archive gone cannot be read: No such file or directory",
            ENGINE,
            "correct the path; it is relative to the program's directory",
        ),
        (
            'Thing("a", Options(urn="urn:pulumi:dev::web::acme:net:Thing::gone"))',
            "the program gets urn:pulumi:dev::web::acme:net:Thing::gone, which is not registered",
            ENGINE,
            "register it before it is got",
        ),
        (
            'Thing("first"), Thing("first")',
            "two resources have the URN urn:pulumi:dev::web::acme:net:Thing::first, the first at __main__.py:LINE",
            "the engine refuses it, and no statement could tell the two apart",
            "give one of them another name",
        ),
    ],
)
def test_a_refusal_of_the_engine(last: str, what: str, why: str, remedy: str, tmp_path: Path) -> None:
    graphs.write(tmp_path, {"Pulumi.yaml": PROJECT, "__main__.py": graphs.THING + last + "\n"})
    line = graphs.line(graphs.THING + last, last)
    done = graphs.run(tmp_path)
    assert (done.returncode, done.stdout) == (4, "")
    head, place, *_, because, help_ = done.stderr.splitlines()
    assert head == f"error: {what.replace('LINE', str(line))}"
    assert place in {f"  --> __main__.py:{line}", "  --> Pulumi.yaml:1"}
    assert (because, help_) == (f"  why: {why}", f"  help: {remedy}")


def test_a_disabled_default_provider(tmp_path: Path) -> None:
    settings = 'config:\n  pulumi:disable-default-providers: ["acme"]\n'
    graphs.write(
        tmp_path, {"Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": settings, "__main__.py": graphs.THING + 'Thing("a")\n'}
    )
    done = graphs.run(tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith("error: the default provider of acme is disabled, and acme:net:Thing has no other\n")


def test_a_required_value_that_an_environment_may_define(tmp_path: Path) -> None:
    files = {"Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": "environment: [shared]\n"}
    graphs.write(tmp_path, {**files, "__main__.py": "import pulumi\npulumi.Config().require('size')\n"})
    done = graphs.run(tmp_path)
    assert done.returncode == 4
    assert done.stderr == (
        "error: the configuration value web:size is required and not set; the stack's `environment:` may define it, "
        "and is not known offline\n  --> __main__.py:2\n    2 | pulumi.Config().require('size')\n"
        f"  why: {NO_GRAPH}\n  help: set it in `config:` of Pulumi.<stack>.yaml too, or {PREVIEW}\n"
    )


@pytest.mark.parametrize("language", ["go", "dotnet", "java"])
def test_a_program_that_cannot_be_run_here(language: str, tmp_path: Path) -> None:
    graphs.write(tmp_path, {"Pulumi.yaml": f"name: web\nruntime: {language}\n"})
    done = graphs.run(tmp_path)
    assert done.returncode == 4
    assert done.stderr == (
        f"error: programs with `runtime: {language}` cannot be run here\n  --> Pulumi.yaml:1\n    1 | name: web\n"
        f"  why: nothing of this project was checked\n  help: {PREVIEW}\n"
    )


def test_errors_that_a_program_reports_and_goes_on_are_told(tmp_path: Path) -> None:
    graphs.write(
        tmp_path,
        {"Pulumi.yaml": "name: web\nruntime: python\n", "__main__.py": "import pulumi\npulumi.log.error('hush')\n"},
    )
    notes = graphs.graph(tmp_path)["notes"]
    assert "the program itself reports errors (1), which `pulumi preview` shows" in notes
