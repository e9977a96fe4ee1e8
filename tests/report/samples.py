"""Reports built by hand that hold every outcome, and strategies for any report at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from resilience_checks.gate.verdict import verdict
from resilience_checks.model.graph import Capabilities, SkippedCallback
from resilience_checks.model.location import Location, Related
from resilience_checks.model.question import Step
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.model.waiver import Waiver
from resilience_checks.report.interface import (
    Failure,
    Fixed,
    Override,
    PolicySummary,
    Remark,
    Report,
    Run,
    ServiceSummary,
    StackSummary,
    WaiverUse,
)

SNAPSHOTS = Path(__file__).with_name("snapshots")
SITES = "estate/sites.py"
DECLARED = "estate/resilience.yaml"
WHOLE = Capabilities(lookups=True, element_dependencies=True, secret_equality=True, lines=True, complete=True)
PARTIAL = Capabilities(lookups=True, element_dependencies=False, secret_equality=True, lines=False, complete=True)
SOURCE = {
    SITES: (
        'for site in ("north", "south"):\n'
        "    firewall = Firewall(site)\n"
        "    Manager(\n"
        '        f"manager-{site}",\n'
        '        fmg="fmg.example",\n'
        "    )\n"
    ),
    DECLARED: "version: 1\nservices:\n  records: {entry: {select: {name: records.example}}}\n  mail: {entry: {select: {name: mail.example}}}\n",
}

SHARED_MANAGER = Result(
    policy="redundant-firewalls",
    outcome=Outcome.VIOLATION,
    severity=Severity.CRITICAL,
    target="management-plane:fmg.example",
    title="A firewall, or what firewalls share, can lose a service alone",
    message="One bad change of management plane fmg.example loses 2 services: records, mail",
    location=Location(SITES, 3),
    related=(
        Related("firewall fw.north joins it", Location(SITES, 2)),
        Related("records is lost", Location(DECLARED, 3, 3)),
        Related("mail is lost", Location(DECLARED, 4, 3)),
    ),
    services=("mail", "records"),
    cause=("management-plane:fmg.example/bad-change",),
    chain=(
        Step(
            "a bad change of management plane fmg.example takes down firewall fw.north and firewall fw.south",
            Location(SITES, 3),
        ),
        Step("traffic of site north passes its perimeter"),
        Step("powys and 3 more lose records", Location(DECLARED, 3, 3)),
    ),
    remediation="Give each site its own manager.",
    evidence={"question": "redundant-firewalls.bad-change", "controls": ["CAF-B5.b.4"], "stacks": ["estate/prod"]},
)
MANY = Result(
    policy="cross-site-failover",
    outcome=Outcome.VIOLATION,
    severity=Severity.MEDIUM,
    target="site:north",
    title="The loss of one site loses a service",
    message="One outage of site north loses 9 services",
    location=Location("estate/gone.py", 12, 5),
    related=tuple(Related(f"service-{number} is lost", Location(DECLARED, number)) for number in range(10, 19)),
    services=tuple(f"service-{number}" for number in range(10, 19)),
    cause=("site:north/outage",),
    assumed=("the standby takes over within an hour",),
)


def unknown(service: str, *, line: int, blocks: bool) -> Result:
    return Result(
        policy="cross-site-failover",
        outcome=Outcome.UNKNOWN,
        severity=Severity.HIGH,
        target=service,
        title="The loss of one site loses a service",
        message=f"whether {service} survives is not known; it would be lost by one outage of site north",
        location=Location(DECLARED, line, 3),
        services=(service,),
        depends_on=(
            f"what names load-balancer lb-south is not known ({SITES}:5); to make it known: declare it under `sites`",
        ),
        blocks_when_unknown=blocks,
    )


PASSED = Result(
    policy="no-single-region-national-service",
    outcome=Outcome.PASS,
    severity=Severity.HIGH,
    target="records",
    title="A national service stands in one region",
    message="records survives every fault that was asked about",
    location=Location(DECLARED, 3, 3),
    services=("records",),
)
ASIDE = Result(
    policy="no-single-region-national-service",
    outcome=Outcome.NOT_APPLICABLE,
    severity=Severity.HIGH,
    target="mail",
    title="A national service stands in one region",
    message="nothing that was asked about concerns mail",
    services=("mail",),
)
BROKEN = Result(
    policy="redundant-power",
    outcome=Outcome.ERROR,
    severity=Severity.LOW,
    target="redundant-power",
    title="Power comes from one feed",
    message="the policy could not be evaluated: redundant_power.rego:12:3: division by zero",
    location=Location("estate/Pulumi.yaml", 1),
    remediation="correct the policy; nothing is known of what it would have found",
)
EARLY = Result(
    policy="failover-tested",
    outcome=Outcome.VIOLATION,
    severity=Severity.MEDIUM,
    target="clinical-db",
    title="A failover was never tested",
    message="nobody says that the failover of clinical-db was ever tested",
    location=Location(DECLARED, 4, 3),
    services=("mail",),
    advisory=("enforced from 2026-03-01 on", "the stack is advisory"),
)
STACK = StackSummary("estate/prod", "program", "a" * 64, 41, WHOLE, location=Location("estate/Pulumi.yaml", 1))
FIREWALLS = PolicySummary(
    "No bad change of what configures firewalls loses a service for longer than its RTO.",
    Severity.CRITICAL,
    "Give each site its own manager.",
    {
        "CAF-B5.b.4": "NCSC CAF 4.0, B5.b Design for Resilience, indicator 4",
        "NIST-SC-5(2)": "",
        "OWN 1": "Our own, one",
    },
    page="# redundant-firewalls\n\n**No firewall is a single point of failure.**\n\n## Bad\n\n```python\nManager()\n```\n",
)
"""What a policy says of itself, with a page."""
FAILOVER = PolicySummary(
    "A service that must be available survives the loss of any one site.",
    Severity.HIGH,
    "Deploy the service at a second site.",
    {"NIST-CP-7": "NIST SP 800-53 r5, Alternate processing site"},
    waivable=False,
)
"""One without a page."""


def report(*results: Result, **more: object) -> Report:
    """Return a report of these results with the verdict that they give."""
    failures = more.get("failures", ())
    assert isinstance(failures, tuple)
    given: dict[str, object] = {
        "tool": "0.1.0",
        "started": "2026-01-24T07:30:00+00:00",
        "engine": "embedded regorus 0.13.0",
        "fail_on": "medium",
        "results": results,
        "verdict": verdict(results, Severity.MEDIUM, [failure.exit_code for failure in failures]),
        "stacks": (STACK,),
        "services": (
            ServiceSummary("records", "national", 1, 3600.0, 900.0, True, Location(DECLARED, 3, 3)),
            ServiceSummary("mail", "national", 2, 14400.0, None, True, Location(DECLARED, 4, 3)),
        ),
        "policies": {
            "redundant-firewalls": "A firewall, or what firewalls share, can lose a service alone",
            "cross-site-failover": "The loss of one site loses a service",
            "no-single-region-national-service": "A national service stands in one region",
        },
        "policy_details": {"redundant-firewalls": FIREWALLS, "cross-site-failover": FAILOVER},
        "known_types": {"fortios:system/ha:Ha": 2, "vsphere:index/virtualMachine:VirtualMachine": 38},
        "inputs": {"estate/prod": "a" * 64, "estate/resilience.yaml": "b" * 64, "policies": "c" * 64},
        "timings": {"programs": 1.25, "analysis": 0.125, "total": 1.5},
    }
    return Report(**(given | more))  # type: ignore[arg-type]


CLEAN = report(PASSED, ASIDE)
EVERYTHING = report(
    PASSED,
    ASIDE,
    MANY,
    unknown("records", line=3, blocks=True),
    unknown("mail", line=4, blocks=True),
    SHARED_MANAGER,
    EARLY,
    BROKEN,
    stacks=(
        STACK,
        StackSummary(
            "network/prod",
            "program",
            "d" * 64,
            3,
            PARTIAL,
            ("the values of the stack's `environment:` are not known offline",),
            (SkippedCallback(Location(SITES, 4), "<lambda>"), SkippedCallback(None, "make")),
        ),
    ),
    left_out=("estate/dev",),
    disabled=("redundant-dns (estate/prod)",),
    not_enforced={"failover-tested": "enforced from 2026-03-01 on"},
    unknown_types={"example:index:Thing": 1},
    contradictions=(
        Remark("sql-1 is declared at south and deployed at north", (Location(DECLARED, 2, 1), Location(SITES, 2))),
    ),
    circles=(
        Remark(
            "stacks dr/prod and estate/prod read each other's outputs: neither can be restored first",
            (Location(SITES, 1),),
        ),
    ),
    assumptions=(Remark("zones of example are independent", (Location(SITES, 1),)), Remark("DNS answers are cached")),
    failures=(
        Failure(
            "the program imports 'pulumi_example', which is not installed",
            "a program that does not run to its end has no graph, so nothing of this stack was checked",
            "install it: pip install pulumi-example",
            4,
            Location(SITES, 1),
            "mail/prod",
            trace="Traceback: secret of the program",
        ),
    ),
)
ACCEPTED = Waiver(
    "redundant-firewalls",
    "management-plane:*",
    "the second manager is ordered",
    "network team",
    "head of infrastructure",
    "NET-4711",
    date(2026, 1, 5),
    date(2026, 3, 31),
    Location("resilience-waivers.yaml", 4, 5),
)
LAPSED = replace(
    ACCEPTED, target="records", expires=date(2026, 1, 20), location=Location("resilience-waivers.yaml", 12, 5)
)
GATED = report(
    PASSED,
    replace(SHARED_MANAGER, waiver=ACCEPTED),
    replace(MANY, known="at main (0a1b2c3d4e)"),
    compared_with="main (0a1b2c3d4e)",
    fixed=(
        Fixed(
            "00112233445566ff",
            "redundant-power",
            Severity.HIGH,
            "mail",
            "Power comes from one feed",
            "One outage of power feed-a loses mail",
        ),
    ),
    waivers=(
        WaiverUse(ACCEPTED, "applied", (SHARED_MANAGER.fingerprint,)),
        WaiverUse(LAPSED, "expired", (), "expired on 2026-01-20, 4 days ago"),
    ),
    settings_from="origin/main (0a1b2c3d4e)",
    unaffected=("web/prod", "mail/prod"),
    run=Run("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "steering", "https://ci.example/runs/7", "dana", "github"),
)
REPORTS = {
    "clean": CLEAN,
    "everything": EVERYTHING,
    "gated": GATED,
    "nothing": report(services=(), stacks=(), policies={}),
}


def write_source(root: Path) -> None:
    """Write the files that the sample reports show lines of."""
    for name, text in SOURCE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


# Any text that a program could hold: lone surrogates cannot pass through its protocol buffers.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
hostile = st.one_of(
    texts,
    st.sampled_from(
        [
            "\x1b[31mred\x1b[0m",
            "a\r\n::error::forged",
            "::stop-commands::x",
            "##[error]forged",
            "[bold]markup[/bold]",
            "[link=https://evil.example]x[/link]",
            "\u202eright to left",
            "</td><img src=x>|cell|\n# title",
            "\x9b31m",
            "\u2028::error::x",
            "%0A::error::x",
            "verdict   clean\n  verdict   clean",
        ]
    ),
)
locations = st.builds(Location, hostile, st.integers(1, 10**6), st.none() | st.integers(1, 500))
places = st.none() | locations
names = st.lists(hostile, max_size=3).map(tuple)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
days = st.dates()
waivers = st.builds(Waiver, hostile, hostile, hostile, hostile, hostile, hostile, days, days, locations)
fingerprints = st.just("0123456789abcdef")
results = st.builds(
    Result,
    policy=hostile,
    outcome=st.sampled_from(Outcome),
    severity=st.sampled_from(Severity),
    target=hostile,
    title=hostile,
    message=hostile,
    location=places,
    related=st.lists(st.builds(Related, hostile, locations), max_size=2).map(tuple),
    services=names,
    cause=names,
    chain=st.lists(st.builds(Step, hostile, places), max_size=2).map(tuple),
    remediation=hostile,
    depends_on=names,
    assumed=names,
    evidence=st.dictionaries(texts, json_values, max_size=3),
    blocks_when_unknown=st.booleans(),
    advisory=names,
    waiver=st.none() | waivers,
    known=st.just("") | hostile,
)
failures_ = st.builds(Failure, hostile, hostile, hostile, st.sampled_from([1, 2, 4]), places, hostile, hostile)
stacks = st.builds(
    StackSummary,
    hostile,
    st.just("program"),
    st.just("e" * 64),
    st.integers(0, 9),
    st.builds(Capabilities, *[st.booleans()] * 5),
    names,
    st.lists(st.builds(SkippedCallback, places, hostile), max_size=2).map(tuple),
    places,
)
details = st.builds(
    PolicySummary,
    hostile,
    st.sampled_from(Severity),
    hostile,
    st.dictionaries(hostile, hostile, max_size=2),
    st.booleans(),
    hostile,
)
services = st.builds(
    ServiceSummary,
    hostile,
    st.sampled_from(["national", "regional", "local", None]),
    st.none() | st.integers(1, 4),
    st.none() | st.floats(0, 1e6),
    st.none() | st.floats(0, 1e6),
    st.booleans(),
    places,
)
states = st.sampled_from(["applied", "expired", "unused", "refused", "untrusted"])
uses = st.builds(WaiverUse, waivers, states, st.lists(fingerprints, max_size=1).map(tuple), hostile)
fixed = st.builds(Fixed, fingerprints, hostile, st.sampled_from(Severity), hostile, hostile, hostile)
remarks = st.lists(st.builds(Remark, hostile, st.lists(locations, max_size=2).map(tuple)), max_size=2).map(tuple)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Draw a report of any content, with the verdict that it gives."""
    found = tuple(draw(st.lists(results, max_size=4)))
    failed = tuple(draw(st.lists(failures_, max_size=2)))
    fail_on = draw(st.sampled_from([None, *Severity]))
    counts = st.dictionaries(hostile, st.integers(0, 99), max_size=2)
    return Report(
        tool=draw(texts),
        started="2026-01-24T07:30:00+00:00",
        engine=draw(hostile),
        fail_on=str(fail_on) if fail_on else "never",
        results=found,
        verdict=verdict(found, fail_on, [failure.exit_code for failure in failed]),
        stacks=tuple(draw(st.lists(stacks, max_size=2))),
        left_out=draw(names),
        unaffected=draw(names),
        services=tuple(draw(st.lists(services, max_size=2))),
        policies=draw(st.dictionaries(hostile, hostile, max_size=2)),
        policy_details=draw(st.dictionaries(hostile, details, max_size=2)),
        disabled=draw(names),
        not_enforced=draw(st.dictionaries(hostile, hostile, max_size=2)),
        known_types=draw(counts),
        unknown_types=draw(counts),
        inputs=draw(st.dictionaries(hostile, st.just("f" * 64), max_size=2)),
        contradictions=draw(remarks),
        circles=draw(remarks),
        assumptions=draw(remarks),
        failures=failed,
        timings={"total": 1.5},
        waivers=tuple(draw(st.lists(uses, max_size=2))),
        compared_with=draw(st.just("") | hostile),
        fixed=tuple(draw(st.lists(fixed, max_size=2))),
        settings_from=draw(st.just("") | hostile),
        override=draw(st.none() | st.builds(Override, hostile, hostile, hostile)),
        run=draw(st.none() | st.builds(Run, hostile, hostile, hostile, hostile, hostile)),
    )
