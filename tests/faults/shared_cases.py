"""What runs share or hang on: a folder, a cache, a file of waivers, and the clock."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from resilience_checks.sources import store
from tests.faults.bench import BLOCKED, Bench, Case, Ended, results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_RULES = (
    "no-single-point-of-failure",
    "no-single-region-national-service",
    "national-service-declared-whole",
    "cross-site-failover",
)
_WHOSE = {"reason": "r", "owner": "o", "approver": "a", "ticket": "t"}
_WAIVER = ", ".join(f"{key}: {text}" for key, text in _WHOSE.items())
_DAYS = "created: 2026-11-01, expires: 2026-11-20"
_WAIVED = "version: 1\nwaivers:\n" + "".join(
    f"  - {{policy: {rule}, target: shop, {_WAIVER}, {_DAYS}}}\n" for rule in _RULES
)
_WHO = (
    *(word for key, text in _WHOSE.items() for word in (f"--{key}", text)),
    "--expires",
    "2027-01-01",
    "--today",
    "2026-11-01",
)


def _two_at_once(bench: Bench) -> Ended:
    """Run two checks that write the same report and share a cache."""
    cache = bench.folder / "cache"
    bench.patch.setenv("RESILIENCE_CACHE", str(cache))
    arguments = ("check", "--format", "json=report.json", "--format", "json")
    with bench.started(*arguments) as one, bench.started(*arguments) as other:
        found = [process.communicate(timeout=60)[0] for process in (one, other)]
    shutil.rmtree(cache)
    assert (bench.project / "report.json").read_text(encoding="utf-8") in found
    assert results(found[0]) == results(found[1])
    return Ended(max(one.returncode, other.returncode), found[0], results(found[0]))


def _two_waivers(bench: Bench) -> Ended:
    """Add two waivers at once: neither takes the other away."""
    add = ("waivers", "add", "--policy", "cross-site-failover", *_WHO, "--target")
    with bench.started(*add, "x") as one, bench.started(*add, "y") as other:
        said = "".join("".join(process.communicate(timeout=60)) for process in (one, other))
    assert (one.returncode, other.returncode) == (0, 0), said
    text = (bench.project / "resilience-waivers.yaml").read_text(encoding="utf-8")
    assert (text.count("target: x"), text.count("target: y")) == (1, 1)
    (bench.project / "resilience-waivers.yaml").unlink()
    return bench.check()


def _kept(harm: Callable[[Bench, Path], None]) -> Callable[[Bench], Ended]:
    """Check with a cache, do something to it, and check again."""

    def bring(bench: Bench) -> Ended:
        cache = bench.folder / "cache"
        bench.patch.setenv("RESILIENCE_CACHE", str(cache))
        first = bench.check()
        assert any(cache.glob("*/*"))
        harm(bench, cache)
        done = bench.check()
        if cache.is_dir():
            shutil.rmtree(cache)
        else:
            cache.unlink(missing_ok=True)
        bench.before = {name: text for name, text in bench.before.items() if not name.startswith("cache")}
        assert first.results == done.results
        return done

    return bring


def _cut(_: Bench, cache: Path) -> None:
    for path in (*cache.glob("*/*"), cache / "key"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _cut_entries(_: Bench, cache: Path) -> None:
    for path in cache.glob("*/*"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _of_another(_: Bench, cache: Path) -> None:
    cache.chmod(0o777)


def _is_a_file(_: Bench, cache: Path) -> None:
    shutil.rmtree(cache)
    cache.write_text("in the way", encoding="utf-8")


def _vanishes(bench: Bench, cache: Path) -> None:
    """Take the folder away as soon as something would be kept in it, or was asked of it."""
    put, get = store.Store.put, store.Store.get

    def gone(self: store.Store, *arguments: object) -> object:
        shutil.rmtree(cache, ignore_errors=True)
        return (get if len(arguments) == 1 else put)(self, *arguments)  # type: ignore[arg-type]

    bench.patch.setattr(store.Store, "put", gone)
    bench.patch.setattr(store.Store, "get", gone)


def _of_another_version(bench: Bench, _: Path) -> None:
    bench.patch.setattr("resilience_checks.sources.stacks.kept.identity", lambda: "0.0.1 of another build")


def _full(bench: Bench, cache: Path) -> None:
    """Leave no room on its disk."""
    shutil.rmtree(cache)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    bench.patch.setattr("resilience_checks.model.writing.os.write", full)


def _at(day: str) -> Callable[[Bench], Ended]:
    def bring(bench: Bench) -> Ended:
        bench.write("resilience-waivers.yaml", _WAIVED)
        return bench.check("--today", day)

    return bring


def _since_the_epoch(seconds: int) -> Callable[[Bench], Ended]:
    def bring(bench: Bench) -> Ended:
        bench.patch.setenv("SOURCE_DATE_EPOCH", str(seconds))
        return bench.check()

    return bring


def _jumps(bench: Bench) -> Ended:
    """Let the machine's time go an hour back or forth at each look; what runs is timed by another clock."""
    looks = iter(range(10**9))
    real = time.time
    bench.patch.setattr(time, "time", lambda: real() + 3600 * (-1) ** next(looks) * next(looks))
    return _kept(lambda *_: None)(bench)


CASES = (
    Case(
        "two checks at once",
        "one report and one cache",
        _two_at_once,
        BLOCKED,
        correct=True,
        made=("project/report.json",),
    ),
    Case("two waivers at once", "one file", _two_waivers, BLOCKED, correct=True),
    Case("a cache's entries are cut in half", "all of them", _kept(_cut_entries), BLOCKED, correct=True),
    Case("a cache's key is cut in half", "and its entries", _kept(_cut), BLOCKED, correct=True),
    Case("a cache is open to others", "mode 0777", _kept(_of_another), BLOCKED, correct=True),
    Case("a cache is a file", "in place of its folder", _kept(_is_a_file), BLOCKED, correct=True),
    Case("a cache vanishes", "amid a run", _kept(_vanishes), BLOCKED, correct=True),
    Case(
        "a cache is of another version",
        "its entries count for nothing",
        _kept(_of_another_version),
        BLOCKED,
        correct=True,
    ),
    Case("a cache's disk is full", "nothing is kept", _kept(_full), BLOCKED, correct=True),
    Case("the clock is past waivers' ends", "a day after", _at("2026-11-21"), BLOCKED, "expired", correct=True),
    Case("the clock is before waivers' beginning", "in 1969", _at("1969-07-20"), 2, "still to come"),
    Case("the clock is far ahead", "in 9999", _at("9999-12-31"), BLOCKED, "expired", correct=True),
    Case(
        "the clock is before 1970",
        "SOURCE_DATE_EPOCH of 1938",
        _since_the_epoch(-(10**9)),
        BLOCKED,
        '"1938-',
        correct=True,
    ),
    Case(
        "the clock is of no time", "SOURCE_DATE_EPOCH of the year 300000", _since_the_epoch(10**13), 2, "is not a time"
    ),
    Case("the clock jumps", "an hour and more, at each look", _jumps, BLOCKED, correct=True),
)
