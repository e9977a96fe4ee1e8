"""What is not in the usual run: cosign is heard where it is built."""

from __future__ import annotations

from tools.binaries import TOOLS

collect_ignore = [] if TOOLS["cosign"].found() else ["test_evidence_cosign.py"]
