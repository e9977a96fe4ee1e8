"""Types are known by the tokens of dated modules and of older SDKs, as far as the SDK has aliases as these have them."""

from __future__ import annotations

import pytest

from resilience_checks.catalogue.loader import Catalogue
from tests.catalogue.sdk_names import aliases_of

CATALOGUE = Catalogue()
FORMER = {
    "azure-native:network:Zone": "azure-native:dns:Zone",
    "azure-native:network:RecordSet": "azure-native:dns:RecordSet",
    "azure-native:network:Profile": "azure-native:trafficmanager:Profile",
    "azure-native:network:Endpoint": "azure-native:trafficmanager:Endpoint",
    "azure-native:network:PrivateZone": "azure-native:privatedns:PrivateZone",
    "azure-native:network:VirtualNetworkLink": "azure-native:privatedns:VirtualNetworkLink",
    "azure-native:network:DnsResolver": "azure-native:dnsresolver:DnsResolver",
    "azure-native:network:FrontDoor": "azure-native:frontdoor:FrontDoor",
    "azure-native:documentdb:DatabaseAccount": "azure-native:cosmosdb:DatabaseAccount",
    "azure-native:cache:Redis": "azure-native:redis:Redis",
    "azure-native:cache:RedisEnterprise": "azure-native:redisenterprise:RedisEnterprise",
    "azure-native:insights:ActionGroup": "azure-native:monitor:ActionGroup",
    "azure-native:insights:Component": "azure-native:applicationinsights:Component",
}


@pytest.mark.parametrize(("former", "today"), FORMER.items())
def test_a_former_token_is_that_of_today(former: str, today: str) -> None:
    module, _, name = former.rpartition(":")
    assert CATALOGUE.spelled(former) == today
    assert CATALOGUE.spelled(f"{module}/v20230201preview:{name}") == today
    assert CATALOGUE.entry(former) == CATALOGUE.entry(today) is not None
    assert any(
        CATALOGUE.spelled(alias) == today
        for alias in aliases_of("pulumi_azure_native", today)
        if alias.startswith(module)
    )


OLDER = {
    "cloudflare:index/ipsecTunnel:IpsecTunnel": "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel",
    "equinix:metal/device:Device": "equinix-metal:index/device:Device",
    "fortios:index/systemHa:SystemHa": "fortios:system/ha:Ha",
    "fortios:index/routerStatic:RouterStatic": "fortios:router/static:Static",
    "junipermist:device/base:base": "junipermist:site/base:base",
    "kubernetes:extensions/v1beta1:Deployment": "kubernetes:apps/v1:Deployment",
    "proxmoxve:CT/container:Container": "proxmoxve:index/containerLegacy:ContainerLegacy",
    "proxmoxve:HA/hAResource:HAResource": "proxmoxve:index/haresourceLegacy:HaresourceLegacy",
    "proxmoxve:VM/virtualMachine:VirtualMachine": "proxmoxve:index/vmLegacy:VmLegacy",
    "proxmoxve:index/vm2:Vm2": "proxmoxve:index/vm2Legacy:Vm2Legacy",
}


@pytest.mark.parametrize(("former", "today"), OLDER.items())
def test_a_token_of_an_older_release_is_that_of_today(former: str, today: str) -> None:
    assert CATALOGUE.entry(former) == CATALOGUE.entry(today) is not None
