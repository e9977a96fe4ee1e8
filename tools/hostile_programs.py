"""Writes the table of SECURITY.md from tests/hostile: what each program tries, what stops it, and how a check ends.

`python -m tools.hostile_programs` writes; with `--check` it only tells whether the table is out of date, and fails.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.hostile.table import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.attack import Attack

FILE = Path(__file__).resolve().parent.parent / "SECURITY.md"
BEGIN, END = (
    "<!-- written by `python -m tools.hostile_programs` from tests/hostile; a test holds it -->",
    "<!-- end of what is written -->",
)
_BY_SYSTEM = "¹"
_EXITS = {
    0: "the check goes on",
    2: "the command is refused (exit code 2)",
    4: "no verdict (exit code 4)",
    13: "what is wrong is found (exit code 13)",
}


def written(text: str) -> str:
    """Return the page with its table as the programs are now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{''.join(_tables())}{END}{rest.partition(END)[2]}"


def _tables() -> Iterator[str]:
    for group, attacks in GROUPS.items():
        prevented = [attack for attack in attacks if attack.prevented]
        yield f"### {group}\n\n"
        yield "| program | what it tries | what stops it | and then |\n|---|---|---|---|\n"
        yield from map(_row, prevented)
        yield "\n"
    yield "### Only hindered\n\n| program | what it does | what stops it |\n|---|---|---|\n"
    hindered = (attack for attacks in GROUPS.values() for attack in attacks if not attack.prevented)
    yield from (f"| `{attack.name}` | {_cell(attack.tries)} | {_cell(attack.held_by)} |\n" for attack in hindered)
    yield "\n"


def _row(attack: Attack) -> str:
    mark = f" {_BY_SYSTEM}" if attack.by_system else ""
    return f"| `{attack.name}`{mark} | {_cell(attack.tries)} | {_cell(attack.held_by)} | {_EXITS[attack.exit_code]} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or tell whether it is out of date."""
    text = FILE.read_text(encoding="utf-8")
    new = written(text)
    if "--check" in arguments:
        if new != text:
            print(f"{FILE.name} is out of date: run `python -m tools.hostile_programs`")
        return int(new != text)
    FILE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
