"""What findings are compared with: a baseline file, or the base of a change, held to what its head is held to."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.gate.baseline import Earlier, entries
from resilience_checks.gate.baseline_file import Baseline
from resilience_checks.model import files
from resilience_checks.model.errors import CheckError, UsageError
from resilience_checks.sources.project import relative

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from resilience_checks.analysis.answers import Answers
    from resilience_checks.changes import Comparison
    from resilience_checks.estates import Built
    from resilience_checks.line import Beside, Yardstick
    from resilience_checks.model.result import Result
    from resilience_checks.options import Options
    from resilience_checks.policy.settings import Settings
    from resilience_checks.sides import Side
    from resilience_checks.sources.trusted import Trusted


def baseline(options: Options, trusted: Trusted | None) -> Baseline | None:
    """Return the baseline file, None where none is given; raise UsageError where it cannot be read.

    A file of the checkout is read from where settings are trusted, else from where the change left its base: what the
    change itself adds to it does not count. A file from elsewhere is the caller's own, and is read as it is.
    """
    if options.baseline is None:
        return None
    file, root = options.baseline, options.root
    name = relative(file, root)
    inside = os.path.relpath(os.path.abspath(file), root.resolve())  # noqa: PTH100 a link is looked at where it stands
    if inside.startswith("..") or (trusted is None and options.base is None):
        return Baseline(name, _content(file, name))
    if trusted is not None:
        return Baseline(name, trusted.content(inside), f"not at {trusted.name}")
    return _at_fork(options.base or "", root, inside, name)


def _at_fork(base: str, root: Path, inside: str, name: str) -> Baseline:
    from resilience_checks.sources.worktrees import Repository

    try:
        repository = Repository(root)
        fork = repository.fork_point(base, "HEAD")
    except CheckError:
        return Baseline(name, None, f"not known at {base}")
    path = (repository.within(root) / inside).as_posix()
    return Baseline(name, repository.contents(fork, [path])[0], f"not at {base} ({fork.short})")


def _content(file: Path, name: str) -> bytes:
    try:
        return files.given(file)
    except OSError as error:
        raise UsageError(
            f"the baseline {name} cannot be read: {error.strerror}",
            why="which findings stood before is not known, so nothing was checked",
            remedy=files.remedy(error, "write it with `resilience-checks baseline write`"),
        ) from error


def of_base(compared: Comparison, yardsticks: Sequence[Yardstick], beside: Beside) -> Earlier:
    """Return what stood where a change left its base, decided as the change itself is.

    Both versions are held to the same: policies, settings and objectives of services are those of the change, so that
    one that asks for more is not blocked by what it finds in code that stood before.
    """
    before = compared.before
    found: list[Result] = []
    open_: dict[str, str] = {}
    for one in yardsticks:
        for built in before.estates:
            if set(built.stacks) & set(one.stacks):
                try:
                    found += _judged(_held(built, one), one.settings, before, beside)
                except CheckError as error:
                    open_[", ".join(built.stacks)] = error.what
    name = compared.changes.before
    checked = {stack for one in yardsticks for stack in one.stacks}
    return Earlier(name + _open(before, checked, open_), f"at {name}", entries(found, whole=True))


def _held(built: Built, one: Yardstick) -> Built:
    """Return an estate whose services are held to the objectives of the yardstick."""
    services = built.estate.services
    held = {name: replace(service, **one.objectives.get(name, {})) for name, service in services.items()}
    if held == services:
        return built
    return replace(built, estate=replace(built.estate, services=held))


def _judged(built: Built, settings: Mapping[str, Settings], before: Side, beside: Beside) -> Iterator[Result]:
    """Yield what the policies find in an estate, but for those about a change."""
    from resilience_checks.line import judged
    from resilience_checks.policy.matter import Matter
    from resilience_checks.policy.pack import types

    of_change = {policy.id for policy in beside.pack.policies if policy.judges_change}
    settings = {name: replace(one, enabled=one.enabled and name not in of_change) for name, one in settings.items()}
    beside.observer(f"deciding {', '.join(built.stacks)} as it stood before")

    def matter(answers: Answers) -> Matter:
        return Matter(
            built.estate,
            answers,
            settings,
            built.graphs,
            tuple(circle for circle in before.circles if set(circle.stacks) & set(built.stacks)),
            declared=built.declarations,
            types=types(beside.pack, settings),
            today=beside.options.today,
        )

    stacks = list(built.stacks)
    for result in judged(built, settings, beside, matter).results:
        yield replace(result, evidence={**result.evidence, "stacks": stacks})


def _open(before: Side, checked: set[str], failed: Mapping[str, str]) -> str:
    """Return what a reader must know of stacks whose findings all count, as it is not known what stood before."""
    why = dict(failed)
    lacking = sorted(checked if "" in before.lacking else before.lacking & checked)
    if lacking:
        why[", ".join(lacking)] = "; ".join(
            f"{one.stack}: {one.error}" if one.stack else str(one.error) for one in before.unread
        )
    return "".join(
        f"; what stood of {names} is not known there, so all of its findings count ({text})"
        for names, text in why.items()
    )
