"""Nested components, configuration objects and lookups that depend on what is being made."""

import pulumi
from pulumi import InvokeOutputOptions, Output, ResourceOptions
from pulumi_azure_native import authorization, network, resources, storage, web

config = pulumi.Config()
site = config.require_object("site")
client = authorization.get_client_config()
group = resources.ResourceGroup("platform", tags={"tenant": client.tenant_id})


class Store(pulumi.ComponentResource):
    def __init__(self, name, group_name, opts=None):
        super().__init__("sample:azure:Store", name, {"group": group_name}, opts)
        self.account = storage.StorageAccount(
            f"{name}store",
            resource_group_name=group_name,
            kind="StorageV2",
            sku=storage.SkuArgs(name=storage.SkuName.STANDARD_ZRS),
            opts=ResourceOptions(parent=self),
        )
        self.key = storage.list_storage_account_keys_output(
            account_name=self.account.name,
            resource_group_name=group_name,
            opts=InvokeOutputOptions(parent=self, depends_on=[self.account]),
        ).apply(lambda answer: answer.keys[0].value if answer.keys else "none")
        self.register_outputs({"key": Output.secret(self.key)})


class Platform(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("sample:azure:Platform", name, None, opts)
        self.store = Store(name, group.name, ResourceOptions(parent=self))
        plan = web.AppServicePlan(
            name,
            resource_group_name=group.name,
            sku=web.SkuDescriptionArgs(name="P1v3", capacity=3),
            zone_redundant=site["nested"]["deep"],
            opts=ResourceOptions(parent=self),
        )
        self.app = web.WebApp(
            name,
            resource_group_name=group.name,
            server_farm_id=plan.id,
            site_config=web.SiteConfigArgs(
                app_settings=[
                    web.NameValuePairArgs(name="KEY", value=self.store.key),
                    web.NameValuePairArgs(name="PASSWORD", value=config.require_secret("password")),
                    web.NameValuePairArgs(name="PORTS", value=Output.json_dumps({"ports": site["ports"]})),
                ]
            ),
            tags=Output.all(plan=plan.name, group=group.name).apply(lambda parts: {"of": f"{parts['plan']}"}),
            opts=ResourceOptions(parent=self, depends_on=[self.store]),
        )
        self.register_outputs({"app": self.app.default_host_name})


platforms = [Platform(f"{site['name']}-{number}") for number in range(2)]
hub = network.get_virtual_network(virtual_network_name="hub", resource_group_name="shared")
waiting = network.get_virtual_network_output(
    virtual_network_name="hub", resource_group_name="shared", opts=InvokeOutputOptions(depends_on=[group])
)
network.Subnet(
    "apps",
    resource_group_name="shared",
    virtual_network_name=hub.name,
    address_prefix="10.0.0.0/24",
    delegations=[network.DelegationArgs(name="web", service_name="Microsoft.Web/serverFarms")],
)
network.Subnet("later", resource_group_name="shared", virtual_network_name=waiting.name, address_prefix="10.0.1.0/24")
other = resources.ResourceGroup.get("other", "/subscriptions/s/resourceGroups/other")
storage.BlobContainer("files", account_name=platforms[0].store.account.name, resource_group_name=other.name)
storage.Blob(
    "page",
    account_name=platforms[1].store.account.name,
    resource_group_name=group.name,
    container_name="web",
    source=pulumi.StringAsset("<p>hello</p>"),
)
storage.Blob(
    "pages",
    account_name=platforms[1].store.account.name,
    resource_group_name=group.name,
    container_name="web",
    source=pulumi.AssetArchive({"a.txt": pulumi.StringAsset("a"), "program": pulumi.FileAsset("Pulumi.yaml")}),
)
pulumi.export("apps", [platform.app.default_host_name for platform in platforms])
