"""The evidence that a check is asked to leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.evidence.witness import Witness
    from resilience_checks.options import Options
    from resilience_checks.report.interface import Report


@dataclass(frozen=True, slots=True)
class Attestation:
    """Where evidence is written, who takes note of what is checked, and what signs it, if anything."""

    file: Path
    witness: Witness
    signer: Any = None

    def write(self, report: Report, options: Options) -> None:
        """Write the evidence of a check."""
        from resilience_checks.cli.errors import show
        from resilience_checks.cli.output import write
        from resilience_checks.evidence.statement import envelope

        subjects = self.witness.subjects(report, options)
        if not subjects:
            show(f"warning: {self.file} was not written: nothing was checked that it could be about\n", github=False)
            return
        made = envelope(report, subjects)
        if self.signer is not None:
            from resilience_checks.evidence.signing import signed

            made = signed(made, self.signer)
        write(made.text(), self.file)


def attested(given: dict[str, Any], around: Surroundings) -> Attestation | None:
    """Return what is to be written, None where nothing is; raise UsageError where it cannot be, before anything runs."""
    from resilience_checks.cli.output import hold_writable

    file, key = given["attest"], given["attest_key"]
    if file is None:
        if key is not None:
            raise UsageError(
                "--attest-key signs what --attest writes, and that is not given",
                why="nothing would be signed",
                remedy="add --attest FILE",
            )
        return None
    hold_writable(file)
    from resilience_checks.evidence.witness import Witness

    if key is None:
        return Attestation(file, Witness())
    from resilience_checks.evidence.signing import signer

    return Attestation(file, Witness(), signer(key, around.password))
