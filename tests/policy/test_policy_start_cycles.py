"""The section `start_cycles`: what the policy about the order of a restart reads."""

from __future__ import annotations

from resilience_checks.analysis.answers import Answers
from resilience_checks.model.location import Location
from resilience_checks.model.question import Step
from resilience_checks.model.values import Reason
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import start_cycles
from resilience_checks.topology.estate import Estate, Part, Service
from resilience_checks.topology.gates import Up

LINE = Location("resilience.yaml", 3)


def test_a_cycle_is_written_with_its_services_and_lines() -> None:
    parts = {
        "dns": Part("dns", "dns", "dns", gate=Up("directory", why=Reason("dns needs directory", location=LINE))),
        "directory": Part("directory", "directory", "identity", gate=Up("dns")),
        "mail": Part("mail", "mail", "compute"),
    }
    services = {"record": Service("record", Up("dns")), "email": Service("email", Up("mail"))}
    found = start_cycles.section(Matter(Estate(parts, {}, services), Answers(()), {}))
    assert found.data == {
        "cycles": {
            "directory + dns": {
                "holds": "yes",
                "parts": ["directory", "dns"],
                "labels": ["directory", "dns"],
                "services": ["record"],
                "at": ["directory + dns/0"],
                "hangs_on": [],
            }
        },
        "starts": {"record": "no", "email": "yes"},
    }
    assert found.places == {"directory + dns/0": Step("dns needs directory", LINE)}
