"""Controls of standards: which a policy gives evidence for, and which nothing in code can show."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.files import text as text_of
from resilience_checks.model.location import Location
from resilience_checks.model.yaml_text import YamlError, load
from resilience_checks.policy.pack import bundled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from resilience_checks.policy.pack import Pack

STANDARDS = {
    "CAF": "NCSC CAF 4.0",
    "NIST": "NIST SP 800-53 r5",
    "ISO27001": "ISO/IEC 27001",
    "ISO22301": "ISO 22301",
    "DORA": "DORA, Regulation (EU) 2022/2554",
    "NIS2": "NIS2, Implementing Regulation (EU) 2024/2690",
}
"""The standards by what the ids of their controls begin with."""
OTHERS = "other"
_FILE = "controls.yaml"
_BEYOND = "controls-beyond-code.yaml"


@dataclass(frozen=True, slots=True)
class Control:
    """One control: `policies` give evidence for it; where none can, `why` says so."""

    id: str
    standard: str
    title: str
    policies: tuple[str, ...] = ()
    why: str = ""


def titles(directories: Sequence[Path] = ()) -> dict[str, str]:
    """Return the title of every control that policies may name: those of the tool, and of `controls.yaml` in packs."""
    found: dict[str, str] = {}
    for root in (bundled(), *directories):
        if (root / _FILE).is_file():
            found |= {str(key): str(title) for key, title in _read(root / _FILE).items()}
    return found


def beyond_code() -> dict[str, tuple[str, str]]:
    """Return title and reason of each control that no program and no declaration can show."""
    return {key: (item["title"], item["why"]) for key, item in _read(bundled() / _BEYOND).items()}


def table(pack: Pack, directories: Sequence[Path] = ()) -> tuple[Control, ...]:
    """Return every control that is known or named by a policy, in the order of standards and ids."""
    evidence: dict[str, list[str]] = {}
    for policy in pack.policies:
        for control in policy.controls:
            evidence.setdefault(control, []).append(policy.id)
    return evidenced(evidence, directories)


def evidenced(
    evidence: Mapping[str, Sequence[str]],
    directories: Sequence[Path] = (),
    own: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Control, ...]:
    """Return every control that is known, or that stands in `evidence` with its policies, in the same order.

    `own` are titles of those that only the evidence names.
    """
    named, beyond = titles(directories), beyond_code()
    found = [
        Control(key, standard(key), named.get(key) or own.get(key, ""), tuple(evidence.get(key, ())))
        for key in dict.fromkeys((*named, *evidence))
    ]
    found += [
        Control(key, standard(key), title, (), why)
        for key, (title, why) in beyond.items()
        if key not in named and key not in evidence
    ]
    order = [*STANDARDS.values(), OTHERS]
    return tuple(sorted(found, key=lambda one: (order.index(one.standard), _natural(one.id))))


def standard(control: str) -> str:
    """Return the standard that a control is of.

    >>> standard("NIST-CP-6(1)"), standard("X-1")
    ('NIST SP 800-53 r5', 'other')
    """
    return STANDARDS.get(control.partition("-")[0], OTHERS)


def _natural(text: str) -> list[tuple[int, str]]:
    """Return what sorts numbers in a text by their size."""
    import re

    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = load(text_of(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"it cannot be read: {error}", location=Location(path.as_posix(), 1), remedy="make it readable UTF-8 text"
        ) from error
    except YamlError as error:
        at = Location(path.as_posix(), error.line, error.column)
        raise UsageError(f"it is {error.what}", location=at, remedy="mend the YAML") from error
    if not isinstance(found, dict):
        raise UsageError(
            "it is not a mapping of control ids to titles",
            location=Location(path.as_posix(), 1),
            remedy='write one control a line, such as `OWN-1: "Our standard, one"`',
        )
    return found
