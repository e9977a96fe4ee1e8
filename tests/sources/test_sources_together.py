"""What stacks that name each other become, whatever order and number of threads they are evaluated with."""

from __future__ import annotations

import itertools
import os
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.errors import InputError
from resilience_checks.model.graph import ResourceGraph, StackLink
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Resource
from resilience_checks.model.values import Secret, StackOutput, Unknown
from resilience_checks.sources.given import Given
from resilience_checks.sources.stacks.linking import STACK_REFERENCE
from resilience_checks.sources.stacks.names import meant
from resilience_checks.sources.stacks.together import Evaluated, Together
from resilience_checks.sources.wire import SECRET, SIGNATURE, secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Program = Callable[[Mapping[str, Any | None]], Mapping[str, Any]]

LATER = Unknown("computed at deployment")


@dataclass
class Fake:
    """A program that reads outputs by name and returns its own, which it also gives to one resource."""

    name: str
    program: Program
    given: Given
    reads: tuple[str, ...] = ()
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    directory: Path = Path()

    @property
    def stack(self) -> str:
        return self.name.rpartition("/")[2]

    def start(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing runs."""

    def graph(self) -> ResourceGraph:
        told = {name: self.given.outputs(name) for name in self.reads}
        outputs = {
            key: secret(value["value"]) if isinstance(value, dict) and value.get(SIGNATURE) == SECRET else value
            for key, value in self.program(told).items()
        }
        references = tuple(
            Resource(f"urn:{name}", STACK_REFERENCE, name, custom=True, inputs={"name": name}) for name in self.reads
        )
        behind = {key: (f"urn:{name}",) for key in outputs for name in self.reads}
        user = Resource("urn:user", "t", "user", custom=True, inputs=outputs, element_dependencies=behind)
        project, _, stack = self.name.rpartition("/")
        return ResourceGraph(
            project, stack, Location("Pulumi.yaml", 1), "program", (*references, user), outputs=outputs
        )


@dataclass(frozen=True)
class Written:
    """A program as a test writes it."""

    name: str
    program: Program
    reads: tuple[str, ...] = ()

    def make(self, given: Given) -> Fake:
        return Fake(self.name, self.program, given, self.reads)


def evaluate(
    *programs: Written, given: Given | None = None, elsewhere: Sequence[str] = ()
) -> tuple[dict[str, Evaluated], tuple[tuple[int, ...], ...]]:
    with closing(Together([program.make for program in programs], given or Given(), elsewhere=elsewhere)) as together:
        together.start()
        results = together.results()
        return {result.source.name: result for result in results}, together.circles


def outputs(results: Mapping[str, Evaluated], name: str) -> Mapping[str, Any]:
    graph = results[name].graph
    assert graph is not None
    return graph.outputs


def passing_on(name: str, key: str = "id") -> Program:
    def program(told: Mapping[str, Any]) -> Mapping[str, Any]:
        return {key: told[name][key] if told[name] else LATER}

    return program


@pytest.fixture(params=[1, 2, 8], autouse=True)
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: request.param)


NETWORK = Written("network/prod", lambda _: {"id": LATER, "cidr": "10.0.0.0/8", "subnets": [LATER, "subnet-2"]})


def test_a_known_output_is_handed_over_and_an_unknown_one_is_a_link() -> None:
    def program(told: Mapping[str, Any]) -> Mapping[str, Any]:
        network = told["network"]
        return {
            "whole": network["id"],
            "text": f"net-{network['id']}",
            "cidr": network["cidr"],
            "list": network["subnets"],
        }

    results, circles = evaluate(Written("network/app", program, ("network",)), replace(NETWORK, name="network/network"))
    graph = results["network/app"].graph
    assert graph is not None
    assert graph.by_urn["urn:user"].inputs == {
        "whole": StackOutput("network/network", "id"),
        "text": Unknown("built from output id of stack network/network"),
        "cidr": "10.0.0.0/8",
        "list": [StackOutput("network/network", "subnets[0]"), "subnet-2"],
    }
    assert graph.by_urn["urn:user"].element_dependencies == {
        "whole": ("output:network/network:id", "urn:network"),
        "text": ("output:network/network:id", "urn:network"),
        "cidr": ("output:network/network:cidr", "urn:network"),
        "list": ("urn:network",),
        "list[0]": ("output:network/network:subnets[0]",),
        "list[1]": ("output:network/network:subnets[1]",),
    }
    assert graph.references == (StackLink("urn:network", "network", "network/network"),)
    assert circles == ()


def test_three_stacks_in_a_chain_lead_to_the_first() -> None:
    results, _ = evaluate(
        Written("c/prod", passing_on("o/b/prod"), ("o/b/prod",)),
        Written("b/prod", passing_on("o/network/prod"), ("o/network/prod",)),
        NETWORK,
    )
    assert outputs(results, "c/prod") == {"id": StackOutput("network/prod", "id")}
    assert {name: sorted(result.needs) for name, result in results.items()} == {
        "c/prod": [1],
        "b/prod": [2],
        "network/prod": [],
    }


def test_each_program_runs_once() -> None:
    runs: list[str] = []

    def noted(name: str, program: Program) -> Program:
        def run(told: Mapping[str, Any]) -> Mapping[str, Any]:
            runs.append(name)
            return program(told)

        return run

    names = [f"p{number}/prod" for number in range(12)]
    programs = [Written(names[0], noted(names[0], lambda _: {"id": LATER}))]
    for before, name in itertools.pairwise(names):
        programs.append(Written(name, noted(name, passing_on(f"o/{before}")), (f"o/{before}",)))
    results, _ = evaluate(*reversed(programs))
    assert outputs(results, names[-1]) == {"id": StackOutput(names[0], "id")}
    assert sorted(runs) == sorted(names)


def test_a_circle_is_found_and_what_is_known_beyond_it_is_handed_over() -> None:
    def reading(name: str) -> Program:
        def program(told: Mapping[str, Any]) -> Mapping[str, Any]:
            return {"own": LATER, "other": told[name]["own"] if told[name] else LATER}

        return program

    results, circles = evaluate(
        Written("app/dr", reading("o/app/prod"), ("o/app/prod",)),
        Written("app/prod", reading("o/app/dr"), ("o/app/dr",)),
        Written("portal/prod", passing_on("o/app/dr", "other"), ("o/app/dr",)),
    )
    assert circles == ((0, 1),)
    assert outputs(results, "app/dr") == {"own": LATER, "other": StackOutput("app/prod", "own")}
    assert outputs(results, "app/prod") == {"own": LATER, "other": StackOutput("app/dr", "own")}
    assert outputs(results, "portal/prod") == {"other": StackOutput("app/prod", "own")}


@pytest.mark.parametrize(
    ("name", "elsewhere", "why"),
    [
        (
            "o/gone/prod",
            (),
            "it is an output of stack o/gone/prod, which is not among those checked: give it with --stack-outputs",
        ),
        (
            "o/network/dev",
            ("network/dev",),
            "it is an output of stack o/network/dev, which is left out of this check: check it as well, or give it with --stack-outputs",
        ),
        (
            "o/app/prod",
            (),
            "it is an output of o/app/prod, this stack itself, from its last deployment: give it with --stack-outputs",
        ),
    ],
)
def test_the_outputs_of_a_stack_that_is_not_there_are_unknown_and_say_why(
    name: str, elsewhere: tuple[str, ...], why: str
) -> None:
    results, _ = evaluate(Written("app/prod", passing_on(name), (name,)), NETWORK, elsewhere=elsewhere)
    graph = results["app/prod"].graph
    assert graph is not None
    assert graph.by_urn["urn:user"].inputs == {"id": Unknown(why)}


def test_a_failed_stack_leaves_its_outputs_unknown_and_the_others_whole() -> None:
    def failing(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise InputError("boom")

    results, _ = evaluate(
        Written("app/prod", passing_on("o/broken/prod"), ("o/broken/prod",)), Written("broken/prod", failing), NETWORK
    )
    assert [(name, str(result.error)) for name, result in results.items() if result.error] == [("broken/prod", "boom")]
    assert results["app/prod"].needs == {1}
    assert outputs(results, "network/prod") == {"id": LATER, "cidr": "10.0.0.0/8", "subnets": [LATER, "subnet-2"]}


def test_what_a_user_gives_wins_over_what_the_program_says() -> None:
    given = Given(stack_outputs={"network/prod": {"id": "net-1"}}, stack_outputs_file="outputs.json")
    results, _ = evaluate(Written("app/prod", passing_on("o/network/prod"), ("o/network/prod",)), NETWORK, given=given)
    graph = results["app/prod"].graph
    assert graph is not None
    assert graph.by_urn["urn:user"].inputs == {"id": "net-1"}
    assert graph.by_urn["urn:user"].element_dependencies == {"id": ("output:network/prod:id", "urn:o/network/prod")}


def test_a_secret_is_equal_in_both_stacks_and_never_told() -> None:
    hidden = secret("hunter2")
    seen: list[str] = []

    def program(told: Mapping[str, Any]) -> Mapping[str, Any]:
        seen.append(str(told))
        return {"copy": told["o/vault/prod"]["password"]}

    results, _ = evaluate(
        Written("vault/prod", lambda _: {"password": {SIGNATURE: SECRET, "value": "hunter2"}}),
        Written("app/prod", program, ("o/vault/prod",)),
    )
    assert outputs(results, "app/prod") == {"copy": hidden} == {"copy": Secret(hidden.digest)}
    assert "hunter2" not in seen[0]
    assert hidden.digest not in seen[0]


@pytest.mark.parametrize("apart", [lambda text: text[2:9], int, list], ids=["cut", "number", "letters"])
def test_a_program_that_takes_an_unknown_output_apart_is_told_nothing(apart: Callable[[str], Any]) -> None:
    def program(told: Mapping[str, Any]) -> Mapping[str, Any]:
        network = told["o/network/prod"]
        if network is None:
            return {"part": LATER}
        try:
            return {"part": apart(network["id"])}
        except ValueError as error:
            raise InputError(str(error)) from error

    results, _ = evaluate(Written("app/prod", program, ("o/network/prod",)), NETWORK)
    why = "its program takes an output of stack network/prod apart that is not known before deployment"
    graph = results["app/prod"].graph
    assert graph is not None
    assert graph.by_urn["urn:user"].inputs == {"part": Unknown(why)}


def test_a_failure_that_goes_away_without_outputs_is_told() -> None:
    def failing(told: Mapping[str, Any]) -> Mapping[str, Any]:
        if told["o/network/prod"] is not None:
            raise InputError("boom", location=Location("app/__main__.py", 3))
        return {"part": LATER}

    results, _ = evaluate(Written("app/prod", failing, ("o/network/prod",)), NETWORK)
    graph = results["app/prod"].graph
    assert graph is not None
    [note] = graph.notes
    assert note.endswith("some of which are not known yet, the program failed at app/__main__.py:3")


def test_a_failure_that_has_nothing_to_do_with_outputs_is_told_as_it_is() -> None:
    def failing(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise InputError("boom")

    results, _ = evaluate(Written("app/prod", failing, ("o/network/prod",)), NETWORK)
    assert str(results["app/prod"].error) == "boom"


def test_an_error_of_this_tool_is_not_taken_for_one_of_a_program() -> None:
    def failing(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        evaluate(Written("app/prod", failing))


@dataclass(frozen=True)
class Name:
    name: str

    @property
    def stack(self) -> str:
        return self.name.rpartition("/")[2]


STACKS = [Name(name) for name in ("app/dev", "network/prod", "network/dev", "dns/global")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acme/network/prod", ["network/prod"]),
        ("network/prod", ["network/prod"]),
        ("acme/dev", ["app/dev"]),
        ("dev", ["app/dev"]),
        ("global", ["dns/global"]),
        ("acme/network/test", []),
        ("test", []),
        ("", []),
        ("a/b/c/d", []),
    ],
)
def test_which_stack_a_name_means_in_a_stack_of_the_project_app(name: str, expected: list[str]) -> None:
    assert [found.name for found in meant(name, Name("app/prod"), STACKS)] == expected


def test_a_bare_name_that_two_projects_have_is_said_to_be_unclear() -> None:
    results, _ = evaluate(
        Written("app/prod", passing_on("shared"), ("shared",)),
        replace(NETWORK, name="a/shared"),
        replace(NETWORK, name="b/shared"),
    )
    graph = results["app/prod"].graph
    assert graph is not None
    assert graph.by_urn["urn:user"].inputs == {
        "id": Unknown("2 of the checked stacks can be meant by shared: name it as organization/project/stack")
    }
