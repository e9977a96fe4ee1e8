"""Fault trees of estates: when two formulas are one, and the whole file that another engine reads."""

from __future__ import annotations

from textwrap import dedent

import pytest

from resilience_checks.analysis.cut_sets.tree import Tree
from resilience_checks.analysis.lowering import Formulas, Trees, fault_trees
from resilience_checks.analysis.open_psa.reader import Named, read
from resilience_checks.analysis.open_psa.writer import File, written
from resilience_checks.model.errors import UsageError
from resilience_checks.topology.gates import All, AnyOf
from tests.analysis.test_analysis_semantics import RECORD, estate, part, path


def test_an_estate_is_written_with_the_events_below_its_services_by_their_own_names() -> None:
    entry = All((path("a"), AnyOf((path("b <1>"), path("c\t")))))
    found = fault_trees(estate(entry, *(part(name) for name in ("a", "b <1>", "c\t", "aside"))), pessimistic=False)
    events = ("device:a/outage", "device:b <1>/outage", "device:c\t/outage")
    assert found == Trees(Tree(3, (2, 1), ((1, 2), (0, 3))), events, {RECORD: 4})
    text = """
    <?xml version="1.0" encoding="UTF-8"?>
    <opsa-mef>
      <define-fault-tree name="my_estate">
        <define-gate name="record">
          <label>record</label>
          <gate name="g1"/>
        </define-gate>
        <define-gate name="g0">
          <and>
            <basic-event name="device_b_1_outage"/>
            <basic-event name="device_c_outage"/>
          </and>
        </define-gate>
        <define-gate name="g1">
          <or>
            <basic-event name="device_a_outage"/>
            <gate name="g0"/>
          </or>
        </define-gate>
      </define-fault-tree>
      <model-data>
        <define-basic-event name="device_a_outage"><label>device:a/outage</label></define-basic-event>
        <define-basic-event name="device_b_1_outage"><label>device:b &lt;1&gt;/outage</label></define-basic-event>
        <define-basic-event name="device_c_outage"><label>device:c /outage</label></define-basic-event>
      </model-data>
    </opsa-mef>
    """
    names = dict(zip(events, ("device_a_outage", "device_b_1_outage", "device_c_outage"), strict=True))
    assert written(found, "my estate") == File(dedent(text).lstrip(), {RECORD: "record"}, names)


def test_formulas_that_fail_alike_are_equal_however_they_are_written() -> None:
    formulas = Formulas(["a", "b", "c"])
    a, b, c = map(formulas.event, "abc")
    either, both = formulas.any([a, b]), formulas.every([a, b])
    assert formulas.every([either, a]) == a
    assert formulas.any([both, a]) == a
    assert formulas.any([both, formulas.every([a, c])]) == formulas.every([a, formulas.any([b, c])])
    assert formulas.every([either, b]) != a
    assert either != both


def test_what_is_read_is_a_tree_with_the_name_of_its_top() -> None:
    text = """
    <opsa-mef>
    <define-fault-tree name="t"><define-gate name="g"><or><event name="b"/><event name="a"/></or></define-gate></define-fault-tree>
    <model-data><define-basic-event name="a"/><define-basic-event name="b"/></model-data>
    </opsa-mef>
    """
    assert read(dedent(text).strip().encode(), "t.xml", "t.g") == Named(Tree(2, (1,), ((1, 0),)), ("a", "b"), 2, "g")


def test_a_file_without_gates_has_none_to_choose() -> None:
    with pytest.raises(UsageError) as found:
        read(b'<opsa-mef><define-fault-tree name="t"/></opsa-mef>', "t.xml", "g")
    assert (str(found.value), found.value.remedy) == ("t.xml defines no gate g", "define one")
