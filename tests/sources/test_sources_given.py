"""Which of the outputs that a user gives are those of the stack that a program names."""

from __future__ import annotations

import pytest

from resilience_checks.sources.given import Given

GIVEN = Given(
    stack_outputs={
        "acme/network/prod": {"of": "network"},
        "data/prod": {"of": "data"},
        "test": {"of": "test of whoever asks"},
        "acme/network/dev": {"of": "dev"},
        "acme/dns/live": {"of": "dns of acme"},
        "other/dns/live": {"of": "dns of another"},
    }
)


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("acme/network/prod", "network"),
        ("organization/network/prod", "network"),
        ("network/prod", "network"),
        ("acme/data/prod", "data"),
        ("test", "test of whoever asks"),
        ("acme/web/test", "test of whoever asks"),
        ("dev", "dev"),
        ("other/dns/live", "dns of another"),
        ("third/dns/live", None),
        ("prod", None),
        ("acme/network/test", None),
        ("acme/data/dev", None),
    ],
)
def test_a_name_means_one_stack_of_the_file_or_none(name: str, of: str | None) -> None:
    assert GIVEN.outputs(name, "web") == (None if of is None else {"of": of})
