"""Writes the files of a new policy: a rule that asks about faults, its tests, and its page."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.model.writing import write_all
from resilience_checks.policy import pack

if TYPE_CHECKING:
    from pathlib import Path

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_WHY = "nothing was written"
_RESERVED = "lib"


def write(policy: str, area: str, directory: Path) -> tuple[Path, ...]:
    """Write rule, tests and page to DIRECTORY/AREA/ID and return them.

    Raises UsageError where the id or the area is none, where there is such a policy, or where a file is there already.
    """
    for what, name in (("an id", policy), ("an area", area)):
        if not _ID.fullmatch(name) or name == _RESERVED:
            raise UsageError(
                f"{name!r} is not {what}", why=_WHY, remedy="use small letters, digits and single dashes: two-racks"
            )
    if policy in {known.id for known in pack.load([directory] if directory.is_dir() else ()).policies}:
        raise UsageError(f"there is a policy {policy} already", why=_WHY, remedy="give the new one another id")
    folder, name = directory / area / policy, policy.replace("-", "_")
    words = {"ID": policy, "NAME": name, "AREA": area.replace("-", "_"), "TITLE": policy.replace("-", " ").capitalize()}
    texts = {
        folder / f"{name}.rego": _filled("rule.rego.txt", words),
        folder / f"{name}_test.rego": _filled("test.rego.txt", words),
        folder / "README.md": _filled("page.md.txt", words),
    }
    for file in texts:
        if file.exists():
            raise UsageError(f"{file} is there already", why=_WHY, remedy="take it away, or give the policy another id")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_all({file: text.encode() for file, text in texts.items()}, new=True)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}", why=_WHY, remedy="name another --directory"
        ) from error
    return tuple(texts)


def _filled(template: str, words: dict[str, str]) -> str:
    text = (resources.files("resilience_checks.policy") / "scaffold_files" / template).read_text(encoding="utf-8")
    return re.sub(r"<([A-Z]+)>", lambda found: words.get(found[1], found[0]), text)
