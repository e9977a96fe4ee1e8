"""What the oracle found, each at its smallest: a document, and what single faults do to a service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from resilience_checks.analysis.what_if import what_if
from resilience_checks.model.question import Horizon
from tests.properties.from_declarations.oracle import outcomes
from tests.properties.from_declarations.project import estate

if TYPE_CHECKING:
    from tests.properties.from_declarations.world import Doc

TWO_SITES = """
version: 1
sites: {n: {region: r1, perimeter: none}, s: {region: r2, perimeter: none}}
links: {dci: {between: [n, s]}}
"""
OPEN = """
version: 1
sites: {n: {region: r1, perimeter: none}, s: {region: r2, perimeter: none}, t: {region: r3, perimeter: none}}
"""
RING = """
version: 1
sites: {n: {region: r1, perimeter: none}}
"""

EXAMPLES = {
    "a firewall that needs DNS still stands at its site": (
        """
version: 1
sites: {n: {region: r1, perimeter: fw}, s: {region: r2, perimeter: none}}
links: {dci: {between: [n, s]}, a: {to: s}}
components:
  fw: {role: firewall, site: n, requires: [dns]}
  dns: {role: dns, site: n}
  web: {role: application, site: n}
consumers: {users: {kind: people, access: a}}
services: {record: {entry: web, consumers: [users]}}
""",
        {"device:fw/outage": "no", "device:dns/outage": "no", "site:n/outage": "no", "link:dci/outage": "no"},
    ),
    "units reach what they need from where they stand": (
        TWO_SITES
        + """
components:
  db: {role: database, site: s}
  web: {role: application, site: n, units: 2, requires: [db]}
services: {record: {entry: web}}
""",
        {"link:dci/outage": "no", "device:web#1/outage": "yes", "site:s/outage": "no"},
    ),
    "one unit that reaches what it needs is enough": (
        TWO_SITES
        + """
components:
  db: {role: database, site: s}
  web: {role: application, units: [{site: n}, {site: s}], requires: [db]}
services: {record: {entry: web}}
""",
        {"link:dci/outage": "yes", "device:web#2/outage": "yes", "site:n/outage": "yes", "site:s/outage": "no"},
    ),
    "a quorum counts only for who reaches it": (
        TWO_SITES
        + """
components:
  portal: {role: application, site: n, requires: [q]}
  q: {role: database, quorum: {voters: [{site: s}, {site: s}, {site: s}]}}
services: {record: {entry: portal}}
""",
        {"link:dci/outage": "no", "device:q voter 1/outage": "yes"},
    ),
    "a voter of two units stands where they stand": (
        TWO_SITES
        + """
components:
  pair: {role: database, site: n, units: 2}
  q: {role: database, quorum: {voters: [{component: pair}, {site: s}]}}
services: {record: {entry: q}}
""",
        {"link:dci/outage": "no", "device:pair#1/outage": "yes", "site:n/outage": "no"},
    ),
    "members of a mere name reach what their service needs": (
        TWO_SITES
        + """
components:
  web-n: {role: application, site: n}
  front: {any-of: [web-n]}
  db: {role: database, site: s}
services: {record: {entry: front, needs: [db]}}
""",
        {"link:dci/outage": "no", "device:web-n/outage": "no"},
    ),
    "what a mere name requires does not serve for it": (
        TWO_SITES
        + """
components:
  web: {role: application, site: s}
  licence: {role: application, site: n}
  front: {requires: [{component: web, nature: path}, licence]}
  db: {role: database, site: s}
services: {record: {entry: front, needs: [db]}}
""",
        {"link:dci/outage": "yes", "device:licence/outage": "no"},
    ),
    "who may come in at two sites may cross between them where no link is declared": (
        """
version: 1
sites: {n: {region: r1, perimeter: none}, s: {region: r2, perimeter: none}}
links: {an: {to: n}, as: {to: s}}
components: {web: {role: application, site: n}}
consumers: {users: {kind: people, access: [an, as]}}
services: {record: {entry: web, consumers: [users]}}
""",
        {"link:an/outage": "unknown", "link:as/outage": "yes"},
    ),
    "an evenly split quorum stops with the last way between its halves, a witness at a third site keeps it": (
        """
version: 1
sites: {n: {region: r1, perimeter: none}, s: {region: r2, perimeter: none}, t: {region: r3, perimeter: none}}
links: {dci: {between: [n, s]}, w1: {between: [n, t]}, w2: {between: [s, t]}}
components:
  even: {role: database, quorum: {voters: [{site: n}, {site: s}]}}
  odd: {role: database, quorum: {voters: [{site: n}, {site: s}, {site: t}]}}
services: {split: {entry: even}, whole: {entry: odd}}
""",
        {
            "link:dci/outage": "yes",
            "link:dci/outage link:w1/outage": {"split": "no", "whole": "yes"},
            "site:n/outage": {"split": "no", "whole": "yes"},
        },
    ),
    "a second voter adds a cut of order one": (
        OPEN
        + """
components:
  one: {role: database, quorum: {voters: [{site: n}]}}
  two: {role: database, quorum: {voters: [{site: n}, {site: n}]}}
services: {before: {entry: one}, after: {entry: two}}
""",
        {"device:two voter 2/outage": {"before": "yes", "after": "no"}},
    ),
    "a path ring that only feeds itself is down, mutual needs are up": (
        RING
        + """
components:
  feed-a: {role: power, site: n, requires: [{component: feed-b, nature: path}]}
  feed-b: {role: power, site: n, requires: [{component: feed-a, nature: path}]}
  dns: {role: dns, site: n, requires: [directory]}
  directory: {role: identity, site: n, requires: [dns]}
services: {ring: {entry: feed-a}, mutual: {entry: dns}}
""",
        {"": {"ring": "no", "mutual": "yes"}, "device:directory/outage": {"ring": "no", "mutual": "no"}},
    ),
    "a mover that needs what it moves moves nothing": (
        OPEN
        + """
components:
  a: {role: application, site: n}
  b: {role: application, site: s}
  own: {failover: {primary: a, standby: [b], mover: {mode: automatic, detect: 10m, promote: 10m, needs: own}}}
  free: {failover: {primary: a, standby: [b], mover: {mode: automatic, detect: 10m, promote: 10m}}}
services: {stuck: {entry: own, rto: 1h}, moved: {entry: free, rto: 1h}}
""",
        {"device:a/outage": {"stuck": "no", "moved": "yes"}},
    ),
    "the only firewall of a site on the only route between two others is a cut": (
        """
version: 1
sites: {n: {region: r1, perimeter: none}, s: {region: r2, perimeter: none}, t: {region: r3, perimeter: fw}}
links: {l1: {between: [n, t]}, l2: {between: [t, s]}}
components:
  fw: {role: firewall, site: t}
  web: {role: application, site: n, requires: [db]}
  db: {role: database, site: s}
services: {record: {entry: web}}
""",
        {"device:fw/outage": "no", "site:t/outage": "no", "link:l1/outage": "no"},
    ),
    "times add along a chain of failovers": (
        OPEN
        + """
components:
  a: {role: application, site: n}
  b: {role: application, site: s}
  c: {role: application, site: t}
  inner: {failover: {primary: a, standby: [b], mover: {mode: manual, decide: 4m}}}
  outer: {failover: {primary: c, standby: [inner], mover: {mode: automatic, detect: 1m, promote: 1m}}}
services: {short: {entry: outer, rto: 5m}, long: {entry: outer, rto: 6m}}
""",
        {
            "device:c/outage": {"short": "yes", "long": "yes"},
            "device:c/outage device:a/outage": {"short": "no", "long": "yes"},
        },
    ),
}


@pytest.mark.parametrize(("document", "expected"), EXAMPLES.values(), ids=EXAMPLES)
def test_each_example_is_judged_as_defined_by_the_project_and_by_the_oracle(
    document: str, expected: dict[str, str | dict[str, str]]
) -> None:
    doc: Doc = yaml.safe_load(document)
    found = estate(doc)
    wanted = {
        (service, faults): answer if isinstance(answer, str) else answer[service]
        for faults, answer in expected.items()
        for service in doc["services"]
    }
    sets = [tuple(re.split(" (?=device|link)", faults)) if faults else () for faults in expected]
    judged = {
        (service, faults): what_if(found, events, service, Horizon.RTO).value
        for service in doc["services"]
        for faults, events in zip(expected, sets, strict=True)
    }
    believed = outcomes(doc, sets)
    by_oracle = {
        (service, faults): believed[service][number]
        for service in doc["services"]
        for number, faults in enumerate(expected)
    }
    assert (judged, by_oracle) == (wanted, wanted)
