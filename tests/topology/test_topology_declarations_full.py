"""A file with every key of the format, read as a whole."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from resilience_checks.model.likelihood import Likelihood
from resilience_checks.model.location import Location
from resilience_checks.model.question import FaultKind
from resilience_checks.model.result import Severity
from resilience_checks.topology.declaration_schema import schema
from resilience_checks.topology.declarations import load
from resilience_checks.topology.declared import (
    AtLeast,
    Component,
    Consumer,
    Declarations,
    Domain,
    Edge,
    Entry,
    Failover,
    Likely,
    Link,
    Mover,
    MoverMode,
    Named,
    Perimeter,
    Placement,
    Quorum,
    Replication,
    ReplicationMode,
    Scope,
    Service,
    Site,
    Sort,
    Unit,
    Voter,
)
from resilience_checks.topology.declared_aids import Aid
from resilience_checks.topology.declared_means import Backup, Capacity, Figure
from resilience_checks.topology.declared_paths import OwnPath
from resilience_checks.topology.declared_settings import OnUnknown, PolicySet, PolicySettings, StackGlob, Stacks
from resilience_checks.topology.gates import Nature
from resilience_checks.topology.selectors import Glob, Select

HERE = Path(__file__).parent
FULL = HERE / "declarations_full.yaml"


def every(found: Likelihood, location: Location) -> Likely:
    return Likely(dict.fromkeys(FaultKind, found), location)


DASHED = {"any_of": "any-of", "at_least": "at-least"}


def at(line: int, column: int) -> Location:
    return Location("declarations_full.yaml", line, column)


def lines(**places: tuple[int, int]) -> dict[str, Location]:
    return {DASHED.get(key, key): at(*place) for key, place in places.items()}


EXPECTED = Declarations(
    path="declarations_full.yaml",
    digest=hashlib.sha256(FULL.read_bytes()).hexdigest(),
    sites={
        "blaenavon": Site(
            id="blaenavon",
            location=at(4, 3),
            region="gwent",
            coordinates=(51.774, -3.0),
            building="data hall 2",
            campus="big-pit",
            hazards=("flood", "cooling"),
            aliases=("/Common/dc-blaenavon",),
            perimeter=Perimeter(components=(Named("fw-blaenavon", Sort.COMPONENT, at(11, 16)),), location=at(11, 5)),
            at=lines(
                region=(5, 5),
                coordinates=(6, 5),
                building=(7, 5),
                campus=(8, 5),
                hazards=(9, 5),
                aliases=(10, 5),
                perimeter=(11, 5),
            ),
        ),
        "cardiff-bay": Site(
            id="cardiff-bay",
            location=at(12, 3),
            region="cardiff",
            perimeter=Perimeter(
                components=(
                    Named("fw-cardiff", Sort.COMPONENT, at(12, 46)),
                    Named("fw-legacy", Sort.COMPONENT, at(12, 58)),
                ),
                location=at(12, 34),
            ),
            likely=every(Likelihood.RARE, at(12, 70)),
            at=lines(region=(12, 17), perimeter=(12, 34), likelihood=(12, 70)),
        ),
        "third": Site(
            id="third",
            location=at(13, 3),
            perimeter=Perimeter(components=(), location=at(13, 11)),
            at=lines(perimeter=(13, 11)),
        ),
    },
    links={
        "wan-b1": Link(
            id="wan-b1",
            location=at(15, 3),
            ends=("blaenavon",),
            carrier="carrier-1",
            domains=("duct",),
            at=lines(to=(15, 12), carrier=(15, 27), domains=(15, 47)),
        ),
        "wan-c1": Link(
            id="wan-c1",
            location=at(16, 3),
            ends=("cardiff-bay",),
            likely=every(Likelihood.FREQUENT, at(16, 29)),
            at=lines(to=(16, 12), likelihood=(16, 29)),
        ),
        "dci-1": Link(id="dci-1", location=at(17, 3), ends=("blaenavon", "cardiff-bay"), at=lines(between=(17, 11))),
    },
    placement=(
        Placement(
            location=at(19, 5),
            match=Select(location=at(19, 6), provider=Glob("*-blaenavon"), tags=(("tier", Glob("1")),)),
            site="blaenavon",
            room="r1",
            rack="k7",
            host="h3",
            at=lines(match=(19, 6), site=(19, 56), room=(19, 73), rack=(19, 83), host=(19, 93)),
        ),
        Placement(
            location=at(20, 5),
            match=Select(location=at(20, 6), name=Glob("vm-c*")),
            site="cardiff-bay",
            at=lines(match=(20, 6), site=(20, 22)),
        ),
    ),
    components={
        "fw-blaenavon": Component(
            id="fw-blaenavon",
            location=at(22, 3),
            role="firewall",
            select=(Select(location=at(22, 34), provider=Glob("fortios-blaenavon")),),
            units=2,
            at=lines(role=(22, 18), select=(22, 34), units=(22, 73)),
        ),
        "fw-cardiff": Component(
            id="fw-cardiff",
            location=at(23, 3),
            role="firewall",
            select=(
                Select(location=at(26, 9), urn=Glob("urn:*"), type=Glob("fortios:*"), name=Glob("fw-c?")),
                Select(
                    location=at(27, 9),
                    properties=(("addresses[].ip", Glob("10.2.*")),),
                    resources=("urn:pulumi:prod::dc::x:y:Z::fw-c",),
                ),
            ),
            at=lines(role=(24, 5), select=(25, 5)),
        ),
        "fw-legacy": Component(
            id="fw-legacy",
            location=at(28, 3),
            site="cardiff-bay",
            likely=every(Likelihood.OCCASIONAL, at(28, 34)),
            at=lines(site=(28, 15), likelihood=(28, 34)),
        ),
        "gslb": Component(
            id="gslb",
            location=at(29, 3),
            role="global-traffic",
            units=(Unit(site="blaenavon", location=at(29, 40), name="gtm-b"), Unit(site="third", location=at(29, 72))),
            capacity=Capacity(at(29, 88), {"rps": 200.0}, shared=True, at=lines(rps=(29, 99), per=(29, 109))),
            at=lines(role=(29, 10), units=(29, 32), capacity=(29, 88)),
        ),
        "portal": Component(
            id="portal",
            location=at(30, 3),
            role="application",
            any_of=(
                Edge(to=Named("gslb", Sort.COMPONENT, at(32, 14))),
                Edge(to=Select(location=at(32, 21), name=Glob("web-*")), nature=Nature.PATH, start=False),
            ),
            requires=(
                Edge(to=Named("gslb", Sort.COMPONENT, at(33, 28)), nature=Nature.MOVER),
                Edge(to=Named("email", Sort.SERVICE, at(33, 60))),
                Edge(to=Named("aws:route53", Sort.CONTROL_PLANE, at(33, 84))),
            ),
            at_least=AtLeast(
                k=2,
                of=(
                    Edge(to=Select(location=at(34, 28), name=Glob("app-*"))),
                    Edge(to=Named("email", Sort.SERVICE, at(34, 54))),
                ),
                location=at(34, 5),
            ),
            quorum=Quorum(
                voters=(
                    Voter(location=at(35, 23), to=Select(location=at(35, 24), name=Glob("db-*")), votes=2),
                    Voter(location=at(35, 51), to=Named("gslb", Sort.COMPONENT, at(35, 63))),
                    Voter(location=at(35, 70), site="third"),
                ),
                location=at(35, 5),
                recounted=True,
            ),
            at=lines(role=(31, 5), any_of=(32, 5), requires=(33, 5), at_least=(34, 5), quorum=(35, 5)),
        ),
        "clinical-db": Component(
            id="clinical-db",
            location=at(36, 3),
            role="database",
            failover=Failover(
                location=at(38, 5),
                primary=Select(location=at(39, 17), name=Glob("sql-b*")),
                standby=(
                    Select(location=at(40, 18), name=Glob("sql-c*")),
                    Named("fw-legacy", Sort.COMPONENT, at(40, 45)),
                ),
                replication=Replication(
                    location=at(41, 7),
                    mode=ReplicationMode.ASYNC,
                    lag=30.0,
                    over=("dci-1",),
                    at=lines(mode=(41, 21), lag=(41, 34), over=(41, 44)),
                ),
                mover=Mover(
                    location=at(42, 7),
                    mode=MoverMode.AUTOMATIC,
                    needs=(Named("gslb", Sort.COMPONENT, at(42, 22)),),
                    detect=60.0,
                    decide=0.25,
                    promote=120.0,
                    ttl=30.0,
                    reconcile=600.0,
                    watch=(20.0, 3),
                    tested=date(2026, 9, 14),
                    at=lines(
                        needs=(42, 15),
                        mode=(42, 28),
                        detect=(42, 45),
                        decide=(42, 84),
                        promote=(42, 99),
                        ttl=(42, 114),
                        reconcile=(42, 124),
                        tested=(42, 140),
                    ),
                ),
                at=lines(primary=(39, 7), standby=(40, 7), replication=(41, 7), mover=(42, 7)),
            ),
            at=lines(role=(37, 5), failover=(38, 5)),
        ),
    },
    domains={
        "duct": Domain(
            id="duct",
            location=at(44, 3),
            kind="power",
            faults=(FaultKind.OUTAGE, FaultKind.BAD_CHANGE),
            members=(
                Named("gslb", Sort.COMPONENT, at(44, 63)),
                Named("portal", Sort.COMPONENT, at(44, 81)),
                Select(location=at(44, 91), name=Glob("pdu-*")),
                Select(location=at(44, 109), type=Glob("x:*")),
            ),
            likely=Likely({FaultKind.OUTAGE: Likelihood.RARE, FaultKind.BAD_CHANGE: Likelihood.VERY_RARE}, at(44, 125)),
            at=lines(kind=(44, 10), faults=(44, 23), members=(44, 53), likelihood=(44, 125)),
        ),
        "campus-net": Domain(
            id="campus-net",
            location=at(45, 3),
            kind="network",
            faults=(FaultKind.OUTAGE,),
            members=(
                Named("duct", Sort.DOMAIN, at(45, 68)),
                Named("dci-1", Sort.LINK, at(45, 82)),
                Named("third", Sort.SITE, at(45, 97)),
                Named("email", Sort.SERVICE, at(45, 115)),
                Named("wan-b1", Sort.LINK, at(45, 123)),
            ),
            at=lines(kind=(45, 16), faults=(45, 31), members=(45, 49)),
        ),
    },
    consumers={
        "powys": Consumer(
            id="powys",
            location=at(47, 3),
            kind="health-board",
            access=("wan-b1", "wan-c1"),
            critical=True,
            at=lines(kind=(47, 11), access=(47, 31), critical=(47, 67)),
        ),
        "anglesey": Consumer(
            id="anglesey",
            location=at(48, 3),
            kind="health-board",
            access=("wan-b1",),
            at=lines(kind=(48, 14), access=(48, 34)),
        ),
        "gwynedd": Consumer(
            id="gwynedd",
            location=at(49, 3),
            kind="practice",
            access=("wan-c1",),
            at=lines(kind=(49, 13), access=(49, 29)),
        ),
        "everybody": Consumer(id="everybody", location=at(50, 3), kind="public", at=lines(kind=(50, 15))),
    },
    services={
        "patient-record": Service(
            id="patient-record",
            location=at(53, 3),
            entry=Entry(
                to=Select(location=at(53, 28), name=Glob("record.*")), location=at(53, 20), pools=("record-pool",)
            ),
            scope=Scope.NATIONAL,
            tier=1,
            rto=3600.0,
            rpo=900.0,
            consumers=("powys",),
            needs=(Named("gslb", Sort.COMPONENT, at(51, 93)),),
            peak={"rps": Figure(400.0, at(53, 86)), "winter": Figure(1.3, at(51, 115))},
            at=lines(
                scope=(51, 20),
                tier=(51, 37),
                rto=(51, 46),
                rpo=(51, 55),
                consumers=(51, 65),
                needs=(51, 85),
                peak=(53, 79),
                entry=(53, 20),
            ),
        ),
        "email": Service(
            id="email",
            location=at(54, 3),
            entry=Entry(to=Named("gslb", Sort.COMPONENT, at(54, 18)), location=at(54, 11)),
            scope=Scope.LOCAL,
            tier=4,
            rto=5400.0,
            rpo=172800.0,
            needs=(
                Named("patient-record", Sort.SERVICE, at(54, 91)),
                Named("clinical-db", Sort.COMPONENT, at(54, 107)),
            ),
            peak={"rps": Figure(1.0, at(51, 107)), "winter": Figure(1.3, at(51, 115))},
            at=lines(
                scope=(54, 24),
                tier=(54, 38),
                rto=(54, 47),
                rpo=(54, 59),
                consumers=(54, 68),
                needs=(54, 83),
                peak=(51, 100),
                entry=(54, 11),
                purpose=(54, 121),
                restores=(54, 146),
            ),
            purpose="communications",
            restores=("patient-record",),
        ),
        "intranet": Service(
            id="intranet",
            location=at(55, 3),
            entry=Entry(to=Named("portal", Sort.COMPONENT, at(55, 33)), location=at(55, 14)),
            scope=Scope.NATIONAL,
            tier=1,
            rto=3600.0,
            rpo=900.0,
            consumers=("powys",),
            needs=(Named("gslb", Sort.COMPONENT, at(51, 93)),),
            peak={"rps": Figure(1.0, at(51, 107)), "winter": Figure(1.3, at(51, 115))},
            at=lines(
                scope=(51, 20),
                tier=(51, 37),
                rto=(51, 46),
                rpo=(51, 55),
                consumers=(51, 65),
                needs=(51, 85),
                peak=(51, 100),
                entry=(55, 14),
                purpose=(55, 42),
                copy=(55, 61),
            ),
            purpose="clinical",
            copied=False,
        ),
    },
    backups={
        "nightly": Backup(
            id="nightly",
            location=at(61, 3),
            of=(
                Named("clinical-db", Sort.COMPONENT, at(62, 11)),
                Select(location=at(62, 25), name=Glob("sql-*")),
            ),
            to=Named("email", Sort.SERVICE, at(62, 58)),
            every=86400.0,
            keep=2592000.0,
            into=Named("fw-legacy", Sort.COMPONENT, at(62, 94)),
            needs=(Named("gslb", Sort.COMPONENT, at(62, 112)),),
            detect=300.0,
            decide=1800.0,
            size=1.5e12,
            throughput=2e8,
            reconcile=7200.0,
            tested=date(2026, 6, 1),
            at=lines(
                of=(62, 6),
                to=(62, 44),
                every=(62, 66),
                keep=(62, 77),
                into=(62, 88),
                needs=(62, 105),
                detect=(63, 6),
                decide=(63, 18),
                size=(63, 31),
                throughput=(63, 44),
                reconcile=(63, 66),
                tested=(63, 81),
            ),
        ),
        "weekly": Backup(
            id="weekly",
            location=at(64, 3),
            of=(Named("portal", Sort.COMPONENT, at(64, 28)),),
            site="third",
            restore=28800.0,
            at=lines(of=(64, 12), site=(64, 37), restore=(64, 50)),
        ),
        "abroad": Backup(
            id="abroad",
            location=at(65, 3),
            of=(Named("gslb", Sort.COMPONENT, at(65, 16)),),
            region="ukwest",
            at=lines(of=(65, 12), region=(65, 22)),
        ),
    },
    likely={
        "carrier": every(Likelihood.OCCASIONAL, at(59, 14)),
        "device:fw-*": Likely({FaultKind.OUTAGE: Likelihood.RARE}, at(59, 35)),
    },
    policies={
        "cross-site-failover": PolicySettings(
            id="cross-site-failover",
            location=at(57, 3),
            enabled=True,
            severity=Severity.HIGH,
            on_unknown=OnUnknown.FAIL,
            parameters={"order": 1, "kinds": ["site"]},
            enforce_from=date(2026, 12, 1),
            stacks=(StackGlob(Glob("*/prod"), at(57, 148)),),
            tiers=(1, 2),
            fail_on="low",
            at=lines(
                enabled=(57, 25),
                severity=(57, 40),
                on_unknown=(57, 56),
                parameters=(57, 74),
                enforce_from=(57, 113),
                stacks=(57, 139),
                tiers=(57, 159),
                fail_on=(57, 174),
            ),
            parameters_at=lines(order=(57, 87), kinds=(57, 97)),
        )
    },
    copies={
        "ward-viewer": Aid(
            id="ward-viewer",
            location=at(68, 3),
            of=("patient-record",),
            kind="viewer",
            entry=Named("portal", Sort.COMPONENT, at(68, 58)),
            needs=(Named("gslb", Sort.COMPONENT, at(68, 74)),),
            refreshed=900.0,
            limit=3600.0,
            at=lines(of=(68, 17), kind=(68, 37), entry=(68, 51), needs=(68, 66), refreshed=(68, 81), limit=(68, 97)),
        ),
        "binders": Aid(
            id="binders",
            location=at(69, 3),
            of=("patient-record", "intranet"),
            kind="paper",
            at=lines(of=(69, 13), kind=(69, 45)),
        ),
    },
    tools={
        "pipeline": Aid(
            id="pipeline",
            location=at(71, 3),
            of=("patient-record",),
            kind="deployment",
            entry=Named("portal", Sort.COMPONENT, at(71, 78)),
            needs=(Named("gslb", Sort.COMPONENT, at(71, 94)),),
            consumers=("powys",),
            at=lines(kind=(71, 14), repairs=(71, 32), entry=(71, 59), needs=(71, 87), consumers=(71, 100)),
        ),
        "console": Aid(
            id="console",
            location=at(72, 3),
            of=None,
            kind="out-of-band",
            at=lines(kind=(72, 13)),
        ),
    },
    policy_set=PolicySet("2026.1", at(66, 1)),
    catalogue=(OwnPath("catalogue", "our-catalogue", at(73, 13)),),
    policy_packs=(OwnPath("policy_packs", "our-policies", at(74, 16)),),
    stacks=Stacks(
        gated=(StackGlob(Glob("*/prod"), at(58, 18)),),
        advisory=(StackGlob(Glob("*/dev"), at(58, 40)),),
        ignored=(StackGlob(Glob("lab/*"), at(58, 60)),),
        fail_on=(("critical", StackGlob(Glob("*/dev"), at(58, 91))),),
        at=lines(gated=(58, 10), advisory=(58, 29), ignored=(58, 50), fail_on=(58, 70)),
    ),
)


def test_a_file_with_every_key_is_read_whole() -> None:
    assert load(FULL, HERE) == EXPECTED


def test_the_file_has_every_key_of_the_format() -> None:
    missing = {key for key in _properties(schema()) if f"{key}:" not in FULL.read_text(encoding="utf-8")}

    assert missing == set()


def test_ids_keep_the_order_of_the_file() -> None:
    declarations = load(FULL, HERE)

    assert list(declarations.sites) == ["blaenavon", "cardiff-bay", "third"]
    assert list(declarations.services) == ["patient-record", "email", "intranet"]


def test_every_location_is_where_the_key_stands() -> None:
    text = FULL.read_text(encoding="utf-8").splitlines()
    places = [(key, place) for thing in _objects(load(FULL, HERE)) for key, place in getattr(thing, "at", {}).items()]

    assert len(places) > 80
    assert [
        (key, place) for key, place in places if not text[place.line - 1][(place.column or 0) - 1 :].startswith(key)
    ] == []


def _objects(value: Any) -> list[Any]:
    """Return every dataclass instance inside `value`, itself included."""
    if dataclasses.is_dataclass(value):
        inner = [getattr(value, field.name) for field in dataclasses.fields(value)]
        return [value, *(found for part in inner for found in _objects(part))]
    if isinstance(value, dict):
        return [found for part in value.values() for found in _objects(part)]
    if isinstance(value, list | tuple):
        return [found for part in value for found in _objects(part)]
    return []


def _properties(part: Any) -> set[str]:
    """Return every key that the schema names."""
    if isinstance(part, list):
        return {key for item in part for key in _properties(item)}
    if not isinstance(part, dict):
        return set()
    own = set(part["properties"]) if isinstance(part.get("properties"), dict) else set()
    return own | {key for item in part.values() for key in _properties(item)}
