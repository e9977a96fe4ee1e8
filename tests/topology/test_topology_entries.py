"""What catalogue entries draw from a program's inputs: members and their order, labels, spreads, units and copies."""

from __future__ import annotations

from typing import Any

import pytest

from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.location import Location
from resilience_checks.model.values import Basis, Reason, Unknown
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Estate, Fact, Member
from resilience_checks.topology.estate_builder import build
from resilience_checks.topology.gates import All, Failover, Nature, Term, Up, Way
from tests.topology.gate_text import tell
from tests.topology.graphs import Program

CATALOGUE = Catalogue()
LATER = Unknown("computed at deployment")


def built(program: Program) -> Estate:
    return build([program.graph()], Declarations.empty(), CATALOGUE)


def fact(name: str, values: tuple[str, ...], why: str, remedy: str, line: int | None) -> Fact:
    location = None if line is None else Location("__main__.py", line)
    return Fact(name, values, Reason(why, Basis.UNKNOWN, location), remedy)


def balanced(**pool: object) -> Estate:
    """Return a load balancer that tries two pools in order, each of three origins and one that is off."""
    program = Program()
    monitor = {"interval": 60, "timeout": 5, "retries": 1}
    watching = program.add("cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor", "monitor", monitor)
    pools = []
    for name in ("one", "two"):
        origins = [{"address": f"{name}-{number}", "enabled": number < 3} for number in range(4)]
        inputs = {"name": name, "monitor": LATER, "origins": origins, **pool}
        token = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
        pools.append(program.add(token, name, inputs, refers={"monitor": watching}))
    program.add(
        "cloudflare:index/loadBalancer:LoadBalancer",
        "www",
        {"name": "www", "defaultPools": [LATER, LATER], "steeringPolicy": "off"},
        refers={f"defaultPools[{number}]": pool for number, pool in enumerate(pools)},
    )
    return built(program)


def test_pools_in_an_order_are_moved_to_after_the_first() -> None:
    one, two = (
        f"{name} (path): LoadBalancer www uses LoadBalancerPool {name} (defaultPools[{number}]) @4"
        for number, name in enumerate(("one", "two"))
    )
    moves = "moving takes detection 60 s + retries 10 s + time to live 30 s @4 (documented)"
    assert tell(balanced().parts["www"].gate) == {
        f"failover: {moves}": [
            one,
            (100.0, None, {"any: LoadBalancer www needs 1 of its 2 pools @4": [one, two]}, {"all: -": []}),
        ]
    }


def test_the_device_that_watches_servers_moves_their_traffic_in_the_steps_that_the_monitor_says() -> None:
    program = Program()
    device = program.provider("fortios", "fw", hostname="fw.example", token="t")
    monitor = {"name": "m", "interval": 5, "retry": 2}
    program.add("fortios:firewall/ldbmonitor:Ldbmonitor", "m", monitor, provider=device)
    servers = [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}]
    inputs = {"name": "v", "type": "server-load-balance", "monitors": [{"name": "m"}], "realservers": servers}
    program.add("fortios:firewall/vip:Vip", "v", inputs, provider=device)
    gate = built(program).parts["fw.example/v"].gate
    assert isinstance(gate, All)
    moves = gate.items[1]
    assert isinstance(moves, Failover)
    (standby,) = moves.standbys
    at = Location("__main__.py", 3)
    why = Reason("firewall fw.example moves the traffic of Vip v", location=at)
    assert standby.mover == Up("fw.example", Nature.MOVER, why)
    assert standby.way is not None
    (term,) = standby.way.terms
    read = Reason("interval 5 x retry 2 of Ldbmonitor m", location=Location("__main__.py", 2), source=term.why.source)
    assert standby.way == Way("Vip v moves", (Term("detection", 10.0, read),))


ORIGINS = [
    f"'one-{number}' outside the checked programs (path): LoadBalancerPool one uses 'one-{number}'"
    f" (origins[{number}].address) @2"
    for number in range(3)
]
SOME: dict[str, Any] = {"any: LoadBalancerPool one needs some of its 3 origins @2": ORIGINS}


@pytest.mark.parametrize(
    ("least", "enough"),
    [
        (2, {"2 of: LoadBalancerPool one needs 2 of its 3 origins @2": ORIGINS}),
        (LATER, {"origins needed by one": {"one": SOME, "all": {"all: -": ORIGINS}}}),
    ],
)
def test_a_pool_needs_all_its_origins_until_it_moves_to_as_many_as_are_enough(least: object, enough: object) -> None:
    found = balanced(minimumOrigins=least)
    assert tell(found.parts["one"].gate) == {
        "failover: moving takes detection 60 s + retries 10 s @2 (documented)": [
            {"all, shared: -": ORIGINS},
            (70.0, None, enough, {"all: -": []}),
        ]
    }
    assert found.facts.get("origins needed by one") == (
        None
        if least == 2
        else fact(
            "origins needed by one",
            ("one", "all"),
            "how many of its 3 origins LoadBalancerPool one needs is not known",
            "give minimumOrigins in the program",
            2,
        )
    )


def cluster(*workloads: tuple[str, object, object]) -> Estate:
    """Return a service over `app: web` and workloads, each with its label and what its instances are spread by."""
    program = Program()
    provider = program.provider("kubernetes", "k", context="k")
    for name, label, selector in workloads:
        spread = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
        pods = {
            "metadata": {"labels": {"app": label, "tier": "front"}},
            "spec": {"topologySpreadConstraints": [{**spread, "labelSelector": selector}]},
        }
        inputs = {"metadata": {"name": name, "namespace": "d"}, "spec": {"replicas": 2, "template": pods}}
        program.add("kubernetes:apps/v1:Deployment", name, inputs, provider=provider)
    front = {"metadata": {"name": "front", "namespace": "d"}, "spec": {"selector": {"app": "web"}}}
    program.add("kubernetes:core/v1:Service", "front", front, provider=provider)
    return built(program)


def test_a_service_uses_what_bears_all_of_its_labels() -> None:
    found = cluster(("web", "web", {}), ("api", "api", {}))
    assert tell(found.parts["k/front"].gate) == {
        "all: -": [
            "k (path): Service front runs on compute-group k @4",
            "k/web (path): Service front uses Deployment web @2",
        ]
    }


def test_labels_that_are_not_known_may_be_those_of_the_service() -> None:
    found = cluster(("web", LATER, {}))
    assert found.facts["k/web is selected by k/front"] == fact(
        "k/web is selected by k/front",
        ("yes", "no"),
        "whether Service front selects Deployment web is not known: labels or namespace are not",
        "give them in the program or the stack's configuration",
        2,
    )


@pytest.mark.parametrize(
    ("selector", "apart"),
    [
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "api"}}, False),
        ({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "app", "operator": "Exists"}]}, False),
        ({}, False),
        (LATER, False),
    ],
)
def test_instances_stand_surely_apart_if_a_rule_selects_themselves(selector: object, apart: bool) -> None:
    found = cluster(("web", "web", selector))
    one, two = (f"k/web#instance-{number} (path): Deployment web runs there @2" for number in (1, 2))
    second = two if apart else {"hosts of k/web": {"several": two, "one": {"any: -": []}}}
    assert tell(found.parts["k/web"].gate) == {
        "all: -": [
            {"any: one instance of Deployment web is enough @2": [one, second]},
            "k (path): Deployment web runs on compute-group k @2",
        ]
    }


def test_only_what_a_monitor_refers_to_is_left_in_time() -> None:
    program = Program()
    pools = [program.add("openstack:loadbalancer/pool:Pool", name, {"name": name}) for name in ("one", "other")]
    watch = {"poolId": LATER, "delay": 10, "maxRetriesDown": 2}
    program.add("openstack:loadbalancer/monitor:Monitor", "watch", watch, refers={"poolId": pools[0]})
    for number, pool in enumerate(pools):
        for name in (f"a{number}", f"b{number}"):
            server = program.add("openstack:compute/instance:Instance", name, {"name": name})
            refers = {"poolId": pool, "address": server}
            program.add("openstack:loadbalancer/member:Member", name, dict.fromkeys(refers, LATER), refers=refers)
    found = built(program)
    uses = [f"Instance {name} (path): Pool one uses Instance {name} @{line}" for name, line in (("a0", 5), ("b0", 7))]
    assert tell(found.parts["one"].gate) == {
        "failover: moving takes detection 20 s @1": [
            {"all, shared: -": uses},
            (20.0, None, {"any: Pool one needs 1 of its 2 members @1": uses}, {"all: -": []}),
        ]
    }
    others = [
        f"Instance {name} (path): Pool other uses Instance {name} @{line}" for name, line in (("a1", 9), ("b1", 11))
    ]
    assert tell(found.parts["other"].gate) == {"all, shared: -": others}


def test_a_second_unit_stands_with_the_first_or_elsewhere_where_its_region_is_not_known() -> None:
    program = Program()
    second = {"name": "edge-2", "metroCode": LATER}
    program.add(
        "equinix:networkedge/device:Device", "edge", {"name": "edge", "metroCode": "LD", "secondaryDevice": second}
    )
    found = built(program)
    assert found.facts == {
        "place of unit 2 of edge": fact(
            "place of unit 2 of edge",
            ("with the first", "elsewhere"),
            "where unit 2 of Device edge stands is not known",
            "give its place in the program or the stack's configuration",
            1,
        )
    }
    assert found.domains["region:ld"].members == (
        Member("edge#1"),
        Member("edge#2", (("place of unit 2 of edge", "with the first"),)),
    )
    why = "Device edge has 2 units @1 (documented)"
    assert tell(found.parts["edge"].gate) == {f"any: {why}": [f"edge#{number} (path): {why}" for number in (1, 2)]}


def test_what_may_be_several_units_is_asked_where_it_is_made() -> None:
    program = Program()
    program.add("openstack:networking/router:Router", "edge", {"name": "edge", "distributed": LATER})
    found = built(program)
    assert found.facts["units of edge"] == fact(
        "units of edge",
        ("several", "one"),
        "how many units Router edge has depends on distributed",
        "give distributed in the program",
        1,
    )


def test_what_nobody_knows_may_need_anything_and_nobody_says_what() -> None:
    program = Program()
    made = program.add("nimbus:compute/server:Server", "web")
    program.declare("Component", "web", members=[made])
    found = built(program)
    assert found.facts["what web needs"] == fact(
        "what web needs",
        ("nothing more", "something lost"),
        "the catalogue does not know nimbus:compute/server:Server, so nobody says what Server web needs",
        "add a catalogue entry for its type, or declare a component that selects it, with its `role`",
        1,
    )


def test_the_settings_of_a_gateway_are_up_with_the_gateway() -> None:
    program = Program()
    cluster = program.add("junipermist:device/gatewayCluster:GatewayCluster", "pair", {"name": "pair"})
    inputs = {"name": "settings", "deviceId": LATER}
    program.add("junipermist:device/gateway:Gateway", "settings", inputs, refers={"deviceId": cluster})
    up = "pair (path): Gateway settings are the settings of GatewayCluster pair @2"
    assert tell(built(program).parts["settings"].gate) == up


@pytest.mark.parametrize(("ranks", "candidates"), [((LATER, 5), ["b", "a"]), ((5, LATER), ["a", "b"])])
def test_which_member_is_the_first_is_not_known_where_a_rank_is_not(
    ranks: tuple[object, ...], candidates: list[str]
) -> None:
    program = Program()
    endpoints = [{"name": name, "target": name, "priority": rank} for name, rank in zip("ab", ranks, strict=True)]
    profile = {"profileName": "front", "trafficRoutingMethod": "Priority", "endpoints": endpoints}
    program.add("azure-native:network:Profile", "front", profile)
    found = built(program)
    uses = {
        name: f"'{name}' outside the checked programs (path): Profile front uses '{name}' (endpoints[{n}].target) @1"
        for n, name in enumerate("ab")
    }
    values = ("candidate 1", "candidate 2")
    first = "first endpoints of front"
    assert tell(found.parts["front"].gate) == {
        first: {value: uses[name] for value, name in zip(values, candidates, strict=True)}
    }
    assert found.facts[first] == fact(
        first,
        values,
        "which of its endpoints Profile front uses first is not known",
        "give priority in the program",
        1,
    )
