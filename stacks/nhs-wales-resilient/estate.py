"""What stands where: the tables that the program turns into resources."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """A data centre: its address range, its name in vCenter, its firewall units and who manages them."""

    network: str
    datacenter: str
    firewalls: tuple[str, ...]
    manager: str


SITES = {
    "blaenavon": Site("10.10", "dc-blaenavon", firewalls=("fw-a", "fw-b"), manager="fmg.blaenavon.example"),
    "cardiff-bay": Site("10.20", "dc-cardiff-bay", firewalls=("fw-a", "fw-b"), manager="fmg.cardiff-bay.example"),
}

# Each service with the last part of its address and the sites that serve it.
SERVICES = {
    "patient-record": (11, ("blaenavon", "cardiff-bay")),
    "test-results": (12, ("blaenavon", "cardiff-bay")),
    "appointments": (13, ("blaenavon", "cardiff-bay")),
    "prescriptions": (14, ("blaenavon", "cardiff-bay")),
    "email": (15, ("blaenavon", "cardiff-bay")),
    "intranet": (16, ("blaenavon", "cardiff-bay")),
}

# What the sites' firewalls let in, by one rule on every unit.
ADMITTED = ("HTTPS",)

# The clinical systems' primary database and its standby.
DATABASES = {"sql-b1": "blaenavon", "sql-c1": "cardiff-bay"}
