"""Open-PSA files: what is read as the same tree, and what is refused at which line."""

from __future__ import annotations

from textwrap import dedent

import pytest

from resilience_checks.analysis.cut_sets.portfolio import minimal_cut_sets
from resilience_checks.analysis.open_psa.reader import read
from resilience_checks.model.errors import CheckError, InputError, UsageError

EVENTS = "<model-data>{}</model-data>".format(
    "".join(f'<define-basic-event name="{name}"><float value="0.1"/></define-basic-event>' for name in "abcd")
)


def sets(text: str, top: str | None = None, order: int = 3) -> list[list[str]]:
    """Return the cut sets of a file, by the names of their events."""
    named = read(text.encode(), "t.xml", top)
    found = minimal_cut_sets(named.tree, [named.top], order)[0]
    return [[named.events[event] for event in each] for size in found.by_order for each in size]


def gates(text: str, *, events: str = EVENTS) -> str:
    return (
        f'<opsa-mef>\n<define-fault-tree name="t">\n{dedent(text).strip()}\n</define-fault-tree>\n{events}\n</opsa-mef>'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<define-gate name="g"><or><basic-event name="a"/><event name="b"/></or></define-gate>', [["a"], ["b"]]),
        (
            '<define-gate name="g"><label>both</label><and><event name="a"/><event name="b"/></and></define-gate>',
            [["a", "b"]],
        ),
        ('<define-gate name="g"><basic-event name="a"/></define-gate>', [["a"]]),
        (
            '<define-gate name="g"><atleast min="2"><event name="a"/><event name="b"/><event name="c"/></atleast></define-gate>',
            [["a", "b"], ["a", "c"], ["b", "c"]],
        ),
        (
            (
                '<define-gate name="g"><cardinality min="2" max="3"><event name="a"/><event name="b"/><event name="c"/>'
                "</cardinality></define-gate>"
            ),
            [["a", "b"], ["a", "c"], ["b", "c"]],
        ),
        (
            (
                '<define-gate name="g"><or><and><event name="a"/><or><event name="b"/><event name="c"/></or></and>'
                '<event name="d" type="basic-event"/></or></define-gate>'
            ),
            [["d"], ["a", "b"], ["a", "c"]],
        ),
        (
            (
                '<define-gate name="g"><or><event name="h" type="gate"/><gate name="h"/></or></define-gate>'
                '<define-gate name="h"><and><event name="a"/><event name="b"/></and></define-gate>'
            ),
            [["a", "b"]],
        ),
        (
            '<define-gate name="g"><atleast min="2"><event name="a"/><event name="a"/><event name="b"/></atleast></define-gate>',
            [["a"]],
        ),
        ('<define-gate name="g"><or><event name="a"/><constant value="false"/></or></define-gate>', [["a"]]),
        ('<define-gate name="g"><or><event name="a"/><constant value="true"/></or></define-gate>', [[]]),
        (
            (
                '<define-gate name="g"><and><event name="a"/><house-event name="on"/></and></define-gate>'
                '<define-house-event name="on"><constant value="true"/></define-house-event>'
            ),
            [["a"]],
        ),
        (
            (
                '<define-gate name="g"><and><event name="a"/><house-event name="off"/></and></define-gate>'
                '<define-house-event name="off"/>'
            ),
            [],
        ),
    ],
)
def test_formulas_mean_what_the_format_says(text: str, expected: list[list[str]]) -> None:
    assert sets(gates(text)) == expected


def test_names_are_looked_up_from_where_they_stand() -> None:
    text = """
    <opsa-mef>
      <define-fault-tree name="one">
        <define-gate name="top"><or><gate name="inner.local"/><gate name="two.g"/><gate name="shared"/></or></define-gate>
        <define-component name="inner" role="private">
          <define-gate name="local"><event name="x"/></define-gate>
          <define-basic-event name="x"/>
        </define-component>
      </define-fault-tree>
      <define-fault-tree name="two">
        <define-gate name="g"><and><event name="x"/><event name="y"/></and></define-gate>
        <define-gate name="shared"><event name="x"/></define-gate>
        <define-basic-event name="x" role="private"/>
        <define-basic-event name="y"/>
      </define-fault-tree>
    </opsa-mef>"""
    assert sets(text.strip()) == [["one.inner.x"], ["two.x"]]


def test_the_top_is_the_gate_to_which_no_other_refers_or_the_one_that_is_named() -> None:
    two = gates(
        '<define-gate name="g"><event name="a"/></define-gate>\n<define-gate name="h"><gate name="i"/></define-gate>\n'
        '<define-gate name="i"><event name="b"/></define-gate>'
    )
    with pytest.raises(UsageError) as found:
        read(two.encode(), "t.xml")
    assert str(found.value) == "t.xml:4:1: t.xml has 2 gates to which no other refers: g, h"
    assert found.value.remedy == "choose one, for example --top g"
    assert [sets(two, top) for top in ("g", "h", "i", "t.i", "a")] == [[["a"]], [["b"]], [["b"]], [["b"]], [["a"]]]
    with pytest.raises(UsageError, match="defines no gate nope"):
        read(two.encode(), "t.xml", "nope")


A = '<event name="a"/>'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            f'<define-gate name="g"><or>{A}\n<not>{A}</not></or></define-gate>',
            "t.xml:4:1: <not> makes the fault tree non-coherent",
        ),
        *(
            (
                f'<define-gate name="g"><{op}>{A}<event name="b"/></{op}></define-gate>',
                f"<{op}> makes the fault tree non-coherent",
            )
            for op in ("xor", "nand", "nor", "iff", "imply")
        ),
        (
            f'<define-gate name="g"><cardinality min="0" max="0">{A}</cardinality></define-gate>',
            "<cardinality> with max below 1",
        ),
        ('<define-gate name="g"><or>\n<gate name="h"/></or></define-gate>', "t.xml:4:1: h is not defined"),
        ('<define-gate name="g">\n<event name="e"/></define-gate>', "t.xml:4:1: e is not defined"),
        (
            '<define-gate name="g"><gate name="a"/></define-gate>',
            "a is referred to as a gate, but t.xml:5:13 defines it as a basic event",
        ),
        ('<define-gate name="g"><gate name="g"/></define-gate>', "t.xml:3:1: g refers to itself"),
        (
            f'<define-gate name="g"><or>{A}<and><gate name="g"/><event name="b"/></and></or></define-gate>',
            "t.xml:3:1: g refers to itself",
        ),
        (
            (
                '<define-gate name="r"><gate name="g"/></define-gate>\n<define-gate name="g"><or><gate name="h"/></or></define-gate>'
                '\n<define-gate name="h"><and><gate name="g"/></and></define-gate>'
            ),
            "t.xml:4:1: g, h refer to each other in a circle",
        ),
        (
            f'<define-gate name="g">{A}</define-gate>\n<define-gate name="g">{A}</define-gate>',
            "t.xml:4:1: t.g is defined twice",
        ),
        (f'<define-gate name="a">{A}</define-gate>', "a is defined twice"),
        (
            f'<define-gate name="g"><atleast min="3">{A}<event name="b"/></atleast></define-gate>',
            "<atleast> asks for 3 of 2 arguments",
        ),
        (f'<define-gate name="g"><atleast min="0">{A}</atleast></define-gate>', "min is 0"),
        (f'<define-gate name="g"><atleast min="two">{A}</atleast></define-gate>', "min is 'two'"),
        (f'<define-gate name="g"><atleast>{A}</atleast></define-gate>', "<atleast> has no min"),
        ('<define-gate name="g"><or/></define-gate>', "<or> has no arguments"),
        ('<define-gate name="g"/>', "g has no formula"),
        (f'<define-gate name="g">{A}{A}</define-gate>', "g has 2 formulas"),
        (f"<define-gate>{A}</define-gate>", "<define-gate> has no name"),
        ('<define-gate name="g"><maybe/></define-gate>', "<maybe> is no formula"),
        ('<define-gate name="g"><constant value="yes"/></define-gate>', "a constant is 'yes'"),
        ('<define-gates name="g"/>', "<define-gates> has no place in a fault tree"),
        ('<define-CCF-group name="g"/>', "<define-CCF-group> changes the fault tree"),
        ("", "t.xml defines no gate"),
        ("<or>", "t.xml is no XML: mismatched tag"),
        (
            f'<define-gate name="g">{"<or>" * 400}{A}{"</or>" * 400}</define-gate>',
            "elements are nested more than 300 deep",
        ),
    ],
)
def test_what_is_no_coherent_fault_tree_is_refused_at_its_line(text: str, what: str) -> None:
    with pytest.raises(InputError) as found:
        read(gates(text).encode(), "t.xml")
    assert what in str(found.value)
    assert found.value.location is not None
    assert found.value.remedy


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no element found"),
        (b"top := a & b", "syntax error"),
        (b"<html></html>", "the root is <html>, not <opsa-mef>"),
        (b'<?xml version="1.0" encoding="klingon"?><opsa-mef/>', "is no XML"),
        (b"<opsa-mef>\xff</opsa-mef>", "is no XML"),
        (b'<!DOCTYPE x [<!ENTITY e "e">]>\n<opsa-mef/>', "t.xml has a document type declaration"),
        (b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd">\n<opsa-mef/>', "t.xml has a document type declaration"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(CheckError, match=what.replace("<", ".")):
        read(data, "t.xml")


def test_what_stands_beside_the_tree_that_is_asked_about_need_not_be_coherent() -> None:
    text = gates(
        f'<define-gate name="g">{A}</define-gate><define-gate name="h"><not><gate name="g"/></not></define-gate>'
    )
    assert sets(text, "g") == [["a"]]
    with pytest.raises(InputError, match="<not> makes"):
        read(text.encode(), "t.xml")
