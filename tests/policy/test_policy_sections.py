"""Sections of the document, whole, over declared estates that show each kind of what they may say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.answers import answer
from resilience_checks.model.location import Location
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import aids, borders, capacity, declarations, quorums, recovery
from resilience_checks.topology.estate import Contradiction, Estate
from tests.policy.declared_estates import estate

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.policy.matter import Section


def matter(known: Estate) -> Matter:
    return Matter(known, answer(known, ()), {})


def lines(section: Section) -> dict[str, tuple[str, str]]:
    """Return text and line of each place."""
    return {key: (step.text, str(step.location).partition(":")[2]) for key, step in section.places.items()}


FRONTS = """version: 1
sites: {n: {region: east, perimeter: none}, s: {region: west, perimeter: none}}
links: {ns: {between: [n, s]}}
components:
  web-n: {role: application, units: [{site: n}, {site: n}], capacity: {rps: 250}}
  web-s: {role: application, site: s, capacity: {rps: 250}}
  front: {role: global-traffic, any-of: [{component: web-n, nature: path}, {component: web-s, nature: path}]}
services:
  record: {entry: front, rto: 1h, peak: {rps: 300, winter: 1.2}}
  results: {entry: front, rto: 1h, peak: {rps: 100}}
  email: {entry: web-s}
"""


def test_a_stage_is_too_weak_after_every_loss_that_leaves_it_less_than_all_peaks_ask(tmp_path: Path) -> None:
    found = capacity.section(matter(estate(FRONTS, tmp_path)))
    assert found.data == {
        "services": {
            "record": {"peak": "declared", "unknown": []},
            "results": {"peak": "declared", "unknown": []},
            "email": {"peak": "unknown", "unknown": []},
        },
        "causes": [
            {
                "stage": "front",
                "dimension": "rps",
                "losses": [{"loss": "region east", "kind": "region"}, {"loss": "site n", "kind": "site"}],
                "services": ["record", "results"],
                "at": ["front/rps/0", "front/rps/1", "front/rps/2"],
                "loss": "region east",
                "carries": "250",
                "asked": "460",
                "left": "1 of 2 members at site s",
            }
        ],
        "complete": "yes",
    }
    assert lines(found) == {
        "front/rps/0": ("web-s is declared to carry 250 rps by each unit", "6:39"),
        "front/rps/1": ("the peak of record", "9:42"),
        "front/rps/2": ("the peak of results", "10:43"),
    }


def test_what_a_stage_carries_may_not_be_known(tmp_path: Path) -> None:
    text = """version: 1
sites: {n: {region: east, perimeter: none}}
components: {db: {role: database, site: n}}
services: {letters: {entry: db, peak: {rps: 50}}}
"""
    found = capacity.section(matter(estate(text, tmp_path)))
    doubt = (
        "how much db carries is not declared (resilience.yaml:3:14); to make it known: declare "
        "`capacity: {rps: ...}` of a component that selects it"
    )
    unknown = [{"loss": "", "kind": "", "hangs_on": [doubt]}]
    assert (found.data, found.places) == (
        {"services": {"letters": {"peak": "declared", "unknown": unknown}}, "causes": [], "complete": "yes"},
        {},
    )


VOTERS = """version: 1
sites: {n: {region: east, perimeter: none}, s: {region: east, perimeter: none}, t: {region: west, perimeter: none}}
links: {ns: {between: [n, s]}, nt: {between: [n, t]}, st: {between: [s, t]}}
components:
  web: {role: application, site: t}
  db: {role: database, quorum: {voters: [{site: n}, {site: s}, {site: t}], recounted: true}}
  pair: {role: queue, quorum: {voters: [{site: n}, {site: t}]}}
services:
  record: {entry: web, needs: [db], rto: 1h}
  results: {entry: web, needs: [db, pair], rto: 1h}
  email: {entry: web}
"""


def test_a_quorum_is_written_with_the_places_that_take_it_and_those_that_may(tmp_path: Path) -> None:
    found = quorums.section(matter(estate(VOTERS, tmp_path)))
    doubt = (
        "db counts its votes anew after each loss: what it survives hangs on the order of the losses; "
        "to make it known: leave `recounted` out where losses at once must be survived"
    )
    surely = {"kind": "site", "votes": 1, "all": "no", "taken": "yes", "lost": ["results"], "possibly": []}
    perhaps = {"votes": 2, "all": "no", "taken": "unknown", "lost": ["results"], "possibly": ["record"]}
    rest = {"needed": 2, "at_rest": "yes", "error": ""}
    assert found.data == {
        "all": {
            "component db": {
                "label": "db",
                "votes": 3,
                "places": {"region:east": {"kind": "region", "name": "east", **perhaps}},
                "hangs_on": [doubt],
                **rest,
            },
            "component pair": {
                "label": "pair",
                "votes": 2,
                "places": {"site:n": {"name": "n", **surely}, "site:t": {"name": "t", **surely}},
                "hangs_on": [],
                **rest,
            },
        },
        "of": {"record": ["component db"], "results": ["component db", "component pair"], "email": []},
    }
    assert lines(found) == {
        "component db": ("db needs 2 of 3 votes", "6:24"),
        "component pair": ("pair needs 2 of 2 votes", "7:23"),
        "region:east": ("region east", "2:49"),
        "site:n": ("site n", "2:9"),
        "site:t": ("site t", "2:81"),
    }


FAILOVERS = """version: 1
sites: {n: {region: east, perimeter: none}, s: {region: west, perimeter: none}, t: {region: far, perimeter: none}}
links: {ns: {between: [n, s]}, nt: {between: [n, t]}, st: {between: [s, t]}}
components:
  db-n: {role: database, site: n}
  db-s: {role: database, site: s}
  witness: {role: witness, site: t}
  db:
    role: database
    failover:
      primary: db-n
      standby: [db-s]
      replication: {mode: async, lag: 30s}
      mover: {mode: automatic, needs: witness, detect: {interval: 10s, threshold: 3}, decide: 5s, promote: 2m, ttl: 1m}
  doubt:
    role: database
    failover:
      primary: db-n
      standby: [db-s]
      replication: {mode: async, lag: 30s}
      mover: {mode: automatic, needs: witness, detect: {interval: 10s, threshold: 3}, decide: 5s}
services:
  record: {entry: db, rto: 2m, rpo: 10s}
  results: {entry: db, rto: 2m, rpo: 1h}
  letters: {entry: doubt, rto: 30s}
  calls: {entry: doubt, rto: 1h, rpo: 1h}
  email: {entry: db-n, rto: 1h}
"""
RTO = "RTO|3m35s|2m|detection 30s|decision 5s|promotion 2m|time to live of names 1m"
LETTERS = "RTO|at least 35s|30s|detection 30s|decision 5s|promotion ?"
DOUBT = (
    "how long doubt takes to move is not declared (resilience.yaml:21:7); to make it known: declare "
    "`detect` and `promote` of its mover"
)
PLACES = ["site n", "region east"]
ASKED = {"rto": "declared", "rpo": "declared", "asked": "yes", "gone": [], "unknown": [], "returns": "yes"}


def test_objectives_are_missed_by_terms_that_add_up(tmp_path: Path) -> None:
    found = recovery.section(matter(estate(FAILOVERS, tmp_path)))
    assert found.data["causes"] == [
        {
            "id": "RTO: detection + decision + promotion + time to live of names",
            "objective": "RTO",
            "takes": "3m35s",
            "limit": "2m",
            "terms": "detection 30s + decision 5s + promotion 2m + time to live of names 1m",
            "services": ["record", "results"],
            "places": PLACES,
            "at": [f"{RTO}/{number}" for number in range(4)],
        },
        {
            "id": "RPO: the declared lag of the replica",
            "objective": "RPO",
            "takes": "30s",
            "limit": "10s",
            "terms": "the declared lag of the replica",
            "services": ["record"],
            "places": PLACES,
            "at": [],
        },
        {
            "id": "RTO: detection + decision + promotion",
            "objective": "RTO",
            "takes": "at least 35s",
            "limit": "30s",
            "terms": "detection 30s + decision 5s + promotion ?",
            "services": ["letters"],
            "places": PLACES,
            "at": [f"{LETTERS}/{number}" for number in range(3)],
        },
    ]
    assert lines(found) == {
        f"{RTO}/0": ("promotion: declared", "14:99"),
        f"{RTO}/1": ("time to live of names: declared", "14:112"),
        f"{RTO}/2": ("detection: 3 health checks, 10s apart", "14:48"),
        f"{RTO}/3": ("decision: declared", "14:87"),
        f"{LETTERS}/0": ("detection: 3 health checks, 10s apart", "21:48"),
        f"{LETTERS}/1": ("decision: declared", "21:87"),
        f"{LETTERS}/2": ("promotion: `promote` is not declared", "21:7"),
    }


def test_what_is_unknown_of_objectives_and_what_is_gone_is_told_of_each_service(tmp_path: Path) -> None:
    doubts = [
        {"place": place, "objective": objective, "hangs_on": [DOUBT]}
        for place in PLACES
        for objective in ("RTO", "RPO")
    ]
    assert recovery.section(matter(estate(FAILOVERS, tmp_path))).data["services"] == {
        "record": ASKED,
        "results": ASKED,
        "letters": {**ASKED, "rpo": "unknown"},
        "calls": {**ASKED, "unknown": doubts},
        "email": {**ASKED, "rpo": "unknown", "gone": PLACES},
    }


BORDER = """version: 1
sites: {n: {region: east, perimeter: fw, building: b1, campus: none}}
links: {wan: {to: n}}
consumers: {wards: {kind: hospital, access: [wan]}}
components:
  fw:
    role: firewall
    units:
      - {site: n, name: a, room: r1, rack: k1, host: h1}
      - {site: n, name: b, room: ROOM, rack: k2, host: h2}
  web: {role: application, site: n}
services: {record: {entry: web, consumers: [wards]}}
"""


def test_a_border_is_told_with_what_all_of_its_firewalls_share(tmp_path: Path) -> None:
    found = borders.section(matter(estate(BORDER.replace("ROOM", "r1"), tmp_path)))
    room, perhaps = "room:n/r1", "room:n/r1, with what is not declared"
    known = {"domain": room, "kind": "room", "name": "r1 of n", "sure": "yes", "declared": "yes"}
    other = {
        "domain": perhaps,
        "kind": "room",
        "name": "of n that is not declared",
        "sure": "unknown",
        "declared": "no",
    }
    assert found.data == {
        "n": {
            "target": "site:n",
            "whose": "of site n",
            "firewalls": ["fw unit a", "fw unit b"],
            "services": ["record"],
            "shared": [{**known, "at": [room, "fw#a", "fw#b"]}, {**other, "at": [perhaps, "fw#a", "fw#b"]}],
            "at": ["n"],
        }
    }
    assert lines(found) == {
        "fw#a": ("fw unit a", "9:9"),
        "fw#b": ("fw unit b", "10:9"),
        room: ("room r1 of n", "10:9"),
        perhaps: ("room of n that is not declared", "2:9"),
        "n": ("site n", "2:9"),
    }


def test_firewalls_in_different_rooms_share_nothing_below_the_site(tmp_path: Path) -> None:
    found = borders.section(matter(estate(BORDER.replace("ROOM", "r2"), tmp_path)))
    assert (found.data["n"]["shared"], sorted(found.places)) == ([], ["fw#a", "fw#b", "n"])


SMALL = """version: 1
sites: {n: {region: east, perimeter: none}}
components: {web: {role: application, site: n}}
services: {record: {entry: web, purpose: clinical}, email: {entry: web, copy: none}}
"""


def test_contradictions_are_told_with_every_line_that_says_one(tmp_path: Path) -> None:
    places = (Location("resilience.yaml", 2, 3), Location("__main__.py", 7))
    known = replace(
        estate(SMALL, tmp_path), contradictions=(Contradiction("web", "web cannot stand at n and s", places),)
    )
    found = declarations.section(matter(known))
    at = ["contradiction/0/0", "contradiction/0/1"]
    assert found.data == {"contradictions": [{"subject": "web", "text": "web cannot stand at n and s", "at": at}]}
    assert lines(found) == {
        "record": ("service record", "4:12"),
        "email": ("service email", "4:53"),
        at[0]: ("it is said here", "2:3"),
        at[1]: ("it is said here", "7"),
    }


def test_aids_are_told_by_sort_and_service(tmp_path: Path) -> None:
    text = f"{SMALL}copies: {{viewer: {{of: record, kind: read-only, entry: web, refreshed: 15m}}}}\n"
    found = aids.section(matter(estate(text, tmp_path)))
    nothing: dict[str, list[str]] = {"record": [], "email": []}
    sorts: dict[str, Any] = dict.fromkeys(
        ("copy", "communications", "deployment", "sign-in", "monitoring", "out-of-band"), nothing
    )
    assert found.data == {
        "purposes": {"record": "clinical", "email": "unknown"},
        "copied": {"record": "yes", "email": "no"},
        "items": {
            "copy viewer": {
                "id": "viewer",
                "sort": "copy",
                "kind": "read-only",
                "refreshed": 15.0,
                "limit": "unknown",
                "of": ["record"],
                "needs": [],
            }
        },
        "of": {**sorts, "copy": {"record": ["copy viewer"], "email": []}},
        "circular": sorts,
    }
    assert lines(found) == {
        "service record": ("service record", "4:12"),
        "service email": ("service email", "4:53"),
        "copy viewer": ("copy viewer is declared", "5:10"),
        "copy viewer/age": ("the age of copy viewer", "5:60"),
    }
