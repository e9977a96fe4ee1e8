"""The forms in which a report can be written, and where each is made."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Renderer

_PACKAGE = "resilience_checks.report"
WIDTH = 100
"""Of a page that is not for a terminal, in characters."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a form is written: source lines come from below `root`; in colour; in lines of at most `width` characters."""

    root: Path
    color: bool = False
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its name, and the module and class that render it.

    `audit`: it shows what `Report.audit` holds. `readable`: a person at the log reads it, failures and all. `commands`: it
    has commands for the CI runner of that name, which chooses it.
    """

    name: str
    place: str
    audit: bool = False
    readable: bool = False
    commands: bool = False

    def renderer(self, style: Style) -> Renderer:
        """Return what renders it; its module is loaded now."""
        module, _, name = self.place.partition(":")
        made: Renderer = getattr(import_module(f"{_PACKAGE}.{module}"), name)(style)
        return made


FORMS = {
    form.name: form
    for form in (
        Form("terminal", "terminal:Terminal", readable=True),
        Form("github", "github:Github", readable=True, commands=True),
        Form("azure", "azure:Azure", readable=True, commands=True),
        Form("teamcity", "teamcity:TeamCity", readable=True, commands=True),
        Form("json", "json_report:JsonReport"),
        Form("html", "html.page:Html", audit=True),
        Form("sarif", "sarif.log:Sarif"),
        Form("sarif-all", "sarif.log:SarifAll"),
        Form("oscal", "oscal.document:Oscal"),
        Form("junit", "junit:JUnit"),
        Form("csv", "csv_table:Csv"),
        Form("gitlab", "gitlab:GitLab"),
        Form("bitbucket", "bitbucket:Bitbucket"),
        Form("markdown", "markdown:Markdown"),
        Form("buildkite", "markdown:Buildkite"),
    )
}
"""By name, in the order of the help."""
