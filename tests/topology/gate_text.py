"""Gates as nested lists of words, to be compared as a whole: with each reason, its line and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis
from resilience_checks.topology.gates import All, AnyOf, AtLeast, Case, Failover, Gate, Quorum, Up

if TYPE_CHECKING:
    from resilience_checks.model.values import Reason


def tell(gate: Gate) -> object:
    """Return what the gate says; of a vote only who votes."""
    match gate:
        case Up():
            return f"{gate.target} ({gate.nature}): {because(gate.why)}"
        case AtLeast():
            return {f"{gate.k} of: {because(gate.why)}": [tell(item) for item in gate.items]}
        case All():
            return {f"all{', shared' if gate.shares else ''}: {because(gate.why)}": [tell(item) for item in gate.items]}
        case AnyOf():
            return {f"any: {because(gate.why)}": [tell(item) for item in gate.items]}
        case Case():
            return {gate.fact: {value: tell(branch) for value, branch in gate.branches.items()}}
        case Quorum():
            return {f"quorum: {because(gate.why)}": [vote.voter for vote in gate.votes]}
        case Failover():
            moves = [
                (standby.seconds, standby.lag, tell(standby.gate), tell(standby.mover)) for standby in gate.standbys
            ]
            return {f"failover: {because(gate.why)}": [tell(gate.primary), *moves]}


def because(why: Reason | None) -> str:
    """Return a reason with its line, and its basis where that is not what the program says."""
    if why is None:
        return "-"
    line = f" @{why.location.line}" if why.location is not None else ""
    return f"{why.text}{line}{f' ({why.basis})' if why.basis is not Basis.KNOWN else ''}"
