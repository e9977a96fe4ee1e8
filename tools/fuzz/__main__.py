"""Fuzzes every reader: `python -m tools.fuzz --seconds N [READER...]`, with a corpus kept in tests/fuzz/corpus."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING

from tools.fuzz.harnesses import HARNESSES
from tools.fuzz.seeds import ROOT, seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

CORPUS = ROOT / "tests" / "fuzz" / "corpus"
_DICTIONARY = Path(__file__).with_name("dictionary.txt")
_HANG = 30
"""Seconds after which libFuzzer ends a process that the guard could not stop: it hangs in code that is not Python."""
_LEAST = 2.0


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What came of one reader: how many inputs it was given, and what it crashed with."""

    reader: str
    inputs: int
    crashes: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, print the count of inputs of each reader, and return 1 where something crashed."""
    given = _arguments(arguments)
    given.found.mkdir(parents=True, exist_ok=True)
    readers = given.readers or list(HARNESSES)
    total = 0
    crashed = False
    for reader in readers:
        done = _fuzz(reader, given.seconds / len(readers), given.found, keep=given.keep)
        total += done.inputs
        crashed = crashed or bool(done.crashes)
        print(f"{reader:15} {done.inputs:>10,} inputs, {len(done.crashes)} crashes", flush=True)
        for crash in done.crashes:
            print(f"  {crash}", flush=True)
    print(f"{'total':15} {total:>10,} inputs; what crashed stands in {given.found}")
    return int(crashed)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"one of {', '.join(HARNESSES)}; default: all")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all readers together")
    parser.add_argument("--keep", action="store_true", help="keep what reaches new code in tests/fuzz/corpus")
    parser.add_argument(
        "--found", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-found", help="where crashes are written"
    )
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.readers) - set(HARNESSES))
    if unknown:
        parser.error(f"there is no reader {unknown[0]}; there are {', '.join(HARNESSES)}")
    return given


def _fuzz(reader: str, seconds: float, found: Path, *, keep: bool) -> Fuzzed:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as made:
        grown, first = Path(made) / "grown", Path(made) / "seeds"
        grown.mkdir()
        _write(first, reader)
        kept = CORPUS / reader
        folders = [grown, first, *([kept] if kept.is_dir() else [])]
        inputs, crashes = 0, []
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > _LEAST or not inputs:
            said = _run(reader, found, [*folders, f"-max_total_time={max(1, int(left))}"])
            crashes += re.findall(r"^CRASH \S+: (.*)$", said, re.MULTILINE)
            counted = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said)
            if not counted:
                crashes.append(f"the process ended without a word: {said[-300:]}")
                break
            inputs += int(counted[-1])
            if "SUMMARY: libFuzzer" in said:
                crashes.append(next(line for line in said.splitlines() if "SUMMARY: libFuzzer" in line))
        if keep:
            _keep(reader, folders, kept)
    return Fuzzed(reader, inputs, tuple(dict.fromkeys(crashes)))


def _write(folder: Path, reader: str) -> None:
    folder.mkdir()
    for data in seeds(reader):
        if len(data) <= HARNESSES[reader].longest:
            (folder / sha1(data).hexdigest()).write_bytes(data)


def _run(reader: str, found: Path, arguments: Sequence[object]) -> str:
    flags = [f"-dict={_DICTIONARY}", f"-timeout={_HANG}", "-rss_limit_mb=1500", "-print_final_stats=1"]
    flags += [f"-artifact_prefix={found}/{reader}-", "-verbosity=1", "-close_fd_mask=0"]
    done = subprocess.run(
        [sys.executable, "-m", "tools.fuzz.one", reader, str(found), *map(str, arguments), *flags],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.stdout


def _keep(reader: str, folders: Sequence[Path], kept: Path) -> None:
    """Put what reaches most code with the fewest bytes into the repository."""
    command = [sys.executable, "-m", "tools.fuzz.minimise", reader, str(kept), *map(str, folders)]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
