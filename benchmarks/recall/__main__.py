"""Prints the tables of recall as Markdown; details of what falls short go to stderr.

python -m benchmarks.recall [--workers N] [--sample N] [--only TEXT]
"""

from __future__ import annotations

import argparse
import sys
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.recall.trial import SOUND_EDITS, WEAKER, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.recall.trial import Row
    from benchmarks.recall.variants import Operator


def main() -> int:
    """Try everything, print both tables, and return 1 where the goal is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument(
        "--sample", type=int, default=0, help="so many places of each operator, chosen with a fixed seed"
    )
    asked.add_argument("--only", default="", help="operators whose name contains this")
    options = asked.parse_args()

    def table(title: str, operators: Sequence[Operator]) -> list[Row]:
        chosen = [operator for operator in operators if options.only in operator.name]
        print(f"\n## {title}\n\n{_head()}")
        found = []
        for row in rows(chosen, options.workers, options.sample):
            found.append(row)
            print(_line(row), flush=True)
            _explain(row)
        print(_total(found), flush=True)
        return found

    weaker = table("Edits that weaken", WEAKER)
    sound = table("Edits that keep a stack sound", SOUND_EDITS)
    short = any(row.missed or row.noisy or row.failed for row in weaker)
    return int(short or any(row.noisy or row.failed or row.weaker for row in sound))


def _head() -> str:
    names = ("operator", "edits", "places", "weaker", "caught", "unrelated", "not checked", "ms")
    return f"| {' | '.join(names)} |\n|---|---|{'---:|' * 6}"


def _line(row: Row) -> str:
    times = [one.milliseconds for one in row.tried if not one.failure]
    numbers = (len(row.tried), len(row.weaker), len(row.weaker) - len(row.missed), len(row.noisy), len(row.failed))
    shown = " | ".join(str(number) for number in (*numbers, round(median(times)) if times else "-"))
    return f"| {row.operator.name} | {row.operator.means} | {shown} |"


def _total(found: Sequence[Row]) -> str:
    tried = [one for row in found for one in row.tried]
    missed = sum(len(row.missed) for row in found)
    weaker = sum(one.weaker for one in tried)
    noisy, failed = sum(bool(one.unrelated) for one in tried), sum(bool(one.failure) for one in tried)
    return f"| **all** | | {len(tried)} | {weaker} | {weaker - missed} | {noisy} | {failed} | |"


def _explain(row: Row) -> None:
    for one in row.failed:
        print(f"not checked: {row.operator.name}: {one.place}: {one.failure}", file=sys.stderr)
    for one in row.missed:
        worse = sorted(one.worse)
        print(f"missed: {row.operator.name}: {one.place}: {len(worse)} harms, first {worse[0]}", file=sys.stderr)
    for one in row.noisy:
        spoke = sorted((outcome, policy, target) for outcome, policy, target in one.said if policy in one.unrelated)
        why = "" if one.weaker else ", where nothing is weaker"
        print(f"unrelated: {row.operator.name}: {one.place}: {spoke[:3]}{why}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
