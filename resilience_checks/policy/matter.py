"""What policies may read of one estate, before any of it is written into the document."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.analysis.answers import Answers
    from resilience_checks.analysis.change import Change
    from resilience_checks.model.circle import Circle
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.question import Step
    from resilience_checks.policy.loosening import Base, Loosening
    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings
    from resilience_checks.policy.trusting import TrustedSide
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Estate


@dataclass(frozen=True)
class Matter:
    """One estate with the answers about it, and what was evaluated beside it.

    `change` is None where nothing is known of what is deployed: neither a preview nor a base to compare with is given,
    or, with `change_given`, one that could not be evaluated.
    """

    estate: Estate
    answers: Answers
    settings: Mapping[str, Settings]
    graphs: tuple[ResourceGraph, ...] = ()
    circles: tuple[Circle, ...] = ()
    change: Change | None = None
    change_given: bool = False
    base: Base | None = None
    """Where the settings before this change are found; None where no base is given."""
    declared: Declarations | None = None
    types: tuple[str, ...] = ()
    """Globs of the types of resources whose inputs policies read."""

    trust: TrustedSide | None = None
    """Where settings are trusted; None where what is checked is trusted itself."""
    pack: Pack | None = None
    loosened: tuple[Loosening, ...] = ()
    """What is loosened of other things than settings, such as waivers that are added."""

    today: date = field(default_factory=lambda: datetime.now(UTC).date())


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document: plain JSON values, and what stands behind the ids that results name in `at`."""

    data: Mapping[str, Any]
    places: Mapping[str, Step] = field(default_factory=dict)
