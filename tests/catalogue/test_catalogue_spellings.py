"""Types of Azure are known by the tokens of dated modules and of older SDKs, as the SDK's own aliases have them."""

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
