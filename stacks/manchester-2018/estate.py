"""What stands where: the tables that the program turns into resources."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Campus:
    """A campus with its data hall: its address range, its name in vCenter, and its network devices by MAC address."""

    network: str
    datacenter: str
    core: dict[str, str]
    firewalls: dict[str, str]


CAMPUSES = {
    "central": Campus(
        "10.30",
        "dc-central",
        core={"core-central-1": "020000300001", "core-central-2": "020000300002"},
        firewalls={"fw-central-a": "020000300011", "fw-central-b": "020000300012"},
    ),
    "trafford": Campus(
        "10.40",
        "dc-trafford",
        core={"core-trafford-1": "020000400001", "core-trafford-2": "020000400002"},
        firewalls={"fw-trafford-a": "020000400011", "fw-trafford-b": "020000400012"},
    ),
}

# The theatres have switches of their own, on the campus but not in its core.
THEATRE_SWITCHES = {"theatres-1": "020000310001", "theatres-2": "020000310002"}

# Each clinical system with the last part of its servers' addresses; it runs in both data halls.
SYSTEMS = {
    "patient-administration": 11,
    "test-results": 12,
    "imaging": 13,
    "prescribing": 14,
    "theatre-scheduling": 15,
}

# The database that the clinical systems share, and its standby.
DATABASES = {"sql-central": "central", "sql-trafford": "trafford"}
