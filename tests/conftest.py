"""What all tests share: Hypothesis profiles, and that nothing is skipped in silence where it counts."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from resilience_checks.sources import wire

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

pytest_plugins = [
    "tests.plugins.opa_server",
    "tests.plugins.pulumi_engine",
    "tests.plugins.node_packages",
    "tests.plugins.scram",
    "tests.plugins.chromium",
    "tests.plugins.shared",
]

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("thorough", deadline=None, max_examples=5000, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "default")
# A shell lets its background jobs, and all that they start, ignore interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
# No test finds what another one, or the developer, found before.
os.environ["RESILIENCE_CACHE"] = "off"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport]:
    """Turn a skipped test into a failed one under CI: what was not run is not known to work."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI: {report.longrepr}"


@pytest.fixture(autouse=True)
def one_key_of_secrets() -> Iterator[None]:
    """Leave digests of secrets keyed as they were: a check that keeps graphs keys them with its folder's key."""
    with wire.key_put_back():
        yield
