"""Writes docs/policies.md, docs/controls.md, and the parts Parameters and Standards of each policy's page, from the policies' METADATA.

`python -m tools.policy_index` writes; with `--check` it only tells what is out of date, and fails.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.policy import controls, pack, pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.policy.controls import Control
    from resilience_checks.policy.pack import Policy

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT / "docs" / "policies.md"
CONTROLS = ROOT / "docs" / "controls.md"
_MADE = ("Parameters", "Standards")
_HEAD = """\
# Policies

<!-- written by `python -m tools.policy_index`; a test holds it -->

{count} policies come with the tool. `resilience-checks policies show ID` prints the page of one; how they are set
stands in [resilience-yaml.md](resilience-yaml.md#settings-of-policies), how to write one in
[own-policies.md](own-policies.md), which controls of standards they give evidence for in [controls.md](controls.md).
"""
_CONTROLS = """\
# Controls of standards

<!-- written by `python -m tools.policy_index`; a test holds it -->

Which policies give evidence for which control, and which controls no program and no declaration can show.
`resilience-checks policies controls` prints the same. Evidence is that a design was checked before it was deployed;
whether a standard is met is for an auditor.
"""
_STANDARDS = {
    "CAF": "NCSC CAF",
    "NIST": "NIST SP 800-53",
    "ISO27001": "ISO/IEC 27001",
    "ISO22301": "ISO 22301",
    "DORA": "DORA",
    "NIS2": "NIS2",
}


def outputs() -> dict[Path, str]:
    """Return every file that is made here with the text that it must have; a page that is missing is left out."""
    found = pack.load()
    titles = controls.titles()
    made = {INDEX: index(found.policies), CONTROLS: of_standards(controls.table(found))}
    for policy in found.policies:
        page = ROOT / Path(policy.path).with_name("README.md")
        if page.is_file():
            made[page] = filled(page.read_text(encoding="utf-8"), policy, titles)
    return made


def index(policies: tuple[Policy, ...]) -> str:
    """Return the index: a table for each area."""
    return _HEAD.format(count=len(policies)) + "".join(_tables(policies))


def of_standards(table: tuple[Control, ...]) -> str:
    """Return the page about controls: a table for each standard."""
    text = _CONTROLS
    for name, group in groupby(table, lambda control: control.standard):
        text += f"\n## {name}\n\n| control | title | evidence |\n|---|---|---|\n"
        for control in group:
            evidence = ", ".join(control.policies) or f"none: {control.why}"
            text += f"| {control.id} | {control.title.replace('|', '&#124;')} | {evidence} |\n"
    return text


def _tables(policies: tuple[Policy, ...]) -> Iterator[str]:
    for area, group in groupby(sorted(policies, key=lambda one: (one.area, one.id)), lambda one: one.area):
        yield f"\n## {area}\n\n| policy | severity | what it finds | standards |\n|---|---|---|---|\n"
        for policy in group:
            page = f"../{Path(policy.path).parent.as_posix()}/README.md"
            yield f"| [{policy.id}]({page}) | {policy.severity} | {policy.title} | {_standards(policy)} |\n"


def _standards(policy: Policy) -> str:
    families = dict.fromkeys(control.partition("-")[0] for control in policy.controls)
    return "; ".join(
        f"{_STANDARDS.get(family, family)} "
        + ", ".join(control.partition("-")[2] for control in policy.controls if control.startswith(f"{family}-"))
        for family in families
    )


def filled(text: str, policy: Policy, titles: Mapping[str, str]) -> str:
    """Return the page with the sections that are made here, in their order at its end."""
    for name in _MADE:
        text = re.sub(rf"^## {name}\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    made = [name for name in _MADE if name in pages.headings(policy)]
    return text.rstrip() + "\n" + "".join(f"\n## {name}\n\n{pages.section(policy, name, titles)}" for name in made)


def main(arguments: list[str]) -> int:
    old = {
        path: text for path, text in outputs().items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
    for path, text in old.items():
        print(f"{'out of date' if '--check' in arguments else 'written'}: {path.relative_to(ROOT)}")
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    return int(bool(old) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
