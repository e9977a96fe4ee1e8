"""All policies over large estates: document, evaluation and results, beside `opa eval` of the same pack and document.

Each service stands on machines at two sites behind firewalls; one in ten stands at one site. Seconds are of the wall
clock, in brackets of the processor (worker included). MB are the most that this process and the worker held together.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue import loader
from resilience_checks.model.graph import ResourceGraph
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Resource
from resilience_checks.policy import document, outcome, pack
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import section
from resilience_checks.policy.settings import settings
from resilience_checks.topology import declarations, estate_builder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.policy.pack import Pack

EACH = 20
"""Resources of one service."""
MACHINES = 6
"""How many of them serve it; the others are only there."""
ALONE = 10
"""One service of so many stands at one site."""
LIMITS = {500: (2.0, 2048), 5000: (25.0, 2048)}
"""Seconds and MB for so many services."""
GOAL = 0.7
"""Share of `opa eval`'s time."""
TOKEN = "vsphere:index/virtualMachine:VirtualMachine"
SITES = """
version: 1
sites:
  north: {region: north, campus: north, perimeter: fw-north}
  south: {region: south, campus: south, perimeter: fw-south}
links:
  to-north: {to: north, carrier: one}
  to-south: {to: south, carrier: two}
consumers:
  wards: {kind: hospital, access: {any-of: [to-north, to-south]}}
service_defaults: {scope: national, rto: 1h, rpo: 15m, consumers: [wards]}
components:
  fw-north: {role: firewall, units: [{site: north}, {site: north}]}
  fw-south: {role: firewall, units: [{site: south}, {site: south}]}
"""


def graph(services: int) -> ResourceGraph:
    """Return one stack with the machines of all services."""
    names = [
        f"service-{number}-{'n' if unit % 2 else 's'}-{unit}" for number in range(services) for unit in range(EACH)
    ]
    resources = tuple(
        Resource(
            urn=f"urn:pulumi:prod::large::{TOKEN}::{name}",
            type=TOKEN,
            name=name,
            custom=True,
            inputs={"name": name, "numCpus": 4, "memory": 8192},
            location=Location("__main__.py", line),
        )
        for line, name in enumerate(names, 1)
    )
    return ResourceGraph("large", "prod", Location("Pulumi.yaml", 1), "program", resources)


def declared(services: int) -> str:
    """Return the resilience.yaml of the stack."""
    components, entries = [], []
    for number in range(services):
        name = f"service-{number}"
        sides = [
            (side, [f"{name}-{side}-{unit}" for unit in range(MACHINES) if unit % 2 == (side == "n")]) for side in "ns"
        ]
        for side, machines in sides:
            any_of = ", ".join(f"{{select: {machine}}}" for machine in machines)
            components.append(f"  {name}-{side}: {{role: application, any-of: [{any_of}]}}\n")
        components.append(f"  {name}-both: {{role: application, any-of: [{name}-n, {name}-s]}}\n")
        entry = f"{name}-n" if number % ALONE == 0 else f"{name}-both"
        entries.append(f"  {name}: {{entry: {entry}, tier: {1 + number % 3}}}\n")
    placement = ['  - {match: {name: "*-n-*"}, site: north}\n', '  - {match: {name: "*-s-*"}, site: south}\n']
    return "".join((SITES, *components, "services:\n", *entries, "placement:\n", *placement))


def matter(services: int, policies: Pack) -> Matter:
    """Return the estate of so many services with all answers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "resilience.yaml"
        file.write_text(declared(services), encoding="utf-8")
        found = declarations.load(file, file.parent)
    whole = graph(services)
    chosen = settings(policies, found.policies, found.policy_set)
    with _Timed("estate"):
        estate = estate_builder.build([whole], found, loader.load())
    with _Timed("analysis"):
        answers = answer(estate, pack.questions(policies, chosen))
    gc.freeze()  # as a check does
    return Matter(estate, answers, chosen, (whole,))


def measure(services: int, opa: str | None) -> bool:
    """Print what so many services cost; return whether a limit is overrun."""
    print(f"{services} services over {services * EACH} resources")
    policies = pack.load()
    asked = matter(services, policies)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    engine = EmbeddedEngine()
    engine.start()
    begun, processor = time.perf_counter(), time.process_time()
    made = _document(asked, pack.reads(policies, asked.settings))
    watched = _Watched(engine)
    results = outcome.decide(policies, made, asked, watched)  # type: ignore[arg-type]
    seconds = time.perf_counter() - begun
    held = _most_held(os.getpid()) + (_most_held(engine.process) if engine.process is not None else 0)
    engine.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = time.process_time() - processor + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  {'evaluation, with JSON both ways':34} {watched.seconds:7.2f} s   {watched.size / 1e6:.1f} MB of JSON")
    print(f"  {'the policy stage':34} {seconds:7.2f} s [{used:.2f}]   {len(results)} results")
    print(f"  {'outcomes':34} {dict(Counter(str(result.outcome) for result in results))}")
    for name in sorted({result.message for result in results if result.outcome == "error"})[:3]:
        print(f"  error: {name[:200]}")
    print(f"  {'memory of the process tree':34} {held:7.0f} MB")
    if opa is not None:
        _compare(opa, policies, made.data, watched.seconds)
    most, memory = LIMITS.get(services, (float("inf"), float("inf")))
    return seconds > most or held > memory


def _most_held(process: int) -> float:
    """Return the most MB that a process held (Linux).

    Not `ru_maxrss`: that of a child begins with what its parent held when it started the child.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _document(asked: Matter, reads: Sequence[str]) -> document.Document:
    """Return the whole document, and print what its core and each section take."""
    with _Timed("document: core"):
        made = document.build(asked)
    for name in reads:
        with _Timed(f"document: {name}"):
            found = section(name, asked)
        made = document.Document({**made.data, name: found.data}, {**made.places, **found.places})
    return made


def _compare(opa: str, policies: Pack, data: Mapping[str, Any], ours: float) -> None:
    """Print what `opa eval` takes for the same."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(policies.modules.values()):
            (Path(folder) / f"{number}.rego").write_text(text, encoding="utf-8")
        (Path(folder) / "input.json").write_text(json.dumps(data), encoding="utf-8")
        reports = ", ".join(f"{json.dumps(one.id)}: data.{one.package}.report" for one in policies.policies)
        command = [opa, "eval", "--data", folder, "--input", f"{folder}/input.json", f"{{{reports}}}"]
        begun = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
        seconds = time.perf_counter() - begun
    said = "" if done.returncode == 0 else f" FAILED: {done.stderr[:300]}{done.stdout[:300]}"
    print(f"  {'opa eval of the same':34} {seconds:7.2f} s   ours is {ours / seconds:.2f} of it (goal: {GOAL}){said}")


def slow(services: int) -> None:
    """Print what each policy alone takes, of reading the document and of evaluating."""
    import regorus

    policies = pack.load()
    asked = matter(services, policies)
    made = json.dumps(document.build(asked, pack.reads(policies, asked.settings)).data)
    times = {}
    for policy in policies.policies:
        engine = regorus.Engine()
        for path, text in policies.modules.items():
            engine.add_policy(path, text)
        engine.set_input_json(made)
        begun = time.process_time()
        engine.eval_query_as_json(f"data.{policy.package}.report")
        times[policy.id] = time.process_time() - begun
    for name, seconds in sorted(times.items(), key=lambda item: -item[1]):
        print(f"  {name:34} {seconds:7.2f} s")


class _Watched:
    """An engine whose evaluation is timed."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine, self.seconds, self.size = engine, 0.0, 0

    def evaluate(self, modules: Mapping[str, str], given: bytes, packages: Mapping[str, str]) -> Any:
        self.size = len(given)
        begun = time.perf_counter()
        try:
            return self._engine.evaluate(modules, given, packages)
        finally:
            self.seconds = time.perf_counter() - begun


class _Timed:
    """Prints what a block takes."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        print(f"  {self._name:34} {time.perf_counter() - self._begun:7.2f} s", flush=True)


def main() -> int:
    """Measure both sizes, or those that are given; `--slow` tells each policy's share instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("services", type=int, nargs="*", default=sorted(LIMITS))
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--opa", help="the opa binary to compare with")
    given = parser.parse_args()
    over = False
    for services in given.services:
        if given.slow:
            slow(services)
        else:
            over |= measure(services, given.opa)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
