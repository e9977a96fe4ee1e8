"""Which policies may say that an edit weakens, by what the edit takes away."""

from __future__ import annotations

_SITE = frozenset({"cross-site-failover", "recovery-within-objectives", "no-single-point-of-failure"})
_REGION = frozenset({"no-single-region-national-service", "geographic-separation"})
_AIDS = frozenset({"offline-clinical-copy", "independent-communications", "independent-recovery-tooling"})
_FIREWALLS = frozenset({"redundant-firewalls", "independent-firewalls"})

CARRIER = _AIDS | frozenset({"diverse-access-paths", "no-single-point-of-failure", "geographic-separation"})
PLACE = _SITE | _REGION | _AIDS | {"separate-backups"}
SHARED = _FIREWALLS | _AIDS | {"no-common-cause", "control-plane-independence", "no-simultaneous-change"}
LINK = frozenset({"diverse-access-paths"}) | _SITE | _REGION | SHARED
UNIT = (
    _FIREWALLS
    | _AIDS
    | _SITE
    | _REGION
    | {"no-single-point-of-failure", "redundant-traffic-steering", "peak-after-failure"}
)
MOVED = (
    _SITE | _REGION | SHARED | UNIT | {"quorum-survives-site-loss", "survives-zone-loss", "independent-communications"}
)
MOVER = (
    _SITE
    | _REGION
    | SHARED
    | {"quorum-survives-site-loss", "replicated-within-rpo", "failover-tested", "peak-after-failure"}
)
REPLICA = _SITE | _REGION | SHARED | {"replicated-within-rpo", "failover-tested"}
BACKUP = frozenset({"backups-exist", "separate-backups", "recovery-within-objectives", "offline-clinical-copy"})
TESTED = frozenset({"failover-tested"})
CAPACITY = frozenset({"peak-after-failure"})
DECLARED = (
    frozenset({"national-service-declared-whole", "declared-and-deployed-agree", "peak-after-failure"})
    | _SITE
    | _REGION
    | SHARED
    | REPLICA
)
ZONE = frozenset({"survives-zone-loss", "no-single-point-of-failure", "no-single-region-national-service"})
STEERING = frozenset({"redundant-traffic-steering"}) | MOVED | MOVER
AID = _AIDS
"""What helps while a service is away."""
