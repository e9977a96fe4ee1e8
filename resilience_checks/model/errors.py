"""Errors that teach: what happened, where, why it matters, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.model.location import Location


class CheckError(Exception):
    """A run that cannot give a verdict; the subclass fixes the exit code.

    `what` says what happened, `why` why it matters, `remedy` what to do next.
    """

    exit_code = 1

    def __init__(self, what: str, *, location: Location | None = None, why: str = "", remedy: str = "") -> None:
        """Keep the parts apart, so that every report can lay them out."""
        super().__init__(what if location is None else f"{location}: {what}")
        self.what = what
        self.location = location
        self.why = why
        self.remedy = remedy


class UsageError(CheckError):
    """The command line, resilience.yaml or another configuration is wrong."""

    exit_code = 2


class EngineError(CheckError):
    """A policy engine or this tool itself failed."""

    exit_code = 1


class InputError(CheckError):
    """A program, preview or state could not be evaluated."""

    exit_code = 4


class NothingToCheckError(CheckError):
    """No Pulumi project was found where one was looked for."""

    exit_code = 3
