"""Where a component stands in a drawing of an estate: which tier its role belongs to, from the outside in."""

from __future__ import annotations

PERIMETER, STEERING, NETWORK, COMPUTE, DATA, OTHER = "perimeter", "steering", "network", "compute", "data", "other"
TIERS = (PERIMETER, STEERING, NETWORK, COMPUTE, DATA, OTHER)
_ROLES = {
    PERIMETER: ("firewall", "border"),
    STEERING: ("global-traffic", "dns", "load-balancer"),
    NETWORK: ("link", "network", "gateway", "switch", "router"),
    COMPUTE: ("compute", "compute-group", "application"),
    DATA: ("database", "storage", "cache", "queue", "backup"),
}
_OF = {role: tier for tier, roles in _ROLES.items() for role in roles}


def tier(role: str) -> str:
    """Return the tier of a role.

    >>> tier("load-balancer"), tier("witness")
    ('steering', 'other')
    """
    return _OF.get(role, OTHER)
