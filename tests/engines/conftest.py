"""The programs are run by the engines, and are no modules of the tests."""

from __future__ import annotations

collect_ignore_glob = ["programs/*"]
