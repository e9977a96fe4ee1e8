"""The policy pack inside a preview of the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engines.analyzer import MISSION, STACKS, answers, copy, findings, preview, small

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engines.real import Engine

MANAGER = "fortios:system:Centralmanagement: manager-fw-b-cardiff-bay"


def test_a_violation_blocks_on_its_resource_with_its_line(engine: Engine, tmp_path: Path) -> None:
    program = STACKS / "nhs-wales-2018"
    done = preview(engine, program, tmp_path, lookups=answers("nhs-wales-2018", tmp_path))
    line = (
        (program / "sites.py")
        .read_text(encoding="utf-8")
        .splitlines()
        .index("            fortios.system.Centralmanagement(")
    )
    assert done.returncode != 0
    assert [one for one in findings(done) if one[0] == "mandatory"] == [
        ("mandatory", "redundant-firewalls", MANAGER),
        ("mandatory", "independent-communications", MANAGER),
    ]
    assert f"sites.py:{line + 1}: One bad change of management plane fmg.wales.example loses 6 services" in done.stdout


def test_a_sound_stack_passes(engine: Engine, tmp_path: Path) -> None:
    done = preview(engine, STACKS / "nhs-wales-resilient", tmp_path, lookups=answers("nhs-wales-resilient", tmp_path))
    assert (done.returncode, findings(done)) == (0, []), done.stdout + done.stderr
    assert "✅ resilience-checks@v" in done.stdout


def test_a_violation_that_does_not_block_is_shown(engine: Engine, tmp_path: Path) -> None:
    lookups, config = answers("nhs-wales-2018", tmp_path), {"all": "advisory", "resilience-checks": {"failOn": "high"}}
    done = preview(engine, STACKS / "nhs-wales-2018", tmp_path, lookups=lookups, config=config)
    assert done.returncode == 0
    assert [one for one in findings(done) if one[1] in MISSION] == [("advisory", "redundant-firewalls", MANAGER)]


def test_without_an_offline_run_it_says_so_and_nothing_is_taken_for_sound(engine: Engine, tmp_path: Path) -> None:
    program = copy("nhs-wales-resilient", tmp_path)
    main = program / "__main__.py"
    text = main.read_text(encoding="utf-8")
    main.write_text(f"{text}\nimport socket\nsocket.getaddrinfo('127.0.0.1', 1)\n", encoding="utf-8")
    done = preview(engine, program, tmp_path, lookups=answers("nhs-wales-resilient", tmp_path))
    stack = "pulumi:pulumi:Stack: nhs-wales-resilient-prod"
    assert done.returncode != 0
    assert [one for one in findings(done) if one[1] in (*MISSION, "resilience-checks")] == [
        ("mandatory", "redundant-firewalls", stack),
        ("mandatory", "cross-site-failover", stack),
        ("mandatory", "no-common-cause", stack),
        ("mandatory", "no-single-region-national-service", stack),
        ("advisory", "resilience-checks", stack),
    ]
    assert done.stdout.count(": unknown: ") >= len(MISSION)
    assert done.stdout.count("the program could not be run offline") == 1
    assert "__main__.py:71: the program looks up the address of 127.0.0.1" in done.stdout


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (
            "import resilience_checks.check as c\ndef f(*_, **__): raise ValueError('boom')\nc.run = f",
            "ValueError: boom",
        ),
        ("import os, resilience_checks.check as c\nc.run = lambda *_, **__: os._exit(3)", "error reading from server"),
        ("raise ImportError('broken')", "ImportError: broken"),
    ],
)
def test_a_check_that_breaks_is_never_clean(before: str, said: str, engine: Engine, tmp_path: Path) -> None:
    done = preview(engine, small(tmp_path), tmp_path, before=before)
    assert done.returncode != 0, done.stdout + done.stderr
    assert said in done.stdout + done.stderr


def test_a_wrong_resilience_yaml_blocks(engine: Engine, tmp_path: Path) -> None:
    program = small(tmp_path)
    (program / "resilience.yaml").write_text("version: 1\nservises: {}\n", encoding="utf-8")
    done = preview(engine, program, tmp_path)
    assert done.returncode != 0
    assert findings(done) == [("mandatory", "resilience-checks", "pulumi:pulumi:Stack: small-prod")]
    assert 'resilience.yaml:2:1: unknown key "servises"' in done.stdout


def test_a_stack_about_which_nothing_is_asked_says_so(engine: Engine, tmp_path: Path) -> None:
    done = preview(engine, small(tmp_path), tmp_path)
    assert (done.returncode, findings(done)) == (
        0,
        [("advisory", "resilience-checks", "pulumi:pulumi:Stack: small-prod")],
    )
    assert "nothing was checked: no policy found a service that it is about" in done.stdout
