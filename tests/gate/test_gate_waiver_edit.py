"""A waiver is put into a file and taken out of it, and all else stays as it stands there: whole files compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from resilience_checks.gate.waiver_edit import added, removed
from resilience_checks.gate.waiver_file import NAME, parsed
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.waiver import Waiver

TODAY = date(2026, 1, 24)
NOT_WRITTEN = "nothing was written: what somebody accepts must be beyond doubt"
A = Waiver("zones", "db", "r", "o", "a", "T-1", date(2026, 1, 5), date(2026, 3, 31), Location(NAME, 1), ("0" * 16,))
LINES = (
    "policy: zones",
    "target: db",
    f'fingerprints: ["{"0" * 16}"]',
    "reason: r",
    "owner: o",
    "approver: a",
    "ticket: T-1",
    "created: 2026-01-05",
    "expires: 2026-03-31",
)
HEAD = "version: 1\nwaivers:\n"
LAST = "# the end\nlongest: 90d\n"


def item(target: str = "db", indent: str = "  ") -> str:
    """Return one waiver, as it is written into a file."""
    lines = "".join(f"{indent}  {line}\n" for line in LINES).replace("target: db", f"target: {target}")
    return f"{indent}- {lines.removeprefix(f'{indent}  ')}"


def at(target: str) -> Waiver:
    return replace(A, target=target)


DASH = f"  -\n{item('dash').replace('- ', '  ')}"
FLOW = f"  - {{{', '.join(LINES).replace('target: db', 'target: flow')}}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + item(), HEAD + item() + item("new")),
        ((HEAD + item())[:-1], HEAD + item() + item("new")),
        (HEAD + item("a") + item("b") + item("c"), HEAD + item("a") + item("b") + item("c") + item("new")),
        (HEAD + item(indent=""), HEAD + item(indent="") + item("new", "")),
        (HEAD + "# of db\n" + item(), HEAD + "# of db\n" + item() + item("new")),
        (HEAD + item() + "  # no more\n", HEAD + item() + item("new") + "  # no more\n"),
        (HEAD + item() + "\n\n" + LAST, HEAD + item() + item("new") + "\n\n" + LAST),
        (HEAD + DASH, HEAD + DASH + item("new")),
        (HEAD + FLOW, HEAD + FLOW + item("new")),
        ("version: 1\nwaivers: []\n", HEAD + item("new")),
        ("version: 1\nwaivers: [ ]  # none\n" + LAST, HEAD + item("new")[:-1] + "  # none\n" + LAST),
    ],
)
def test_a_waiver_is_added_below_the_last(text: str, expected: str) -> None:
    assert added(text, at("new"), TODAY) == expected


def test_a_first_waiver_makes_a_file_that_says_what_it_is() -> None:
    assert added("", A, TODAY) == (
        "# yaml-language-server: $schema=resilience-waivers.schema.json\n"
        "# Which findings are accepted, by whom, and until when: docs/gate.md of resilience-checks.\n"
        "version: 1\n"
        "waivers:\n" + item()
    )


@pytest.mark.parametrize("end", ["", LAST, "\n" + LAST])
def test_each_waiver_is_taken_out_alone(end: str) -> None:
    one, two, three = item("one"), item("two"), item("three")
    text = HEAD + one + two + three + end
    assert removed(text, [0], TODAY) == HEAD + two + three + end
    assert removed(text, [1], TODAY) == HEAD + one + three + end
    assert removed(text, [2], TODAY) == HEAD + one + two + end
    assert removed(text, [2, 0], TODAY) == HEAD + two + end
    assert removed(text, range(3), TODAY) == "version: 1\nwaivers: []\n" + end


def test_a_waiver_is_taken_out_of_a_file_without_an_end_of_its_last_line() -> None:
    assert removed((HEAD + item("one") + item("two"))[:-1], [1], TODAY) == HEAD + item("one")
    assert removed(HEAD + "- {" + ", ".join(LINES) + "\n}", [0], TODAY) == "version: 1\nwaivers: []\n"


@pytest.mark.parametrize("other", [DASH, FLOW, item("one"), item("one") + "\n", item("one") + "\n\n\n"])
def test_the_comments_above_a_waiver_go_with_it_and_those_of_the_next_stay(other: str) -> None:
    mine, next_ = "  # mine\n  # too\n", "  # of the next\n" + item("two")
    assert removed(HEAD + mine + other + next_, [1], TODAY) == HEAD + mine + other
    left = other[len(other.rstrip()) + 1 :]
    assert removed(HEAD + mine + other + next_, [0], TODAY) == HEAD + left + next_


def test_comments_above_the_list_stay() -> None:
    text = "# ours\nwaivers:\n" + "# one\n" + item("one", "") + item("two", "") + "version: 1\n"
    assert removed(text, [0], TODAY) == "# ours\nwaivers:\n" + item("two", "") + "version: 1\n"
    quoted = text.replace("waivers", '"waivers"')
    assert removed(quoted, [0], TODAY) == '# ours\n"waivers":\n' + item("two", "") + "version: 1\n"


TEXTS = (
    ("Ysbyty Tŷ Gwyn", "Ysbyty Tŷ Gwyn"),
    ("the plan is X", "the plan is X"),
    ("a: b", "'a: b'"),
    ("true", "'true'"),
    ("# no", "'# no'"),
    ("12", "'12'"),
    ("it " * 50 + "is", "it " * 50 + "is"),
    ("link:*", "link:*"),
    ("* link", "'* link'"),
    ("db\u2003", "db\u2003"),
    ("ŷ\nb", '"ŷ\\nb"'),
)


@pytest.mark.parametrize(("text", "written"), TEXTS, ids=range(len(TEXTS)))
def test_a_text_is_written_on_one_line_as_it_is_or_in_quotes(text: str, written: str) -> None:
    found = added(HEAD + item(), at(text), TODAY)
    assert found == HEAD + item() + item(written)
    assert parsed(found.encode(), NAME, TODAY).waivers[1].target == text


def test_all_fingerprints_are_written() -> None:
    found = added(HEAD + item(), replace(A, fingerprints=("0" * 16, "1" * 16)), TODAY)
    two = item().replace(f'["{"0" * 16}"]', f'["{"0" * 16}", "{"1" * 16}"]')
    assert found == HEAD + item() + two


def refused(text: str, waiver: Waiver | None = None) -> UsageError:
    """Return why the text cannot be edited: by adding the waiver, or by taking out the first."""
    with pytest.raises(UsageError) as caught:
        removed(text, [0], TODAY) if waiver is None else added(text, waiver, TODAY)
    return caught.value


def test_a_list_on_one_line_is_refused_with_what_to_do() -> None:
    flow = "version: 1\nwaivers: [" + FLOW.strip().removeprefix("- ") + "]\n"
    for found in (refused(flow), refused(flow, at("new"))):
        assert (found.what, found.location, found.why, found.remedy) == (
            "the waivers are written as `[...]` on one line",
            None,
            NOT_WRITTEN,
            "write each as an item of its own, beginning with a dash",
        )


def test_what_would_not_be_read_as_it_was_meant_is_not_written() -> None:
    found = refused(HEAD + item(), replace(A, reason="two  spaces"))
    assert (found.what, found.location, found.why, found.remedy) == (
        "the list cannot be edited by this command",
        None,
        NOT_WRITTEN,
        "edit the file by hand",
    )


def test_what_may_not_be_written_is_told_at_the_line_that_it_would_have() -> None:
    found = refused(HEAD + item(), replace(A, approver="o"))
    assert (found.what, found.location) == (
        'waivers[1].approver: found "o", who is the owner; expected somebody else',
        Location(NAME, 17, 15),
    )


def test_a_file_that_cannot_be_read_is_not_edited() -> None:
    wrong = HEAD.replace("1", "2") + item()
    for found in (refused(wrong), refused(wrong, at("new"))):
        assert (found.what, found.location) == (
            "version: found 2, expected 1, the version of this format",
            Location(NAME, 1, 10),
        )
    assert refused("version: 1\n", A).what == "missing waivers"
