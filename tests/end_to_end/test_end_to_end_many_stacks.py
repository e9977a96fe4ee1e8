"""Stacks that stand on each other's outputs: real programs, evaluated together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from resilience_checks import check
from resilience_checks.model.errors import UsageError
from resilience_checks.model.values import StackOutput, Unknown
from resilience_checks.report.formats import Style
from resilience_checks.report.github import Github
from resilience_checks.report.graph_json import as_data
from resilience_checks.report.json_report import JsonReport
from resilience_checks.report.terminal import Terminal
from tests.end_to_end.trees import APP, PLAN, SERVER, checked, line, plant, python, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph

REGION = "no-single-region-national-service"
PLATFORM = f"""\
resources:
  plan:
    type: {PLAN}
    properties: {{name: plan-1, location: uksouth}}
outputs:
  plan: ${{plan.id}}
"""
DATA = python(
    "platform = pulumi.StackReference('acme/platform/prod')",
    f"server = Thing('sql', '{SERVER}', serverName='sql-1', location='uksouth')",
    "pulumi.export('connection', pulumi.Output.concat('Server=', server.id))",
    "pulumi.export('plan', platform.get_output('plan'))",
    "pulumi.export('password', pulumi.Output.secret('hunter2'))",
)
BOOKING = python(
    "data = pulumi.StackReference('acme/data/prod')",
    f"Thing('app', '{APP}', name='app-1', serverFarmId=data.get_output('plan'),",
    "      siteConfig={'connectionStrings': [{'connectionString': data.require_output('connection')}]},",
    "      secret=data.get_output('password'))",
)
SERVICES = """\
version: 1
services:
  booking: {entry: {select: {name: app-1}}, scope: national, tier: 1, rto: 2h, rpo: 15m}
"""
CHAIN = {"booking": BOOKING, "data": DATA, "platform": PLATFORM}


def graphs(root: Path) -> Mapping[str, ResourceGraph]:
    return {graph.name: graph for graph in check.graphs(check.Options(paths=(root,), root=root))}


def app(name: str, reference: str, output: str = "plan") -> str:
    return python(
        f"there = pulumi.StackReference('{reference}')",
        f"here = Thing('app', '{APP}', name='{name}', serverFarmId=there.get_output('{output}'))",
        "pulumi.export('id', here.id)",
    )


def test_a_service_stands_on_a_chain_of_three_stacks_in_two_languages(tmp_path: Path) -> None:
    root = plant(tmp_path, CHAIN, resilience_yaml=SERVICES)
    report = checked(root)
    assert spoken(report, REGION) == [("violation", REGION, "region:uksouth", ("booking",))]
    [violation] = [item for item in report.results if item.policy == REGION and item.outcome == "violation"]
    assert str(violation.location) == line(root, "platform/Pulumi.yaml", "plan:")
    assert violation.chain[0].text == "an outage of region uksouth takes down WebApp app-1 and 2 more"
    assert violation.evidence["stacks"] == ["booking/prod", "data/prod", "platform/prod"]
    assert (report.failures, report.contradictions) == ((), ())


def test_each_graph_of_a_chain_says_what_it_links_to_and_no_secret_is_told(tmp_path: Path) -> None:
    found = graphs(plant(tmp_path, CHAIN))
    [made] = [item for item in found["booking/prod"].resources if item.name == "app"]
    assert made.inputs == {
        "name": "app-1",
        "serverFarmId": StackOutput("platform/prod", "plan"),
        "siteConfig": {"connectionStrings": [{"connectionString": StackOutput("data/prod", "connection")}]},
        "secret": found["data/prod"].outputs["password"],
    }
    assert found["data/prod"].output_dependencies == {
        "connection": (f"urn:pulumi:prod::data::{SERVER}::sql",),
        "plan": (
            "output:platform/prod:plan",
            "urn:pulumi:prod::data::pulumi:pulumi:StackReference::acme/platform/prod",
        ),
    }
    assert "hunter2" not in json.dumps([as_data(graph) for graph in found.values()])


NODE = """\
const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {}
const plan = new pulumi.StackReference("acme/platform/prod").getOutput("plan");
const app = new Thing("azure-native:web:WebApp", "app", { name: "app-1", serverFarmId: plan, kind: plan.apply((id) => `on-${id}`) });
exports.id = app.id;
exports.both = { list: [app.id, plan], plain: "x" };
"""


def test_a_node_program_reads_outputs_and_puts_out_links(tmp_path: Path, node_packages: Path) -> None:
    reader = app("app-2", "acme/shop/prod", "both").replace("get_output('both')", "get_output('both')['list'][0]")
    root = plant(tmp_path, {"platform": PLATFORM, "shop": NODE, "web": reader})
    (root / "shop" / "node_modules").symlink_to(node_packages)
    found = graphs(root)
    plan = StackOutput("platform/prod", "plan")
    [made] = [item for item in found["shop/prod"].resources if item.name == "app"]
    assert made.inputs == {
        "name": "app-1",
        "serverFarmId": plan,
        "kind": Unknown("built from output plan of stack platform/prod"),
    }
    assert found["shop/prod"].output_dependencies == {
        "both.list[0]": (made.urn,),
        "both.list[1]": (
            plan.reference,
            "urn:pulumi:prod::shop::pulumi:pulumi:StackReference::acme/platform/prod",
        ),
        "id": (made.urn,),
    }
    [above] = [item for item in found["web/prod"].resources if item.name == "app"]
    assert above.inputs["serverFarmId"] == StackOutput("shop/prod", "both.list[0]")


def test_the_three_forms_of_a_name(tmp_path: Path) -> None:
    program = python(
        "if pulumi.get_stack() == 'shared':",
        "    pulumi.export('plan', 'known')",
        "else:",
        "    names = ('organization/web/shared', 'organization/shared', 'shared')",
        "    found = [pulumi.StackReference(name).get_output('plan') for name in names]",
        f"    Thing('app', '{APP}', name='app-1', tags=found)",
    )
    found = graphs(plant(tmp_path, {"web": program}, {"web": "prod shared"}))
    [made] = [item for item in found["web/prod"].resources if item.name == "app"]
    assert made.inputs["tags"] == ["known", "known", "known"]
    assert [(link.name, link.stack) for link in found["web/prod"].references] == [
        ("organization/web/shared", "web/shared"),
        ("organization/shared", "web/shared"),
        ("shared", "web/shared"),
    ]


def test_stacks_in_a_circle_are_reported_at_both_lines_and_still_analysed(tmp_path: Path) -> None:
    files = {
        "dr": app("app-dr", "acme/live/prod", "id"),
        "live": app("app-1", "acme/dr/prod", "id"),
    }
    root = plant(tmp_path, files, resilience_yaml=SERVICES)
    report = checked(root)
    [remark] = report.circles
    assert remark.text == "stacks dr/prod and live/prod read each other's outputs: neither can be restored first"
    assert [str(place) for place in remark.locations] == [
        line(root, f"{name}/__main__.py", "pulumi.StackReference(") for name in ("dr", "live")
    ]
    assert remark.text in Terminal(Style(root)).render(report).replace("\n            ", " ")
    assert [text.count(remark.text) for text in (Github().render(report), JsonReport().render(report))] == [2, 1]
    found = graphs(root)
    inputs = {name: next(r.inputs for r in graph.resources if r.name == "app") for name, graph in found.items()}
    assert inputs == {
        "dr/prod": {"name": "app-dr", "serverFarmId": StackOutput("live/prod", "id")},
        "live/prod": {"name": "app-1", "serverFarmId": StackOutput("dr/prod", "id")},
    }


def test_a_stack_that_is_not_there_leaves_unknown_what_stands_on_it(tmp_path: Path) -> None:
    root = plant(tmp_path, {"booking": app("app-1", "acme/gone/prod")}, resilience_yaml=SERVICES)
    [result] = [item for item in checked(root).results if item.policy == REGION]
    assert result.outcome == "unknown"
    assert any(
        "acme/gone/prod, which is not among those checked: give it with --stack-outputs" in text
        for text in result.depends_on
    )


def test_a_stack_that_fails_leaves_undecided_only_what_stands_on_it(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        {
            "alone": python(f"Thing('app', '{APP}', name='app-2', location='uksouth')"),
            "booking": app("app-1", "acme/platform/prod"),
            "platform": python("raise ValueError('boom')"),
        },
    )
    report = checked(root)
    assert [(failure.subject, failure.what) for failure in report.failures] == [
        ("platform/prod", "ValueError: boom"),
        ("booking/prod", "booking/prod was not decided: another stack of its estate could not be evaluated"),
    ]
    assert {service.id for service in report.services} == {"app-2"}
    assert report.verdict.exit_code == 4


def test_what_a_user_gives_wins_and_a_difference_is_told_without_its_value(tmp_path: Path) -> None:
    network = python("pulumi.export('cidr', '10.1.0.0/16')", "pulumi.export('zone', 'a')")
    reader = python(
        "network = pulumi.StackReference('acme/network/prod')",
        f"Thing('app', '{APP}', name=network.get_output('cidr'), zone=network.get_output('zone'))",
    )
    root = plant(tmp_path, {"network": network, "web": reader})
    given = root / "outputs.json"
    given.write_text(json.dumps({"acme/network/prod": {"cidr": "10.2.0.0/16", "zone": "a"}}), encoding="utf-8")
    options = check.Options(paths=(root,), root=root, stack_outputs=given)
    found = {graph.name: graph for graph in check.graphs(options)}
    [made] = [item for item in found["web/prod"].resources if item.name == "app"]
    assert made.inputs == {"name": "10.2.0.0/16", "zone": "a"}
    [remark] = check.run(options).contradictions
    assert remark.text == "output cidr of stack network/prod is another in outputs.json than in its program"
    assert [place.path for place in remark.locations] == ["web/__main__.py", "network/Pulumi.yaml"]


def test_a_program_that_takes_an_unknown_output_apart_is_read_again_without_it(tmp_path: Path) -> None:
    reader = python(
        "plan = pulumi.StackReference('acme/platform/prod').get_output('plan')",
        f"Thing('app', '{APP}', name='app-1', serverFarmId=plan.apply(lambda text: text.split('/')[8]))",
    )
    found = graphs(plant(tmp_path, {"platform": PLATFORM, "web": reader}))
    [made] = [item for item in found["web/prod"].resources if item.name == "app"]
    why = "its program takes an output of stack platform/prod apart that is not known before deployment"
    assert made.inputs == {"name": "app-1", "serverFarmId": Unknown(why)}


def test_environments_that_share_a_network_stay_estates_of_their_own(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        {"booking": app("app-1", "acme/platform/shared"), "platform": PLATFORM},
        {"booking": "dev prod", "platform": "shared"},
        resilience_yaml=SERVICES,
    )
    report = checked(root)
    assert [service.id for service in report.services] == ["booking", "booking"]
    violations = [item for item in report.results if item.policy == REGION and item.outcome == "violation"]
    assert [item.evidence["stacks"] for item in violations] == [
        ["booking/dev", "platform/shared"],
        ["booking/prod", "platform/shared"],
    ]


@pytest.mark.parametrize(
    ("stacks", "code", "left_out"),
    [
        ("{gated: ['*/prod']}", 13, ()),
        ("{advisory: ['booking/*', 'platform/*']}", 0, ()),
        ("{advisory: ['*'], gated: ['booking/*']}", 13, ()),
        ("{ignored: ['spare/*'], advisory: ['booking/*']}", 0, ("spare/prod",)),
    ],
)
def test_how_strictly_stacks_are_gated(stacks: str, code: int, left_out: tuple[str, ...], tmp_path: Path) -> None:
    files = {
        "booking": app("app-1", "acme/platform/prod"),
        "platform": PLATFORM,
        "spare": python("raise ValueError('boom')") if left_out else python("pulumi.export('a', 'b')"),
    }
    report = checked(plant(tmp_path, files, resilience_yaml=f"{SERVICES}stacks: {stacks}\n"))
    assert [failure.what for failure in report.failures] == []
    assert spoken(report, REGION) == [("violation", REGION, "region:uksouth", ("booking",))]
    assert (report.verdict.exit_code, report.left_out) == (code, left_out)


def test_a_pattern_of_stacks_that_matches_none_is_an_error_at_its_line(tmp_path: Path) -> None:
    root = plant(
        tmp_path, {"platform": PLATFORM}, resilience_yaml="version: 1\nstacks:\n  advisory:\n    - platform/dev\n"
    )
    with pytest.raises(UsageError) as caught:
        checked(root)
    assert str(caught.value) == 'resilience.yaml:4:7: stacks: "platform/dev" matches no stack'
    assert caught.value.remedy == "the stacks found are platform/prod"


def test_a_pattern_of_stacks_elsewhere_is_not_held_against_a_part_of_the_repository(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        {"platform": PLATFORM, "web": python("pulumi.export('a', 'b')")},
        resilience_yaml="version: 1\nstacks: {advisory: [platform/prod]}\n",
    )
    assert checked(root, paths=(root / "web",)).failures == ()


def test_a_stack_that_is_not_selected_is_listed_and_its_outputs_say_so(tmp_path: Path) -> None:
    root = plant(
        tmp_path, {"booking": app("app-1", "acme/platform/prod"), "platform": PLATFORM}, resilience_yaml=SERVICES
    )
    report = checked(root, "booking/*")
    [result] = [item for item in report.results if item.policy == REGION]
    assert (report.left_out, result.outcome) == (("platform/prod",), "unknown")
    assert any("acme/platform/prod, which is left out of this check" in text for text in result.depends_on)


def deployed(project: str, identity: str) -> str:
    """Return the state of a stack with one plan, whose id it puts out."""
    root = f"urn:pulumi:prod::{project}::pulumi:pulumi:Stack::{project}-prod"
    plan = {
        "urn": f"urn:pulumi:prod::{project}::{PLAN}::plan",
        "type": PLAN,
        "custom": True,
        "id": identity,
        "parent": root,
        "inputs": {"name": "plan-1", "location": "uksouth"},
    }
    stack = {"urn": root, "type": "pulumi:pulumi:Stack", "custom": False, "outputs": {"plan": identity}}
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": [stack, plan]}})


def test_a_program_stands_on_what_a_state_says_is_deployed(tmp_path: Path) -> None:
    root = plant(tmp_path, {"booking": app("app-1", "acme/platform/prod")}, resilience_yaml=SERVICES)
    state = root / "state.json"
    state.write_text(deployed("platform", "/subscriptions/1/plan-1"), encoding="utf-8")
    options = check.Options(paths=(root,), root=root, states=(state,))
    found = {graph.name: graph for graph in check.graphs(options)}
    [made] = [item for item in found["booking/prod"].resources if item.name == "app"]
    assert made.inputs["serverFarmId"] == "/subscriptions/1/plan-1"
    assert made.element_dependencies["serverFarmId"][0] == "output:platform/prod:plan"
    assert spoken(check.run(options), REGION) == [("violation", REGION, "region:uksouth", ("booking",))]


def test_a_state_stands_on_what_another_state_says_is_deployed(tmp_path: Path) -> None:
    root = plant(
        tmp_path, {"booking": app("app-1", "acme/platform/prod"), "platform": PLATFORM}, resilience_yaml=SERVICES
    )
    prefix = "urn:pulumi:prod::booking::"
    reference = {
        "urn": f"{prefix}pulumi:pulumi:StackReference::acme/platform/prod",
        "type": "pulumi:pulumi:StackReference",
        "custom": True,
        "external": True,
        "id": "acme/platform/prod",
        "inputs": {"name": "acme/platform/prod"},
    }
    served = {
        "urn": f"{prefix}{APP}::app",
        "type": APP,
        "custom": True,
        "id": "app-1",
        "inputs": {"name": "app-1", "serverFarmId": "/plan-1"},
        "dependencies": [reference["urn"]],
        "propertyDependencies": {"serverFarmId": [reference["urn"]]},
    }
    states = (root / "booking.json", root / "platform.json")
    content = {"version": 3, "deployment": {"manifest": {}, "resources": [reference, served]}}
    states[0].write_text(json.dumps(content), encoding="utf-8")
    states[1].write_text(deployed("platform", "/plan-1"), encoding="utf-8")
    report = check.run(check.Options(paths=(root,), root=root, states=states))
    assert spoken(report, REGION) == [("violation", REGION, "region:uksouth", ("booking",))]
