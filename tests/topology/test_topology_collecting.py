"""What is found in the programs: things with their elements, counts by type, and what the outputs of stacks come from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.graph import StackLink
from resilience_checks.model.values import StackOutput
from resilience_checks.topology.collecting import collect
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.described import foreign
from resilience_checks.topology.selectors import Candidate
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from resilience_checks.model.values import Value

SERVER = "f5bigip:index/gtmServer:GtmServer"
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"


def test_each_element_of_a_resource_is_a_thing_of_its_own_and_each_type_is_counted() -> None:
    program = Program()
    device = program.provider("f5bigip", "lb", address="lb.example")
    servers = {"name": "/Common/dc", "virtualServers": [{"name": "one"}, {"name": "two"}]}
    program.add(SERVER, "dc", servers, provider=device)
    for name in ("a", "b"):
        program.add("nimbus:compute/server:Server", name)
    found = collect([program.graph()], Catalogue(), Declarations.empty())
    assert [(thing.id, thing.base, thing.owner.id if thing.owner else None) for thing in found.all] == [
        ("lb.example", "", None),
        ("lb.example//Common/dc", "", None),
        ("lb.example//Common/dc:one", "virtualServers[0]", "lb.example//Common/dc"),
        ("lb.example//Common/dc:two", "virtualServers[1]", "lb.example//Common/dc"),
    ]
    assert found.known == {"pulumi:providers:f5bigip": 1, SERVER: 1}
    assert found.unknown == {"nimbus:compute/server:Server": 2}


def test_what_the_catalogue_does_not_know_is_selected_by_all_that_its_program_says() -> None:
    program = Program()
    cloud = program.provider("nimbus", "cloud")
    group = program.add("acme:index:Group", "group", custom=False)
    inputs: dict[str, Value] = {"size": "small", "tags": {"resilience:site": "n", "tier": "1"}}
    urn = program.add("nimbus:compute/server:Server", "web", inputs, provider=cloud, parent=group)
    assert foreign(collect([program.graph()], Catalogue(), Declarations.empty())) == [
        Candidate(
            urn=urn,
            within=(group,),
            type="nimbus:compute/server:Server",
            names=("web",),
            provider_names=("cloud", "cloud"),
            tags={"resilience:site": ["n"], "tier": "1"},
            inputs=inputs,
        )
    ]


def test_an_output_comes_from_what_it_is_within_and_from_all_that_is_below_it() -> None:
    maker, user = Program(), Program()
    one, two, other = (maker.add(MACHINE, name, {"name": name}) for name in ("one", "two", "other"))
    behind = {"machines[0]": (one,), "machines[1]": (two, one), "other": (other,)}
    made = replace(maker.graph(), project="net", output_dependencies=behind)
    paths = ("machines", "machines[1].name", "other", "nothing")
    outputs = {path: StackOutput("net/prod", path) for path in paths}
    elsewhere = StackOutput("elsewhere/prod", "machines")
    refers = {f"x{number}": output.reference for number, output in enumerate((*outputs.values(), elsewhere))}
    user.add(MACHINE, "user", {"name": "user"}, refers=refers)
    used = replace(user.graph(), references=(StackLink("urn:link", "net", "net/prod"),))
    assert collect([made, used], Catalogue(), Declarations.empty()).outputs == {
        outputs["machines"].reference: (made, (one, two)),
        outputs["machines[1].name"].reference: (made, (two, one)),
        outputs["other"].reference: (made, (other,)),
        outputs["nothing"].reference: (made, ()),
    }
