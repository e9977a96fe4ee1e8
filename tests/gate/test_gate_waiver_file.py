"""resilience-waivers.yaml is read whole or not at all, and edited without a change to the rest of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from resilience_checks.gate.waiver_edit import added, removed
from resilience_checks.gate.waiver_file import NAME, Waivers, hold_policies, mistakes, parsed, refuse, schema
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.waiver import Waiver

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = date(2026, 1, 24)
FILE = """\
# ours
version: 1
longest: 90d
waivers:
  # the wide-area link
  - policy: diverse-access-paths   # one carrier
    target: "link:*"
    reason: >-
      the second link
      is ordered
    owner: network team
    approver: head of infrastructure
    ticket: NET-1
    created: 2026-01-05
    expires: 2026-03-31

  # the site
  - policy: cross-site-failover
    target: site:one
    fingerprints: ["0123456789abcdef"]
    reason: planned
    owner: web
    approver: head
    ticket: WEB-2
    created: 2026-01-05
    expires: 2026-01-20
"""
LINK = Waiver(
    "diverse-access-paths",
    "link:*",
    "the second link is ordered",
    "network team",
    "head of infrastructure",
    "NET-1",
    date(2026, 1, 5),
    date(2026, 3, 31),
    Location(NAME, 6, 5),
)
SITE = Waiver(
    "cross-site-failover",
    "site:one",
    "planned",
    "web",
    "head",
    "WEB-2",
    date(2026, 1, 5),
    date(2026, 1, 20),
    Location(NAME, 18, 5),
    ("0123456789abcdef",),
)


def read(text: str) -> Waivers:
    return parsed(text.encode(), NAME, TODAY)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_a_file_is_read_with_its_lines() -> None:
    found = read(FILE)
    assert (found.waivers, found.longest, found.longest_at) == ((LINK, SITE), 90, Location(NAME, 3, 1))


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("version: 1", "version: 2", "2:10", "version: found 2, expected 1, the version of this format"),
        (
            "longest: 90d",
            "longest: 3 months",
            "3:10",
            'longest: found "3 months", expected a number of days such as 90d',
        ),
        ("ticket: NET-1", "tickt: NET-1", "6:5", "waivers[0]: missing ticket"),
        ("ticket: NET-1", "ticket: NET-1\n    note: x", "14:5", 'waivers[0]: unknown key "note"'),
        ("reason: planned", "reason: ' '", "21:13", 'waivers[1].reason: found " ", expected a text'),
        ('["0123456789abcdef"]', "[0123456789012345]", "20:20", "expected 16 hexadecimal digits in quotes"),
        ("approver: head\n", "approver: 'WEB '\n", "23:15", "who is the owner; expected somebody else"),
        ("approver: head\n", 'approver: "@w\\u200beb"\n', "23:15", "who is the owner; expected somebody else"),
        ("expires: 2026-01-20", "expires: 2026-01-04", "26:14", "before the waiver was created (2026-01-05)"),
        ("expires: 2026-01-20", "expires: 2026-02-30", "26:14", "expected a day such as 2026-09-14"),
        (
            "created: 2026-01-05\n    expires: 2026-01-20",
            "created: 2026-01-25\n    expires: 2026-01-26",
            "25:14",
            "still to come",
        ),
        ("waivers:\n", "waivers: [\n", "28:1", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(old: str, new: str, place: str, said: str) -> None:
    assert old in FILE
    with pytest.raises(UsageError) as caught:
        read(FILE.replace(old, new))
    assert str(caught.value.location).removeprefix(f"{NAME}:") == place or said == "not valid YAML"
    assert said in caught.value.what


def wrong(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.why == "nothing was checked: what somebody accepts must be beyond doubt"
    assert caught.value.remedy == "correct these lines; docs/gate.md describes every key"
    return caught.value


def test_what_the_schema_forbids_is_told_whole() -> None:
    found = wrong(FILE.replace("version: 1", "version: 2"))
    assert found.what == "version: found 2, expected 1, the version of this format"
    assert found.location == Location(NAME, 2, 10)


def test_what_no_schema_can_tell_is_told_whole_with_all_else_of_its_kind() -> None:
    found = wrong(FILE.replace("approver: head\n", "approver: Web\n").replace("2026-01-20", "2026-01-04"))
    assert found.what == (
        'waivers[1].approver: found "Web", who is the owner; expected somebody else\n'
        f"{NAME}:26:14: waivers[1].expires: found 2026-01-04, which is before the waiver was created (2026-01-05)"
    )
    assert found.location == Location(NAME, 23, 15)


def test_a_file_that_is_not_read_whole_is_not_held_against_the_schema() -> None:
    twice = wrong(FILE.replace("version: 1", "version: 1\nversion: 1").replace("    ticket: NET-1\n", ""))
    assert twice.what == 'the key "version" is given twice, first at line 2'


def test_a_waiver_may_be_of_today_and_for_today_alone() -> None:
    values = {"owner": "web", "approver": "head", "created": str(TODAY), "expires": str(TODAY)}
    assert list(mistakes(values, TODAY)) == []


def test_a_file_without_a_longest_time_has_none_and_no_place_of_it() -> None:
    content = FILE.replace("longest: 90d\n", "").encode()
    assert parsed(content, "x/waivers.yaml", TODAY) == Waivers(
        "x/waivers.yaml",
        (
            replace(LINK, location=Location("x/waivers.yaml", 5, 5)),
            replace(SITE, location=Location("x/waivers.yaml", 17, 5)),
        ),
        None,
        None,
        hashlib.sha256(content).hexdigest(),
        {0: Location("x/waivers.yaml", 5, 13), 1: Location("x/waivers.yaml", 17, 13)},
    )


def test_all_policies_are_told_however_many_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        hold_policies(read(FILE), ["diverse-access-paths", *(f"q{number:02}" for number in range(20))])
    assert caught.value.what.endswith(f" {', '.join(f'q{number:02}' for number in range(19))} and q19")


def test_a_policy_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(
        UsageError, match=rf'{NAME}:18:13: .*"cross-site-failover"; did you mean "cross-site-failovers"'
    ):
        hold_policies(read(FILE), ["diverse-access-paths", "cross-site-failovers"])


def test_a_policy_like_none_that_there_is_is_told_with_all_of_them() -> None:
    with pytest.raises(UsageError) as caught:
        hold_policies(read(FILE), ["diverse-access-paths", "backups", "zones"])
    assert caught.value.what == (
        'there is no policy "cross-site-failover"; the policies are backups, diverse-access-paths and zones'
    )
    assert caught.value.location == Location(NAME, 18, 13)
    assert caught.value.why == "nothing was checked: what somebody accepts must be beyond doubt"
    assert caught.value.remedy == (
        "a policy of your own is known where its folder is given with --policies or policy_packs"
    )


def test_a_waiver_that_is_no_longer_as_it_was_read_is_told_at_its_item() -> None:
    with pytest.raises(UsageError) as caught:
        hold_policies(Waivers(waivers=(LINK,)), ["zones"])
    assert caught.value.location == LINK.location


def test_why_a_waiver_is_not_written_is_told_whole() -> None:
    at = Location(NAME, 7)
    found = refuse("found", "do this", at)
    assert (found.what, found.location, found.remedy) == ("found", at, "do this")
    assert found.why == "nothing was written: what somebody accepts must be beyond doubt"


def test_a_waiver_is_taken_out_with_its_comments_and_nothing_else() -> None:
    head, link, site = (
        FILE.partition("  # the wide")[0],
        FILE[FILE.index("  # the wide") : FILE.index("\n  # the site")],
        "",
    )
    site = FILE[FILE.index("\n  # the site") :]
    assert removed(FILE, [1], TODAY) == f"{head}{link}\n"
    assert removed(FILE, [0], TODAY) == f"{head}{site}"
    assert removed(FILE, [0, 1], TODAY) == "# ours\nversion: 1\nlongest: 90d\nwaivers: []\n\n"


def test_a_first_waiver_makes_the_file() -> None:
    assert added("", SITE, TODAY).splitlines()[2:8] == [
        "version: 1",
        "waivers:",
        "  - policy: cross-site-failover",
        "    target: site:one",
        '    fingerprints: ["0123456789abcdef"]',
        "    reason: planned",
    ]


def test_a_list_on_one_line_is_not_edited() -> None:
    text = (
        FILE[: FILE.index("waivers:")]
        + "waivers: [{policy: p, target: t, reason: r, owner: o, approver: a, ticket: t, created: 2026-01-01, expires: 2026-02-01}]\n"
    )
    with pytest.raises(UsageError, match="on one line"):
        removed(text, [0], TODAY)


words = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
days = st.dates(date(2026, 1, 1), TODAY)
waivers_ = st.builds(
    Waiver,
    st.sampled_from(["a", "cross-site-failover"]),
    words,
    words,
    words.map(lambda text: f"o{text}"),
    words.map(lambda text: f"a{text}"),
    words,
    days,
    st.dates(TODAY, date(2027, 1, 1)),
    st.just(Location(NAME, 1)),
    st.sampled_from([(), ("0123456789abcdef",), ("0000000000000000", "1111111111111111")]),
)


@given(st.lists(waivers_, max_size=3))
@settings(max_examples=40)
def test_what_is_added_is_read_and_taking_it_out_gives_the_file_back(found: Sequence[Waiver]) -> None:
    text = FILE
    for one in found:
        text = added(text, one, TODAY)
    assert text.startswith(FILE)
    assert len(read(text).waivers) == 2 + len(found)
    assert removed(text, range(2, 2 + len(found)), TODAY) == FILE
