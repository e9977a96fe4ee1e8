"""Estates that were decided before, and of which nothing that the decision hangs on has changed since.

What is compared is what the stations read and no file that it came from: the graphs with all their values, what is declared,
the catalogue, the policies, and the options that bear on a result.
"""

from __future__ import annotations

import hashlib
import io
import json
import pickle
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from resilience_checks.report.interface import Remark, ServiceSummary
from resilience_checks.sources.stacks.packed import UnreadableError, pack, unpack
from resilience_checks.sources.stacks.work import identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.evaluation import Group
    from resilience_checks.model.circle import Circle
    from resilience_checks.model.result import Result
    from resilience_checks.options import Options
    from resilience_checks.policy.loosening import Loosening
    from resilience_checks.policy.pack import Pack
    from resilience_checks.sources.store import Store
    from resilience_checks.topology.estate import Estate

PACKAGES = ("gordon-to-regorus", "jsonschema", "oxidd", "pyroaring", "pyyaml", "ruamel.yaml", "scipy")
"""The packages that topology, analysis and policies compute with."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a report says of an estate before anything is asked about it."""

    known: Mapping[str, int]
    unknown: Mapping[str, int]
    services: tuple[ServiceSummary, ...]
    contradictions: tuple[Remark, ...]
    assumptions: tuple[Remark, ...]

    @staticmethod
    def of(estate: Estate, stacks: tuple[str, ...]) -> Summary:
        """Return it for an estate of these stacks."""
        services = (
            ServiceSummary(
                service.id,
                None if service.scope is None else str(service.scope),
                service.tier,
                service.rto,
                service.rpo,
                service.declared,
                service.location,
                stacks,
            )
            for service in estate.services.values()
        )
        return Summary(
            estate.coverage.known,
            estate.coverage.unknown,
            tuple(services),
            tuple(Remark(item.text, item.locations) for item in estate.contradictions),
            tuple(Remark(reason.text, (reason.location,) if reason.location else ()) for reason in estate.assumptions),
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """All that an estate adds to a report: each result with the stacks that it is about, and how the policies stand."""

    summary: Summary
    results: tuple[tuple[Result, frozenset[str]], ...]
    policies: Mapping[str, str] = field(default_factory=dict)
    not_enforced: Mapping[str, str] = field(default_factory=dict)
    disabled: tuple[str, ...] = ()


class Decisions:
    """What a store holds of estates, for one check."""

    def __init__(
        self, store: Store, options: Options, pack: Pack, catalogue: Catalogue, circles: Sequence[Circle]
    ) -> None:
        """Take note of what holds for every estate."""
        self._store = store
        self._shared = {
            "decided by": identity(),
            "packages": _versions(),
            "root": str(options.root.resolve()),
            "today": options.today.isoformat(),
            "threshold": [options.threshold, options.fail_on_given],
            "policies": [pack.digest, sorted(pack.added)],
            "catalogue": list(catalogue.digests.items()),
            "circles": fingerprint(tuple(circles)),
        }

    def key(self, group: Group) -> str | None:
        """Return what names the decision about an estate, None for one that a stack is missing from."""
        graphs = [member.graph for member in group.members]
        if group.undecided or group.trust is not None or None in graphs:
            return None
        told = {
            **self._shared,
            "graphs": [fingerprint(replace(graph)) for graph in graphs if graph is not None],  # without what it caches
            "declared": list(group.files.items()),
            "advisory": sorted(group.advisory),
            "thresholds": sorted(group.thresholds.items()),
        }
        return f"decision {hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()}"

    def find(self, key: str) -> Decided | None:
        """Return what was decided, None where nothing whole is kept."""
        data = self._store.get(key)
        if data is None:
            return None
        try:
            found = unpack(data, Decided, Summary, ServiceSummary, Remark)
        except UnreadableError:
            return None
        return found if isinstance(found, Decided) else None

    def keep(self, key: str, decided: Decided) -> None:
        """Keep what was decided."""
        self._store.put(key, pack(decided))


def decisions(
    store: Store | None,
    options: Options,
    pack: Pack,
    catalogue: Catalogue,
    circles: Sequence[Circle],
    loosened: Sequence[Loosening],
) -> Decisions | None:
    """Return what a store holds of estates, None where decisions hang on more than what is read of each estate.

    So it is where two versions are compared, where settings are trusted elsewhere, where auditors read, and where
    policies are evaluated by an engine of the user's own.
    """
    compared = options.base is not None or bool(options.previews) or bool(loosened)
    elsewhere = options.settings is not None or options.opa_url is not None or options.engine != "embedded"
    if store is None or compared or elsewhere or options.audit:
        return None
    return Decisions(store, options, pack, catalogue, circles)


def fingerprint(value: object) -> str:
    """Return the SHA-256 of all that a value of the model is made of.

    It is pickled without a memo, so that equal values give equal bytes whichever of their parts are one object; nothing is
    ever made of these bytes.
    """
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.fast = True
    pickler.dump(value)
    return hashlib.sha256(buffer.getbuffer()).hexdigest()


@cache
def _versions() -> dict[str, str]:
    return {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    """Return the version of a package, "" where it is not installed: some are extras."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
