"""Small programs in which a catalogue entry decides: with it the answer is known, without it another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.values import LookupAnswer, Unknown
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.catalogue.entries import PackageEntry
    from resilience_checks.model.graph import ResourceGraph

LATER = Unknown("computed at deployment")
ON_PREMISES = """
version: 1
sites:
  north: {region: gwent, aliases: [dc-north], perimeter: none}
  south: {region: cardiff, aliases: [dc-south], perimeter: none}
links: {dci: {between: [north, south]}}
services:
  app: {entry: front, scope: national, rto: 10m, rpo: 1m}
"""
CLOUD = """
version: 1
services:
  app: {entry: {select: {name: app}}, scope: national, rto: 10m, rpo: 1m}
"""


def devices(package: PackageEntry, token: str) -> tuple[ResourceGraph, str]:
    """Two devices, each enough for the service, that both carry one resource of the type."""
    program = Program()
    key = package.provider.key[0]
    for name, address in (("a", "a.example"), ("b", "b.example")):
        device = program.provider(package.package, name, **{key: address})
        program.add(token, f"thing-{name}", {"name": f"thing-{name}"}, provider=device)
    declared = """
components:
  front: {any-of: [{select: {provider: a.example}}, {select: {provider: b.example}}]}
placement:
  - {match: {provider: a.example}, site: north}
  - {match: {provider: b.example}, site: south}
"""
    return program.graph(), ON_PREMISES + declared


def machine() -> tuple[ResourceGraph, str]:
    """A machine whose host, pool, network and storage are all made by the program."""
    program = Program()
    vc = program.provider("vsphere", "vc", vsphereServer="vc.example")
    datacenter = program.add("vsphere:index/datacenter:Datacenter", "dc", {"name": "dc-north"}, provider=vc)
    host = program.add(
        "vsphere:index/host:Host",
        "esx1",
        {"hostname": "esx1.example", "datacenter": LATER},
        provider=vc,
        refers={"datacenter": datacenter},
    )
    cluster = program.add(
        "vsphere:index/computeCluster:ComputeCluster",
        "cluster",
        {"name": "c1", "datacenterId": LATER, "hostSystemIds": [LATER]},
        provider=vc,
        refers={"datacenterId": datacenter, "hostSystemIds[0]": host},
    )
    pool = program.add(
        "vsphere:index/resourcePool:ResourcePool",
        "pool",
        {"name": "p1", "parentResourcePoolId": LATER},
        provider=vc,
        refers={"parentResourcePoolId": cluster},
    )
    switch = program.add(
        "vsphere:index/distributedVirtualSwitch:DistributedVirtualSwitch",
        "dvs",
        {"name": "dvs", "datacenterId": LATER},
        provider=vc,
        refers={"datacenterId": datacenter},
    )
    group = program.add(
        "vsphere:index/distributedPortGroup:DistributedPortGroup",
        "pg",
        {"name": "pg", "distributedVirtualSwitchUuid": LATER},
        provider=vc,
        refers={"distributedVirtualSwitchUuid": switch},
    )
    server = program.add(
        "vsphere:index/virtualMachine:VirtualMachine",
        "app",
        {"name": "app", "resourcePoolId": LATER, "networkInterfaces": [{"networkId": LATER}]},
        provider=vc,
        refers={"resourcePoolId": pool, "networkInterfaces[0].networkId": group},
    )
    program.add(
        "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule",
        "apart",
        {"computeClusterId": LATER, "virtualMachineIds": [LATER]},
        provider=vc,
        refers={"computeClusterId": cluster, "virtualMachineIds[0]": server},
    )
    return program.graph(), ON_PREMISES + "components:\n  front: {select: {name: app}}\n"


def found_machine() -> tuple[ResourceGraph, str]:
    """A machine whose surroundings are all looked up."""
    program = Program()
    vc = program.provider("vsphere", "vc", vsphereServer="vc.example")

    def look(what: str, name: str) -> str:
        token = f"vsphere:index/get{what}:get{what}"
        refers = {} if what == "Datacenter" else {"datacenterId": datacenter}
        return program.lookup(token, name, provider=vc, refers=refers)

    datacenter = ""
    datacenter = look("Datacenter", "dc-north")
    found = {
        what: look(what, what.lower())
        for what in ("ResourcePool", "Host", "DatastoreCluster", "DistributedVirtualSwitch")
    }
    group = program.add(
        "vsphere:index/distributedPortGroup:DistributedPortGroup",
        "pg",
        {"name": "pg", "distributedVirtualSwitchUuid": LookupAnswer(found["DistributedVirtualSwitch"], "id")},
        provider=vc,
    )
    program.add(
        "vsphere:index/virtualMachine:VirtualMachine",
        "app",
        {
            "name": "app",
            "resourcePoolId": LookupAnswer(found["ResourcePool"], "id"),
            "hostSystemId": LookupAnswer(found["Host"], "id"),
            "datastoreClusterId": LookupAnswer(found["DatastoreCluster"], "id"),
            "networkInterfaces": [{"networkId": LATER}],
        },
        provider=vc,
        refers={"networkInterfaces[0].networkId": group},
    )
    return program.graph(), ON_PREMISES + "components:\n  front: {select: {name: app}}\n"


def relational_database() -> tuple[ResourceGraph, str]:
    """A database in two zones that is the service itself."""
    program = Program()
    return program.graph(), CLOUD


def table() -> tuple[ResourceGraph, str]:
    """A table that is the service itself."""
    program = Program()
    return program.graph(), CLOUD


def bucket() -> tuple[ResourceGraph, str]:
    """A bucket that is the service itself."""
    program = Program()
    return program.graph(), CLOUD


def campus() -> tuple[ResourceGraph, str]:
    """Two core switches of one site, in a fabric of that site, each enough for the service."""
    program = Program()
    cloud = program.provider("junipermist", "mist", host="api.example")
    site = program.add("junipermist:site/base:base", "north", {"name": "north"}, provider=cloud)
    macs = ("020000000001", "020000000002")
    for number, mac in enumerate(macs, start=1):
        program.add(
            "junipermist:device/switch:Switch",
            f"core-{number}",
            {"name": f"core-{number}", "deviceId": f"00000000-0000-0000-1000-{mac}", "siteId": LATER},
            provider=cloud,
            refers={"siteId": site},
        )
    program.add(
        "junipermist:site/evpnTopology:EvpnTopology",
        "fabric",
        {"name": "fabric", "siteId": LATER, "switches": {mac: {"role": "core"} for mac in macs}},
        provider=cloud,
        refers={"siteId": site},
    )
    return program.graph(), ON_PREMISES + "components:\n  front: {any-of: [{select: core-1}, {select: core-2}]}\n"


def vault(program: Program, kind: str) -> str:
    """Add a key vault with one secret or key, and return that."""
    refers = {"resourceGroupName": program.resources[0].urn}
    found = program.add(
        "azure-native:keyvault:Vault", "kv", {"vaultName": "kv", "resourceGroupName": "rg"}, refers=refers
    )
    name = f"{kind.lower()}Name"
    inputs = {name: "k", "vaultName": LATER, "resourceGroupName": "rg"}
    return program.add(f"azure-native:keyvault:{kind}", "k", inputs, refers={**refers, "vaultName": found})


def web_app_with(kind: str) -> Callable[[], tuple[ResourceGraph, str]]:
    """A web application with one setting that a key vault holds, behind a name of a zone of the same program."""

    def made() -> tuple[ResourceGraph, str]:
        program = Program()
        group = program.add(
            "azure-native:resources:ResourceGroup", "rg", {"resourceGroupName": "rg", "location": "UK South"}
        )
        held, refers = vault(program, kind), {"resourceGroupName": group}
        web = program.add(
            "azure-native:web:WebApp",
            "web",
            {"name": "web", "resourceGroupName": "rg", "siteConfig": {"appSettings": [{"value": LATER}]}},
            refers={**refers, "siteConfig.appSettings[0].value": held},
        )
        zone = program.add("azure-native:dns:Zone", "zone", {"zoneName": "nhs.example", "resourceGroupName": "rg"})
        program.add(
            "azure-native:dns:RecordSet",
            "app",
            {"relativeRecordSetName": "app", "zoneName": LATER, "targetResource": {"id": LATER}},
            refers={"zoneName": zone, "targetResource.id": web},
        )
        return program.graph(), CLOUD

    return made


def border() -> tuple[ResourceGraph, str]:
    """Two gateways of one site, which one template configures, each enough for the service."""
    program = Program()
    cloud = program.provider("junipermist", "mist", host="api.example")
    template = program.add(
        "junipermist:org/gatewaytemplate:Gatewaytemplate", "border", {"name": "border"}, provider=cloud
    )
    site = program.add(
        "junipermist:site/base:base",
        "north",
        {"name": "north", "gatewaytemplateId": LATER},
        provider=cloud,
        refers={"gatewaytemplateId": template},
    )
    for number in (1, 2):
        program.add(
            "junipermist:device/gateway:Gateway",
            f"gw-{number}",
            {"name": f"gw-{number}", "deviceId": f"00000000-0000-0000-1000-02000000001{number}", "siteId": LATER},
            provider=cloud,
            refers={"siteId": site},
        )
    return program.graph(), ON_PREMISES + "components:\n  front: {any-of: [{select: gw-1}, {select: gw-2}]}\n"


PROGRAMS: dict[str, Callable[[], tuple[ResourceGraph, str]]] = {
    "machine": machine,
    "found machine": found_machine,
    "relational database": relational_database,
    "table": table,
    "bucket": bucket,
    "campus": campus,
    "border": border,
}


PROVED = frozenset(
    [
        "f5bigip:cm/device:Device",
        "f5bigip:cm/deviceGroup:DeviceGroup",
        "f5bigip:ltm/monitor:Monitor",
        "f5bigip:ltm/node:Node",
        "f5bigip:ltm/pool:Pool",
        "f5bigip:ltm/poolAttachment:PoolAttachment",
        "f5bigip:ltm/virtualAddress:VirtualAddress",
        "f5bigip:ltm/virtualServer:VirtualServer",
        "f5bigip:net/selfIp:SelfIp",
        "f5bigip:net/vlan:Vlan",
        "f5bigip:net/route:Route",
        "f5bigip:index/gtmDatacenter:GtmDatacenter",
        "f5bigip:index/gtmServer:GtmServer",
        "f5bigip:index/gtmMonitorHttps:GtmMonitorHttps",
        "f5bigip:index/gtmMonitorHttp:GtmMonitorHttp",
        "f5bigip:index/gtmMonitorTcp:GtmMonitorTcp",
        "f5bigip:index/gtmMonitorBigip:GtmMonitorBigip",
        "f5bigip:index/gtmWideip:GtmWideip",
        "fortios:system/centralmanagement:Centralmanagement",
        "fortios:system/interface:Interface",
        "fortios:system/linkmonitor:Linkmonitor",
        "fortios:system/standalonecluster:Standalonecluster",
        "fortios:system/global:Global",
        "fortios:system/snmp/sysinfo:Sysinfo",
        "fortios:firewall/address:Address",
        "fortios:firewall/policy:Policy",
        "fortios:networking/routeStatic:RouteStatic",
        "junipermist:site/base:base",
        "junipermist:org/networktemplate:Networktemplate",
        "junipermist:org/gatewaytemplate:Gatewaytemplate",
        "junipermist:device/switch:Switch",
        "junipermist:org/evpnTopology:EvpnTopology",
        "junipermist:site/evpnTopology:EvpnTopology",
        "vsphere:index/datacenter:Datacenter",
        "vsphere:index/host:Host",
        "vsphere:index/distributedVirtualSwitch:DistributedVirtualSwitch",
        "vsphere:index/distributedPortGroup:DistributedPortGroup",
        "vsphere:index/getDatacenter:getDatacenter",
        "vsphere:index/getComputeCluster:getComputeCluster",
        "vsphere:index/getResourcePool:getResourcePool",
        "vsphere:index/getHost:getHost",
        "vsphere:index/getDatastore:getDatastore",
        "vsphere:index/getDatastoreCluster:getDatastoreCluster",
        "vsphere:index/getNetwork:getNetwork",
        "vsphere:index/getDistributedVirtualSwitch:getDistributedVirtualSwitch",
    ]
)
"""The types that these programs and the stacks prove; all others have a fixture of their own in `fixtures`."""
