"""Tells how many mutants of what decides the tests notice (`tox -e mutation`).

All mutants of the gate and of outcomes count, and of what these stand on a sample, drawn at random. The mutants are
mutmut's, and so is the run: a process for each, with the tests that run the function, the quick ones first. Most die
of the quickest tests: so a function's whole list of tests is run for those alone that survive these. A mutant that no
test runs counts as survived, and one that makes a test endless as killed. Ends with 1 where fewer than 90 of 100
are killed. What survived is shown by `mutmut show NAME`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WHOLE = ("resilience_checks.gate.", "resilience_checks.policy.outcome.")
SAMPLED = ("resilience_checks.analysis.", "resilience_checks.topology.", "resilience_checks.policy.")
LEAST = 0.9
QUICK = 5.0
"""Seconds of tests that are run on every mutant first."""
_MUTANTS = Path("mutants")
_TESTS = _MUTANTS / "mutmut-stats.json"
_SURVIVED, _UNTESTED = 0, (5, 33)
"""mutmut's exit codes of a mutant whose tests pass, and of one that no test runs."""
_KILLED = {1, 3, 37, 36, 24, -24, 152, 255, -11, -9}
"""Those of one that a test fails, that no type check lets pass, that takes too long, or that ends the process."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=600, metavar="COUNT", help="how many are drawn (600)")
    parser.add_argument("--seed", type=int, default=1, help="what the sample is drawn by (1)")
    parser.add_argument("--seconds", type=float, default=120.0, help="the most that a mutant's tests may take (120)")
    parser.add_argument("--processes", type=int, default=2, help="how many at once (2)")
    asked = parser.parse_args(arguments)
    make(asked.processes)
    every = results()
    whole = {name for name in every if name.startswith(WHOLE)}
    drawn = sample((name for name in every if name.startswith(SAMPLED)), asked.sample, asked.seed)
    test(sorted(whole | drawn), asked.processes, (QUICK, asked.seconds))
    found = results()
    return max(
        tell("the gate and outcomes", {name: found[name] for name in whole}),
        tell("the sample", {name: found[name] for name in drawn}),
    )


def make(processes: int) -> None:
    """Write every mutant that mutmut makes of what pyproject.toml names, and keep the results of what is unchanged."""
    from mutmut.__main__ import create_mutants
    from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

    _MUTANTS.mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(processes)


def results() -> dict[str, int | None]:
    """Return how each mutant's tests ended; None where they were not run."""
    return {
        name: code
        for file in sorted(_MUTANTS.glob("resilience_checks/**/*.meta"))
        for name, code in json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"].items()
    }


def sample(names: Iterable[str], count: int, seed: int) -> set[str]:
    """Return as many of the names, by chance; the same ones for the same seed, as far as they are still there."""
    return set(sorted(names, key=lambda name: sha256(f"{seed} {name}".encode()).digest())[:count])


def test(names: Sequence[str], processes: int, limits: Sequence[float]) -> None:
    """Run the mutants' tests, those of the next limit for what survived the last."""
    if not _TESTS.exists():  # mutmut learns which tests run which function as it first runs any mutant
        _run(names[:1], processes)
    stats = json.loads(_TESTS.read_text(encoding="utf-8"))
    try:
        for seconds in limits:
            if not names:  # mutmut would run every mutant
                break
            _TESTS.write_text(json.dumps({**stats, **limited(stats, seconds)}), encoding="utf-8")
            _run(names, processes)
            found = results()
            names = [name for name in names if found[name] == _SURVIVED]
    finally:  # the next run would take the quick ones for all
        _TESTS.write_text(json.dumps(stats), encoding="utf-8")


def limited(stats: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Return for each function the quickest of its tests that together take no longer; at least one."""
    took = stats["duration_by_test"]
    found = {}
    for function, tests in stats["tests_by_mangled_function_name"].items():
        quickest = sorted(tests, key=lambda name: (took[name], name))
        sums = accumulate(took[name] for name in quickest)
        found[function] = quickest[: max(1, sum(passed <= seconds for passed in sums))]
    return {"tests_by_mangled_function_name": found}


def _words(code: int | None) -> str:
    if code == _SURVIVED:
        return "survived"
    return "no test runs" if code in _UNTESTED else f"no verdict ({code})"


def _run(names: Sequence[str], processes: int) -> None:
    subprocess.run([sys.executable, "-m", "mutmut", "run", f"--max-children={processes}", *names], check=True)


def tell(what: str, found: Mapping[str, int | None]) -> int:
    """Print which mutants survived, and how many of each station were killed; return the exit code."""
    killed, made = Counter[str](), Counter[str]()
    for name, code in sorted(found.items()):
        station = name.split(".")[1]
        made[station] += 1
        if code in _KILLED:
            killed[station] += 1
        else:
            print(_words(code), name)
    for station, count in sorted(made.items()):
        print(f"{station}: {killed[station]} of {count} killed")
    print(f"{what}: {killed.total()} of {made.total()} killed ({killed.total() / made.total():.1%})")
    return 0 if killed.total() >= LEAST * made.total() else 1


if __name__ == "__main__":
    sys.exit(main())
