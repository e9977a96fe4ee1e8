"""One data centre: its firewalls, its hosts and its load balancers."""

import pulumi
import pulumi_f5bigip as f5bigip
import pulumi_vsphere as vsphere
import pulumiverse_fortios as fortios

from estate import ADMITTED, Site


class Firewalls(pulumi.ComponentResource):
    """The FortiGate pair at a site's border, one provider instance for each unit."""

    def __init__(self, name: str, site: Site, token: pulumi.Input[str]) -> None:
        super().__init__("nhswales:network:Firewalls", name)
        for number, unit in enumerate(site.firewalls):
            device = fortios.Provider(
                f"{unit}-{name}",
                hostname=f"{unit}.{name}.example",
                token=token,
                opts=pulumi.ResourceOptions(parent=self),
            )
            on_unit = pulumi.ResourceOptions(parent=self, provider=device)
            fortios.system.Ha(
                f"ha-{unit}-{name}",
                mode="a-p",
                group_id=1,
                group_name=f"edge-{name}",  # units with equal group make a pair; the name keeps the sites apart
                priority=200 - 100 * number,
                hbdev="port9 50 port10 100",
                monitor="port1 port2",
                session_pickup="enable",
                opts=on_unit,
            )
            fortios.system.Centralmanagement(
                f"manager-{unit}-{name}",
                type="fortimanager",
                fmg=site.manager,
                allow_push_configuration="enable",
                opts=on_unit,
            )
            fortios.firewall.Policy(
                f"clinics-{unit}-{name}",
                policyid=10,
                name="clinics-to-national",
                srcintfs=[{"name": "port1"}],
                dstintfs=[{"name": "port3"}],
                srcaddrs=[{"name": "all"}],
                dstaddrs=[{"name": "all"}],
                services=[{"name": service} for service in ADMITTED],
                schedule="always",
                action="accept",
                comments="What health boards and practices may reach.",
                opts=on_unit,
            )
        self.register_outputs({})


class Hosts(pulumi.ComponentResource):
    """The site's vSphere cluster, which stands already and is found by name."""

    def __init__(self, name: str, site: Site, password: pulumi.Input[str]) -> None:
        super().__init__("nhswales:compute:Hosts", name)
        self.site = name
        self.vcenter = vsphere.Provider(
            f"vc-{name}",
            vsphere_server=f"vc.{name}.example",
            user="deploy",
            password=password,
            opts=pulumi.ResourceOptions(parent=self),
        )
        ask = pulumi.InvokeOutputOptions(provider=self.vcenter)
        place = vsphere.get_datacenter_output(name=site.datacenter, opts=ask).id
        self.cluster = vsphere.get_compute_cluster_output(name="national", datacenter_id=place, opts=ask)
        self.datastore = vsphere.get_datastore_output(name="national-ssd", datacenter_id=place, opts=ask)
        self.network = vsphere.get_network_output(name="national-apps", datacenter_id=place, opts=ask)
        self.template = vsphere.get_virtual_machine_output(name="server-template", datacenter_id=place, opts=ask)
        self.register_outputs({})

    def machine(self, name: str, address: str) -> vsphere.VirtualMachine:
        """Clone a server with a fixed address."""
        return vsphere.VirtualMachine(
            name,
            name=name,
            resource_pool_id=self.cluster.resource_pool_id,
            datastore_id=self.datastore.id,
            num_cpus=4,
            memory=16384,
            guest_id="ubuntu64Guest",
            network_interfaces=[{"network_id": self.network.id}],
            disks=[{"label": "disk0", "size": 80}],
            clone={
                "template_uuid": self.template.id,
                "customize": {
                    "linux_options": {"host_name": name, "domain": "wales.example"},
                    "network_interfaces": [{"ipv4_address": address, "ipv4_netmask": 24}],
                },
            },
            opts=pulumi.ResourceOptions(parent=self, provider=self.vcenter),
        )

    def group(self, service: str, servers: dict[str, str]) -> None:
        """Clone the servers of one service, no two of them on one host."""
        machines = [self.machine(name, address) for name, address in servers.items()]
        vsphere.ComputeClusterVmAntiAffinityRule(
            f"{service}-{self.site}",
            name=f"{service}-apart",
            compute_cluster_id=self.cluster.id,
            virtual_machine_ids=[machine.id for machine in machines],
            mandatory=True,
            opts=pulumi.ResourceOptions(parent=self, provider=self.vcenter),
        )


class LoadBalancer(pulumi.ComponentResource):
    """The site's BIG-IP pair behind one address."""

    def __init__(self, name: str, site: Site, password: pulumi.Input[str]) -> None:
        super().__init__("nhswales:network:LoadBalancer", name)
        self.site, self.network = name, site.network
        self.units = {
            f"/Common/{unit}.{name}.example": f"{site.network}.0.{number}"
            for number, unit in enumerate(("lb-a", "lb-b"), start=11)
        }
        device = f5bigip.Provider(
            f"lb-{name}",
            address=f"https://lb.{name}.example",
            username="deploy",
            password=password,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.on_pair = pulumi.ResourceOptions(parent=self, provider=device)
        members = [
            f5bigip.cm.Device(unit, name=unit, configsync_ip=ip, mirror_ip=ip, opts=self.on_pair)
            for unit, ip in self.units.items()
        ]
        f5bigip.cm.DeviceGroup(
            f"lb-pair-{name}",
            name=f"lb-pair-{name}",
            type="sync-failover",  # the default only copies the configuration
            network_failover="enabled",
            devices=[{"name": member.name} for member in members],
            opts=self.on_pair,
        )
        self.register_outputs({})

    def publish(self, service: str, number: int, servers: dict[str, str]) -> str:
        """Balance a service over its servers and return the address where it is published."""
        pool = f5bigip.ltm.Pool(
            f"{service}-{self.site}", name=f"/Common/{service}", monitors=["/Common/https"], opts=self.on_pair
        )
        for server, address in servers.items():
            node = f5bigip.ltm.Node(server, name=f"/Common/{server}", address=address, opts=self.on_pair)
            f5bigip.ltm.PoolAttachment(
                server, pool=pool.name, node=pulumi.Output.concat(node.name, ":443"), opts=self.on_pair
            )
        address = f"{self.network}.200.{number}"
        f5bigip.ltm.VirtualServer(
            f"{service}-{self.site}",
            name=f"/Common/{service}",
            destination=address,
            port=443,
            pool=pool.name,
            source_address_translation="automap",
            opts=self.on_pair,
        )
        return f"{address}:443"
