"""How likely faults are held to be: a few named classes in an order, each stated by somebody, never a probability.

The classes and their words follow MIL-STD-882E, table II (frequent, occasional, remote, improbable). A set of faults
is ranked without arithmetic on probabilities, which nobody has:

1. fewer faults first;
2. of as many, the set whose rarest fault has the likelier class first, for no set is likelier than its rarest fault;
   where these are equal the next rarest decides, and so on.

Sets that this does not tell apart are tied, and are said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.model.question import FaultKind

_BASE = 1 << 12
"""More faults than a set that anybody ranks has."""


class Likelihood(StrEnum):
    """How often one fault of one domain is expected, the likeliest first."""

    FREQUENT = "frequent"
    OCCASIONAL = "occasional"
    RARE = "rare"
    VERY_RARE = "very-rare"

    @property
    def words(self) -> str:
        """The class as a reader sees it."""
        return self.value.replace("-", " ")

    @property
    def weight(self) -> int:
        """What it adds to the rank of a set."""
        return int(_BASE ** len(Likelihood) + _BASE ** list(Likelihood).index(self))


@dataclass(frozen=True, slots=True)
class Stated:
    """The class of a fault and who states it: known where it is declared, documented or assumed by kind else."""

    likelihood: Likelihood
    reason: Reason


def rank(classes: Iterable[Likelihood]) -> int:
    """Return where a set of faults stands among others: the lower, the earlier; equal ranks are tied.

    It is a sum over the faults, so a set comes after every part of it.

    >>> rank([Likelihood.VERY_RARE]) < rank([Likelihood.FREQUENT, Likelihood.FREQUENT])
    True
    >>> rank([Likelihood.RARE, Likelihood.RARE]) < rank([Likelihood.FREQUENT, Likelihood.VERY_RARE])
    True
    >>> rank([Likelihood.RARE, Likelihood.FREQUENT]) < rank([Likelihood.RARE, Likelihood.OCCASIONAL])
    True
    """
    return sum(found.weight for found in classes)


def by_default(kind: str, fault: FaultKind) -> Stated:
    """Return the class of a kind of domain where nobody declares another; of a kind without one, that of the fault.

    >>> from resilience_checks.model.question import FaultKind
    >>> by_default("site", FaultKind.OUTAGE).likelihood.words
    'rare'
    """
    table = _defaults()[fault]
    entry = table["kinds"].get(kind, table["other"])
    source = entry.get("source")
    basis = Basis.DOCUMENTED if source else Basis.ASSUMED
    return Stated(Likelihood(entry["class"]), Reason(entry["why"], basis, source=source))


def kinds_with_defaults() -> frozenset[str]:
    """Return every kind of domain that some default speaks of."""
    return frozenset(kind for table in _defaults().values() for kind in table["kinds"])


@cache
def _defaults() -> Mapping[str, Any]:
    from importlib import resources

    import yaml

    text = resources.files("resilience_checks.model").joinpath("likelihoods.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 both are safe
    return loaded["faults"]  # type: ignore[no-any-return]
