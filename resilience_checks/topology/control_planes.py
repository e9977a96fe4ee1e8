"""Control planes of providers: what performs moves and changes for everybody, wherever it really stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.topology.declaration_problems import hint, listing
from resilience_checks.topology.estate import Part
from resilience_checks.topology.places import NOWHERE, Place, region_name

if TYPE_CHECKING:
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.catalogue.provider_entries import ControlPlane
    from resilience_checks.model.location import Location
    from resilience_checks.topology.parts import Parts

KIND = "control-plane"
"""The kind of a control plane's own failure domain: it can fail, and a bad change of it can reach everybody."""


class ControlPlanes:
    """Takes up a control plane as a part once something is found to need it."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Start without any."""
        self._catalogue = catalogue

    def part(self, parts: Parts, name: str, location: Location | None) -> str:
        """Return the part of a control plane, by its `PACKAGE:NAME` in the catalogue.

        Raises UsageError, at the line that names it, where the catalogue has none of this name.
        """
        package, _, own = name.partition(":")
        entry = self._catalogue.package(package)
        plane = entry.control_planes.get(own) if entry is not None else None
        if plane is None:
            raise self._unknown(name, location)
        if name not in parts.all:
            parts.add(Part(name, plane.label, KIND, location=location), _place(plane), KIND)
        return name

    def _unknown(self, name: str, location: Location | None) -> UsageError:
        known = [
            f"{package}:{own}"
            for package in self._catalogue.packages
            if (entry := self._catalogue.package(package)) is not None
            for own in entry.control_planes
        ]
        return UsageError(
            f'the catalogue has no control plane "{name}"',
            location=location,
            why="what it was meant to say is needed would be left out",
            remedy=hint(name, known, f"it has {listing(known, 'and')}"),
        )


def _place(plane: ControlPlane) -> Place:
    return NOWHERE if plane.region is None else Place(regions=((region_name(plane.region), ()),))
