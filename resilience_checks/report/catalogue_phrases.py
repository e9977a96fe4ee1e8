"""The phrases of which catalogue entries are told: inputs, what they lead to, conditions and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.catalogue.entries import Condition, Target


def led_to(target: Target | None) -> str:
    """Return what a target leads to."""
    if target is None:
        return "nothing"
    if target.itself:
        return "itself"
    if target.referring is not None:
        return f"each {target.referring.rpartition(':')[2]} whose {named(target.ref)} leads here"
    if target.any_of:
        return " or ".join(dict.fromkeys(led_to(one) for one in target.any_of))
    if target.selected is not None:
        return f"all that select the labels of {named(target.labels)}"
    if target.ref is not None:
        further = f"what {named(target.then)} names of " if target.then is not None else ""
        return further + (f"what {named(target.ref)} refers to" if target.ref != "." else "what it refers to")
    return f"the {(target.name or '').replace('-', ' ')} that {named(target.by)} names"


def known(value: object) -> str:
    """Return a default in words; without one it is not known what holds."""
    return "not known" if value is None else str(value).lower()


def named(path: str | None) -> str:
    """Return an input as it is written."""
    return f"`{path}`"


def all_of(paths: Iterable[str]) -> str:
    """Return inputs of which all count."""
    return listed([named(path) for path in paths], "and")


def any_of(paths: Iterable[str]) -> str:
    """Return inputs of which any counts."""
    return listed([named(path) for path in paths], "or")


def either(values: Iterable[object]) -> str:
    """Return values of which one is given."""
    return listed([shown(value) for value in values], "or")


def listed(names: Sequence[str], last: str) -> str:
    """Return names in a row, with a word before the last."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def shown(value: object) -> str:
    """Return a value as the program writes it, nearly."""
    return "not given" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def only(condition: Condition | None) -> str:
    """Return the condition of something."""
    found = [f"{named(path)} is {either(values)}" for path, values in condition or ()]
    return f", if {' and '.join(found)}" if found else ""


def unless(condition: Condition, joined: str = "or") -> str:
    """Return what rules something out."""
    found = [f"{named(path)} is {either(values)}" for path, values in condition]
    return f", unless {f' {joined} '.join(found)}" if found else ""


def holding(condition: Condition) -> str:
    """Return a condition within a sentence."""
    return " and ".join(f"{named(path)} is {either(values)}" for path, values in condition)


def cited(source: str | None) -> str:
    """Return the source in brackets, nothing without one."""
    return f" [{source}]" if source else ""
