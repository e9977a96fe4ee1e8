"""What the demo stacks give, and what each edit of the sound one brings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.editing import ROOT, STACKS, Edit, copy, findings, report, run
from tests.end_to_end.versions import edit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ALL = ("appointments", "email", "intranet", "patient-record", "prescriptions", "test-results")
CLINICAL = ("appointments", "patient-record", "prescriptions", "test-results")
RESILIENT = "nhs-wales-resilient"


def line_of(path: Path, fragment: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if fragment in line)


WALES = [
    ("unknown", "backups-exist", "component clinical-db", CLINICAL),
    ("unknown", "failover-tested", "failover clinical-db", CLINICAL),
    *(("unknown", "independent-firewalls", f"site:{site}", ALL) for site in ("blaenavon", "cardiff-bay")),
    ("unknown", "independent-recovery-tooling", "tools for deployment, sign-in, monitoring, out-of-band", ALL),
    ("unknown", "offline-clinical-copy", "copies", CLINICAL),
    ("violation", "independent-communications", "management-plane:fmg.wales.example", CLINICAL),
    ("violation", "redundant-firewalls", "management-plane:fmg.wales.example", ALL),
]
"""What the shared manager loses, and what nothing is known of."""


GIVEN = {
    "nhs-wales-2018": (14, WALES),
    "nhs-wales-resilient": (0, []),
    "uk-national-cloud": (
        13,
        [
            (
                "unknown",
                "independent-recovery-tooling",
                "tools for deployment, sign-in, monitoring, out-of-band",
                ("booking",),
            ),
            ("violation", "no-single-region-national-service", "region:uksouth", ("booking",)),
            ("violation", "replicated-within-rpo", "sql-booking-uksouth", ("booking",)),
        ],
    ),
    "uk-national-cloud-resilient": (0, []),
}

SPOKEN_OF = [stack for stack, (_, found) in GIVEN.items() if found]


@pytest.mark.parametrize("stack", GIVEN)
def test_a_stack_gives_what_its_readme_says(stack: str) -> None:
    code, data = report(STACKS / stack)
    assert (code, findings(data)) == GIVEN[stack]


def told(results: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True) for one in results)


def test_stacks_give_the_same_on_an_opa_server(opa_url: str) -> None:
    code, data = report(*(STACKS / stack for stack in SPOKEN_OF), "--opa-url", opa_url)
    alone = [report(STACKS / stack) for stack in SPOKEN_OF]
    assert code == max(one for one, _ in alone)
    assert told(data["results"]) == told(item for _, one in alone for item in one["results"])


def test_the_shared_manager_is_reported_where_the_last_firewall_joins_it() -> None:
    _, data = report(STACKS / "nhs-wales-2018")
    [violation] = [
        item for item in data["results"] if item["severity"] == "critical" and item["outcome"] == "violation"
    ]
    source = STACKS / "nhs-wales-2018" / "sites.py"
    assert violation["location"] == {
        "path": source.relative_to(ROOT).as_posix(),
        "line": line_of(source, "fortios.system.Centralmanagement("),
        "column": None,
    }


HOSTS = {
    site: [
        f"{kind}:vc.{site}.example/{name}"
        for kind, name in (("cluster", "national"), ("device", "national-apps"), ("device", "national-ssd"))
    ]
    for site in ("blaenavon", "cardiff-bay")
}
"""What the servers of a site have in common: where a service stands at one site only, each can lose it alone."""

SHARED = {
    site: (
        f"ha-cluster:edge-{site}/1",
        f"ha-cluster:lb.{site}.example/lb-pair-{site}",
        f"management-plane:fmg.{site}.example",
    )
    for site in ("blaenavon", "cardiff-bay")
}
"""What all traffic of a site passes, and what configures that."""

BREAKING: dict[str, tuple[list[Edit], list[tuple[str, str, str, tuple[str, ...]]]]] = {
    "a site's second firewall unit is removed": (
        [
            Edit(
                "estate.py",
                'firewalls=("fw-a", "fw-b"), manager="fmg.cardiff-bay',
                'firewalls=("fw-a",), manager="fmg.cardiff-bay',
            ),
            Edit(
                "resilience.yaml",
                "  - {match: {provider: fw-b.cardiff-bay.example}, site: cardiff-bay, rack: c2}\n",
                "",
            ),
        ],
        [("violation", "redundant-firewalls", "device:fw-a.cardiff-bay.example", ALL)],
    ),
    "both sites' firewalls join one manager": (
        [Edit("estate.py", "fmg.cardiff-bay.example", "fmg.blaenavon.example")],
        [
            ("violation", "independent-communications", "management-plane:fmg.blaenavon.example", CLINICAL),
            ("violation", "redundant-firewalls", "management-plane:fmg.blaenavon.example", ALL),
        ],
    ),
    "every part of one service moves to one site": (
        [Edit("estate.py", '"email": (15, ("blaenavon", "cardiff-bay"))', '"email": (15, ("blaenavon",))')],
        [
            ("violation", "cross-site-failover", "site:blaenavon", ("email",)),
            *(("violation", "no-single-point-of-failure", target, ("email",)) for target in HOSTS["blaenavon"]),
            ("violation", "no-single-region-national-service", "region:gwent", ("email",)),
            *(("violation", "peak-after-failure", f"VirtualMachine email-blaenavon-{n}", ("email",)) for n in (1, 2)),
            ("violation", "redundant-firewalls", "ha-cluster:edge-blaenavon/1", ("email",)),
            ("violation", "redundant-firewalls", "management-plane:fmg.blaenavon.example", ("email",)),
        ],
    ),
    "the wide IPs' pools lose their monitor": (
        [Edit("__main__.py", '        monitor="/Common/https",\n', "")],
        [
            *(("violation", "cross-site-failover", f"site:{site}", ALL) for site in ("blaenavon", "cardiff-bay")),
            *(
                ("violation", "independent-communications", target, CLINICAL)
                for site in ("blaenavon", "cardiff-bay")
                for target in (*HOSTS[site], *SHARED[site])
            ),
            *(
                ("violation", "no-single-point-of-failure", target, ALL)
                for site in ("blaenavon", "cardiff-bay")
                for target in HOSTS[site]
            ),
            *(
                ("violation", "no-single-region-national-service", f"region:{region}", ALL)
                for region in ("cardiff", "gwent")
            ),
            # Whether a site's machines stand on one host decides how much is left there, and nothing moves away.
            *(("unknown", "peak-after-failure", service, (service,)) for service in ALL),
            *(
                ("violation", "redundant-firewalls", f"ha-cluster:edge-{site}/1", ALL)
                for site in ("blaenavon", "cardiff-bay")
            ),
            *(
                ("violation", "redundant-firewalls", f"management-plane:fmg.{site}.example", ALL)
                for site in ("blaenavon", "cardiff-bay")
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_an_edit_that_weakens_brings_exactly_its_findings(name: str, tmp_path: Path) -> None:
    edits, expected = BREAKING[name]
    _, data = report(copy(RESILIENT, tmp_path, *edits))
    assert findings(data) == sorted(expected)


def drop(file: Path, beginnings: Iterable[str]) -> None:
    """Take out the one line that begins with each of these."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for beginning in beginnings:
        [line] = [line for line in lines if line.startswith(beginning)]
        lines.remove(line)
    file.write_text("".join(lines), encoding="utf-8")


UNPLACED = Edit(
    "sites.py",
    'address=f"https://lb.{name}.example"',
    'address=pulumi.StackReference("network").get_output("lb") if name == "cardiff-bay" else f"https://lb.{name}.example"',
)


def test_a_placement_that_is_not_known_makes_what_hangs_on_it_unknown(tmp_path: Path) -> None:
    stack = copy(RESILIENT, tmp_path, UNPLACED)
    kept = ("appointments", "email")
    for file, begin in {"estate.py": '    "{}": ', "resilience.yaml": "  {}: {{entry"}.items():
        drop(stack / file, [begin.format(name) for name in ALL if name not in kept])
    edit(
        stack / "resilience.yaml",
        "of: [patient-record, test-results, appointments, prescriptions]",
        "of: [appointments]",
    )
    code, data = report(stack)
    assert code == 10
    found = {(outcome, services) for outcome, _, _, services in findings(data)}
    assert found == {("unknown", (name,)) for name in kept}
    unknown = [item for item in data["results"] if item["outcome"] == "unknown"]
    assert all(any("lb-cardiff-bay" in text for text in item["depends_on"]) for item in unknown)


HARMLESS = {
    "every logical name is changed": [
        Edit("sites.py", 'f"{unit}-{name}"', 'f"x-{unit}-{name}"'),
        Edit("sites.py", 'f"ha-{unit}-{name}"', 'f"y-{unit}-{name}"'),
        Edit("sites.py", 'f"manager-{unit}-{name}"', 'f"z-{unit}-{name}"'),
        Edit("sites.py", 'f"vc-{name}"', 'f"v-{name}"'),
        Edit("sites.py", 'f"lb-{name}"', 'f"l-{name}"'),
        Edit("sites.py", "            name,\n            name=name,", '            f"vm-{name}",\n            name=name,'),
        Edit("__main__.py", 'f"{service}-pool",\n        name=', 'f"p-{service}",\n        name='),
        Edit("__main__.py", 'f"{service}-name", name=', 'f"n-{service}", name='),
    ],
    "sites are listed in another order": [
        Edit("__main__.py", "for name, site in SITES.items():", "for name, site in reversed(SITES.items()):"),
        Edit("__main__.py", "for service, (number, places) in SERVICES.items():", "for service, (number, places) in reversed(SERVICES.items()):"),
    ],
    "a resource moves into a component": [
        Edit(
            "__main__.py",
            '    datacenter = f5bigip.GtmDatacenter(f"dc-{name}", name=f"dc-{name}", opts=steering)',
            '    group = pulumi.ComponentResource("nhswales:network:Place", name)\n'
            "    inside = pulumi.ResourceOptions.merge(steering, pulumi.ResourceOptions(parent=group))\n"
            '    datacenter = f5bigip.GtmDatacenter(f"dc-{name}", name=f"dc-{name}", opts=inside)',
        )
    ],
    "every service gets a third server": [Edit("__main__.py", "for unit in (1, 2)", "for unit in (1, 2, 3)")],
    "sizes and notes change": [
        Edit("sites.py", "memory=16384", 'memory=32768,\n            annotation="resized"'),
        Edit("sites.py", '"size": 80', '"size": 200'),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_an_edit_that_changes_nothing_for_resilience_brings_nothing(name: str, tmp_path: Path) -> None:
    code, data = report(copy(RESILIENT, tmp_path, *HARMLESS[name]))
    assert (code, findings(data)) == (0, [])


def test_renaming_every_resource_changes_no_fingerprint(tmp_path: Path) -> None:
    _, before = report(STACKS / "nhs-wales-2018")
    _, after = report(copy("nhs-wales-2018", tmp_path, *HARMLESS["every logical name is changed"]))
    assert [item["fingerprint"] for item in after["results"]] == [item["fingerprint"] for item in before["results"]]


def test_the_shared_domain_is_found_in_the_program_not_declared() -> None:
    declared = (STACKS / "nhs-wales-2018" / "resilience.yaml").read_text(encoding="utf-8")
    assert "domains:" not in declared
    assert "fmg" not in declared


def test_the_terminal_shows_line_loss_reason_and_remedy() -> None:
    done = run("check", str(STACKS / "nhs-wales-2018"))
    assert done.returncode == 14
    for text in ("sites.py:35", "loses 6 services", "abertawe-bro-morgannwg", "fix", "Give each site its own manager"):
        assert text in done.stdout
