"""What a user supplies in place of what no offline run can know: answers to lookups, outputs of other stacks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.files import given, remedy
from resilience_checks.model.json_text import JsonError
from resilience_checks.model.json_text import load as load_json
from resilience_checks.sources.project import relative

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_WHY = "what a user supplies is taken as known, so it must be unmistakable"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to every lookup of a token, or to those with exactly these arguments."""

    token: str
    answer: Mapping[str, Any]
    args: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Given:
    """Everything supplied for one run; `sources` names the files, which stand as the source of each such fact."""

    answers: tuple[Answer, ...] = ()
    stack_outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lookups_file: str | None = None
    stack_outputs_file: str | None = None

    def answer(self, token: str, args: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the answer for a lookup: one with these arguments before one for every call; None where there is none."""
        fitting = [item for item in self.answers if item.token == token and item.args in (None, args)]
        exact = [item for item in fitting if item.args is not None]
        return next((item.answer for item in (*exact, *fitting)), None)

    def outputs(self, stack: str, project: str = "") -> Mapping[str, Any] | None:
        """Return the outputs of the stack that a StackReference of `project` names; None where none are given.

        The very name comes first, then the same `project/stack` under another organisation or under none. A name
        without a project is one of `project`, else the only stack of that name in the file.
        """
        if stack in self.stack_outputs:
            return self.stack_outputs[stack]
        wanted = _qualified(stack, project)
        same = [name for name in self.stack_outputs if _qualified(name, project) == wanted]
        alike = [name for name in self.stack_outputs if name.rpartition("/")[2] == stack]
        found = same or alike
        return self.stack_outputs[found[0]] if len(found) == 1 else None

    def waited(self) -> float:
        """Return for how many seconds `outputs` has kept a program waiting, which is no time of its own."""
        return 0.0


def load(lookups: Path | None, stack_outputs: Path | None, root: Path | None = None) -> Given:
    """Read both files; raise UsageError, with the position, where one is not what it must be.

    Facts name them by their paths from `root`, where one is given: the same wherever the command runs.
    """
    return Given(
        answers=_answers(lookups) if lookups else (),
        stack_outputs=_stack_outputs(stack_outputs) if stack_outputs else {},
        lookups_file=_name(lookups, root),
        stack_outputs_file=_name(stack_outputs, root),
    )


def _name(file: Path | None, root: Path | None) -> str | None:
    if file is None:
        return None
    return file.as_posix() if root is None else relative(file, root)


def digests(files: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file, by its path from the root."""
    return {relative(file, root): hashlib.sha256(given(file)).hexdigest() for file in files}


def _qualified(name: str, project: str) -> tuple[str, str]:
    """Return project and stack of `organisation/project/stack`, `project/stack`, or `stack` of this project."""
    parts = name.split("/")
    return (parts[-2] if len(parts) > 1 else project, parts[-1])


def _answers(file: Path) -> tuple[Answer, ...]:
    data = _read(file)
    if isinstance(data, Mapping):
        return tuple(Answer(token, _object(file, answer, f"the answer of {token}")) for token, answer in data.items())
    if not isinstance(data, list):
        raise _wrong(file, "it holds neither an object nor a list", '{"TOKEN": {...}} or [{"token", "args", "answer"}]')
    return tuple(_answer(file, index, item) for index, item in enumerate(data))


def _answer(file: Path, index: int, item: object) -> Answer:
    if not isinstance(item, Mapping) or not isinstance(item.get("token"), str) or "answer" not in item:
        raise _wrong(
            file, f"item {index} has no `token` and `answer`", '{"token": "...", "args": {...}, "answer": {...}}'
        )
    args = item.get("args")
    return Answer(
        item["token"],
        _object(file, item["answer"], f"`answer` of item {index}"),
        None if args is None else _object(file, args, f"`args` of item {index}"),
    )


def _stack_outputs(file: Path) -> dict[str, Mapping[str, Any]]:
    data = _object(file, _read(file), "the file")
    return {str(stack): _object(file, outputs, f"the outputs of {stack}") for stack, outputs in data.items()}


def _object(file: Path, value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(file, f"{what} is not an object", "an object of names to values")
    return value


def _read(file: Path) -> object:
    try:
        return load_json(given(file).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file}: not UTF-8 text, at byte {error.start}", why=_WHY, remedy="save it as UTF-8"
        ) from error
    except JsonError as error:
        where = f"{file}:{error.line}:{error.column}" if error.line else str(file)
        raise UsageError(f"{where}: {error.what}", why=_WHY, remedy="correct it there") from error
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}", why=_WHY, remedy=remedy(error, "name a file")
        ) from error


def _wrong(file: Path, what: str, form: str) -> UsageError:
    return UsageError(f"{file}: {what}", why=_WHY, remedy=f"write {form}")
