"""The cut sets of every service of fat trees of the published sizes, from the estate to the answers.

A fat tree of k ports has 5k²/4 switches and k³/4 servers (Al-Fares et al., SIGCOMM 2008); 24, 48 and 64 ports are the
sizes of RepAudit (OOPSLA 2017) and CloudCanary (NSDI 2020). Every server is one of three replicas of a service. A
replica is lost with its server, its edge switch, or all of its ways to the core. Each size runs in a process of its
own; seconds are of the wall clock, in brackets of the processor.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import cut_sets
from resilience_checks.model.question import FaultKind, Question
from resilience_checks.topology.estate import Domain, Estate, Member, Part, Service
from resilience_checks.topology.gates import ALWAYS, AnyOf, AtLeast, Gate, Nature, Up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PORTS = (16, 20, 24, 32, 40, 48, 56, 64)
LIMITS = {48: 10.0, 64: 25.0}
MEMORY = 3000
"""Seconds by ports, and MB of the process."""
REPLICAS = 3


def fat_tree(ports: int, needed: int, seed: int = 1) -> Estate:
    """Return a fat tree with every server in one service that needs so many of its replicas."""
    parts = {part.id: part for part in _parts(ports)}
    servers = [name for name in parts if name.startswith("server")]
    random.Random(seed).shuffle(servers)
    groups = [servers[start : start + REPLICAS] for start in range(0, len(servers), REPLICAS)]
    services = (
        Service(f"service-{number}", AtLeast(min(needed, len(group)), tuple(map(_path, group))))
        for number, group in enumerate(groups)
    )
    domains = (Domain(f"device:{name}", "device", name, (FaultKind.OUTAGE,), (Member(name),)) for name in parts)
    return Estate(
        parts=parts,
        domains={domain.id: domain for domain in domains},
        services={service.id: service for service in services},
    )


def _parts(ports: int) -> Iterator[Part]:
    half = range(ports // 2)
    for core in range(len(half) ** 2):
        yield _part(f"core-{core}")
    for pod in range(ports):
        for number in half:
            yield _part(f"aggregation-{pod}-{number}", _some(f"core-{number * len(half) + core}" for core in half))
            yield _part(f"edge-{pod}-{number}", _some(f"aggregation-{pod}-{other}" for other in half))
            for server in half:
                yield _part(f"server-{pod}-{number}-{server}", _path(f"edge-{pod}-{number}"))


def _part(name: str, gate: Gate = ALWAYS) -> Part:
    return Part(name, name, "compute" if name.startswith("server") else "network", gate=gate)


def _some(names: Iterator[str]) -> Gate:
    return AnyOf(tuple(map(_path, names)))


def _path(name: str) -> Up:
    return Up(name, Nature.PATH)


def run(ports: int, needed: int, order: int) -> dict[str, float]:
    """Find the cut sets of one fat tree, and read every one of them."""
    estate = fat_tree(ports, needed)
    begun, used = time.perf_counter(), time.process_time()
    found = cut_sets(estate, Question("outages", (FaultKind.OUTAGE,), order=order))
    sets = sum(len(each.sure) for each in found.values())
    same = all(each.complete and each.possible == each.sure for each in found.values())
    return {
        "devices": len(estate.parts),
        "services": len(found),
        "sets": sets,
        "complete": same,
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - used,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> int:
    over = False
    for needed, order in ((1, 3), (2, 2)):
        print(f"{needed} of {REPLICAS} replicas needed, cut sets of up to {order} devices")
        print(f"{'ports':>6} {'devices':>8} {'services':>8} {'sets':>8} {'seconds':>16} {'µs a device':>12} {'MB':>6}")
        rows = []
        for ports in PORTS:
            found = _measure(ports, needed, order)
            rows.append(found)
            limit = LIMITS.get(ports)
            over |= not found["complete"] or found["memory"] > MEMORY
            over |= limit is not None and found["seconds"] > limit
            print(
                f"{ports:6} {found['devices']:8} {found['services']:8} {found['sets']:8} "
                f"{found['seconds']:6.2f} ({found['processor']:5.2f}) "
                f"{found['processor'] / found['devices'] * 1e6:13.0f} {found['memory']:6.0f}"
                + (f"  limit {limit:.0f} s" if limit else ""),
                flush=True,
            )
        print(plot([(row["devices"], row["processor"]) for row in rows]))
    return int(over)


def plot(points: Sequence[tuple[float, float]], width: int = 64, height: int = 12) -> str:
    """Draw seconds of the processor over devices; the dots are growth in proportion to the largest size."""
    most, longest = max(point[0] for point in points), max(point[1] for point in points)
    sheet = [[" "] * (width + 1) for _ in range(height + 1)]
    for column in range(width + 1):
        sheet[height - round(column / width * height)][column] = "."
    for devices, seconds in points:
        sheet[height - round(seconds / longest * height)][round(devices / most * width)] = "o"
    rows = [f"{longest * (height - row) / height:7.2f} |{''.join(line).rstrip()}" for row, line in enumerate(sheet)]
    return "\n".join([*rows, f"{'':7} +{'-' * width} {most:,.0f} devices", ""])


def _measure(ports: int, needed: int, order: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.fat_trees", str(ports), str(needed), str(order)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(run(*map(int, sys.argv[1:]))))
    else:
        sys.exit(main())
