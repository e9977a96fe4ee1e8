"""A provider for each device, made in a loop, and components that inherit it."""

import pulumi
import pulumiverse_fortios as fortios
from pulumi import ResourceOptions

config = pulumi.Config()


class Firewall(pulumi.ComponentResource):
    def __init__(self, site, number, opts=None):
        super().__init__("sample:net:Firewall", f"fw-{site}", {"site": site}, opts)
        self.ha = fortios.system.Ha(
            f"ha-{site}",
            group_id=number,
            group_name=f"ha-{site}",
            mode="a-p",
            password=config.require_secret("token"),
            opts=ResourceOptions(parent=self),
        )
        self.addresses = [
            fortios.firewall.Address(
                f"{site}-{index}",
                subnet=f"10.{number}.{index}.0 255.255.255.0",
                opts=ResourceOptions(parent=self, depends_on=[self.ha]),
            )
            for index in range(3)
        ]
        self.policy = fortios.firewall.Policy(
            f"{site}-web",
            action="accept",
            schedule="always",
            srcintfs=[{"name": "port1"}],
            dstintfs=[{"name": "port2"}],
            srcaddrs=[fortios.firewall.PolicySrcaddrArgs(name=address.name) for address in self.addresses],
            dstaddrs=[{"name": "all"}],
            services=[{"name": "HTTPS"}],
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"policy": self.policy.policyid})


walls = []
for number, site in enumerate(config.require_object("sites")):
    provider = fortios.Provider(
        f"fortios-{site}",
        hostname=f"fw-{site}.example",
        token=config.require_secret("token"),
        insecure="false",
    )
    walls.append(Firewall(site, number, ResourceOptions(providers=[provider])))

manager = fortios.system.Centralmanagement(
    "manager", type="fortimanager", fmg="192.0.2.1", opts=ResourceOptions(parent=walls[0])
)
fortios.firewall.Vip(
    "default",
    extip="192.0.2.254",
    extintf=walls[0].policy.name,
    comment=pulumi.Output.format("{0} and {1}", walls[0].ha.group_name, manager.fmg),
    opts=ResourceOptions(provider=walls[0]._providers["fortios"], depends_on=[walls[1]]),
)
everything = pulumi.Output.all(*[address.name for wall in walls for address in wall.addresses])
fortios.firewall.Addrgrp(
    "all",
    members=everything.apply(lambda names: [{"name": name} for name in names]),
    opts=ResourceOptions(parent=walls[1]),
)
