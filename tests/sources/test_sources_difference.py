"""What a deployment would do, read from two graphs of one stack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.model.operation import CHANGE, CREATE, DELETE, SAME, Operation
from resilience_checks.model.question import Holds
from resilience_checks.model.resource import ResourceOptions
from resilience_checks.model.values import Secret, Unknown
from resilience_checks.sources.difference import differences, operations
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Resource

KIND = "a:b:C"
LATER = Unknown("computed at deployment")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)


def graph(*resources: Resource) -> ResourceGraph:
    return replace(Program().graph(), resources=resources)


def resource(name: str = "one", options: ResourceOptions | None = None, /, **inputs: object) -> Resource:
    program = Program()
    program.add(KIND, name, inputs)
    return replace(program.resources[0], options=options or ResourceOptions())


def told(before: ResourceGraph, after: ResourceGraph) -> dict[str, Operation]:
    return {urn.rpartition("::")[2]: operation for urn, operation in operations(before, after).items()}


def changed(*paths: str) -> Operation:
    return Operation(CHANGE, paths, deletes_first=Holds.UNKNOWN)


def test_resources_are_made_kept_changed_and_removed() -> None:
    before = graph(resource("kept", a=1), resource("changed", a={"b": [1, 2]}, c="x"), resource("gone"))
    after = graph(resource("kept", a=1), resource("changed", a={"b": [1, 3]}, d="x"), resource("made"))
    assert told(before, after) == {
        "kept": Operation(SAME),
        "changed": changed("a.b[1]", "c", "d"),
        "made": Operation(CREATE),
        "gone": Operation(DELETE),
    }


def test_an_option_of_the_program_says_that_the_old_one_goes_first() -> None:
    options = ResourceOptions(delete_before_replace=True)
    found = told(graph(resource("one", options, a=1)), graph(resource("one", options, a=2)))
    assert found == {"one": Operation(CHANGE, ("a",), deletes_first=Holds.YES)}


def test_an_alias_is_the_same_resource_and_another_name_is_not() -> None:
    old, new = resource("old", a=1), resource("new", a=1)
    aliased = replace(new, options=ResourceOptions(aliases=(old.urn,)))
    assert told(graph(old), graph(aliased)) == {"new": Operation(SAME)}
    assert told(graph(old), graph(new)) == {"new": Operation(CREATE), "old": Operation(DELETE)}


def test_what_is_ignored_or_retained_is_no_change() -> None:
    ignoring = ResourceOptions(ignore_changes=("a.b",))
    assert told(graph(resource("one", ignoring, a={"b": 1})), graph(resource("one", ignoring, a={"b": 2}))) == {
        "one": Operation(SAME)
    }
    assert told(graph(resource("one", ResourceOptions(retain_on_delete=True))), graph()) == {"one": Operation(SAME)}


def test_equal_secrets_are_no_change_and_other_ones_are() -> None:
    one, same, other = (graph(resource(key=Secret(digest))) for digest in ("x", "x", "y"))
    assert told(one, same) == {"one": Operation(SAME)}
    assert told(one, other) == {"one": changed("key")}


def uses(name: str, urn: str) -> Resource:
    return replace(resource(name, id=LATER), property_dependencies={"id": (urn,)})


def test_a_value_that_is_not_known_is_the_same_where_it_comes_from_the_same() -> None:
    one, other = resource("one", a=1), resource("other")
    before = graph(one, other, uses("user", one.urn))
    assert told(before, before)["user"] == Operation(SAME)
    assert told(before, graph(one, other, uses("user", other.urn)))["user"] == changed("id")


def test_what_takes_an_unknown_value_of_a_changed_resource_may_change() -> None:
    one, other = resource("one", a=1), resource("one", a=2)
    found = told(graph(one, uses("user", one.urn)), graph(other, uses("user", one.urn)))
    why = "id is known only once one was deployed"
    assert found["user"] == replace(changed("id"), certain=False, why=why)


def test_another_provider_instance_is_a_change_unless_it_only_has_another_name() -> None:
    def program(name: str, address: str) -> ResourceGraph:
        made = Program()
        device = made.provider("fortios", name, hostname=address)
        made.add(KIND, "one", {}, provider=device)
        return made.graph()

    assert told(program("a", "x"), program("b", "x"))["one"] == Operation(SAME)
    assert told(program("a", "x"), program("b", "y"))["one"] == changed("provider")


@given(JSON, JSON)
def test_there_are_differences_exactly_where_values_differ(one: object, other: object) -> None:
    assert not list(differences(one, one))  # type: ignore[arg-type]
    there, back = (set(differences(*pair)) for pair in ((one, other), (other, one)))  # type: ignore[arg-type]
    assert there == back


def test_a_path_into_the_folder_where_each_version_ran_is_the_same() -> None:
    before, after = graph(resource(context="/tmp/x/tree/web/app")), graph(resource(context="/repo/web/app"))
    assert operations(before, after, ("/tmp/x/tree", "/repo")) == {after.resources[0].urn: Operation(SAME)}
    assert told(before, after) == {"one": changed("context")}
