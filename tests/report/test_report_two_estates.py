"""The auditors' report of two estates in one run: services of the same name stay apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from resilience_checks.check import Options, run
from resilience_checks.report.formats import Style
from resilience_checks.report.html.page import Html

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = "{type: 'vsphere:index/virtualMachine:VirtualMachine'}"
DECLARED = """\
version: 1
sites: {one: {region: west, perimeter: none}}
links: {wan: {to: one}}
placement: [{match: "*", site: one}]
consumers: {north: {kind: board, access: [wan]}}
services:
  shop: {scope: national, tier: 1, rto: RTO, consumers: [north], entry: {select: {type: 'vsphere:*'}}}
"""


def test_services_of_one_name_in_two_estates_are_two(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name, machines, rto in (("a", ("front",), "1h"), ("b", ("front", "back"), "2h")):
        folder = tmp_path / name
        folder.mkdir()
        resources = "".join(f"  {machine}: {MACHINE}\n" for machine in machines)
        (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: yaml\nresources:\n{resources}", encoding="utf-8")
        (folder / "Pulumi.prod.yaml").write_text("config: {}\n", encoding="utf-8")
        (folder / "resilience.yaml").write_text(DECLARED.replace("RTO", rto), encoding="utf-8")
    report = run(Options((tmp_path,), tmp_path, audit=True))
    assert [(one.id, one.rto, one.stacks) for one in report.services] == [
        ("shop", 3600.0, ("a/prod",)),
        ("shop", 7200.0, ("b/prod",)),
    ]
    page = Html(Style(tmp_path)).render(report)
    alone = "One outage of device VirtualMachine front loses shop"
    parts = [part.split("<section")[0] for part in re.split(r'<details class="service" id="s\d+"', page)[1:3]]
    assert [(alone in part, "RTO 1h" in part, "RTO 2h" in part) for part in parts] == [
        (True, True, False),
        (False, False, True),
    ]
    lost = re.findall(r"<dt>Services lost</dt><dd>(.*?)</dd>", page)
    assert {'<a href="#s0">shop (a/prod)</a>', '<a href="#s1">shop (b/prod)</a>'} == set(lost)
