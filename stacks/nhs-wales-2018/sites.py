"""One data centre: its firewalls, its hosts and its load balancer."""

import pulumi
import pulumi_f5bigip as f5bigip
import pulumi_vsphere as vsphere
import pulumiverse_fortios as fortios

from estate import Site


class Firewalls(pulumi.ComponentResource):
    """The pair of FortiGate units at a site's border, one provider instance for each unit."""

    def __init__(self, name: str, site: Site, token: pulumi.Input[str]) -> None:
        super().__init__("nhswales:network:Firewalls", name)
        for number, unit in enumerate(site.firewalls):
            device = fortios.Provider(
                f"{unit}-{name}",
                hostname=f"{unit}.{name}.example",
                token=token,
                opts=pulumi.ResourceOptions(parent=self),
            )
            on_device = pulumi.ResourceOptions(parent=self, provider=device)
            fortios.system.Ha(
                f"ha-{unit}-{name}",
                mode="a-p",
                group_id=1,
                group_name=f"edge-{name}",
                priority=200 - 100 * number,
                hbdev="port9 50 port10 100",
                monitor="port1 port2",
                session_pickup="enable",
                opts=on_device,
            )
            fortios.system.Centralmanagement(
                f"manager-{unit}-{name}",
                type="fortimanager",
                fmg=site.manager,
                allow_push_configuration="enable",
                opts=on_device,
            )


class Hosts(pulumi.ComponentResource):
    """The site's vSphere cluster, found by its name."""

    def __init__(self, name: str, password: pulumi.Input[str]) -> None:
        super().__init__("nhswales:compute:Hosts", name)
        self.vcenter = vsphere.Provider(
            f"vc-{name}",
            vsphere_server=f"vc.{name}.example",
            user="deploy",
            password=password,
            opts=pulumi.ResourceOptions(parent=self),
        )
        asked = pulumi.InvokeOptions(provider=self.vcenter)
        datacenter = vsphere.get_datacenter(name=f"dc-{name}", opts=asked)
        self.cluster = vsphere.get_compute_cluster(name="national", datacenter_id=datacenter.id, opts=asked)
        self.datastore = vsphere.get_datastore(name="national-ssd", datacenter_id=datacenter.id, opts=asked)
        self.network = vsphere.get_network(name="national-apps", datacenter_id=datacenter.id, opts=asked)
        self.template = vsphere.get_virtual_machine(name="server-template", datacenter_id=datacenter.id, opts=asked)

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


class LoadBalancer(pulumi.ComponentResource):
    """The site's BIG-IP pair behind one address."""

    def __init__(self, name: str, site: Site, password: pulumi.Input[str]) -> None:
        super().__init__("nhswales:network:LoadBalancer", name)
        self.network = site.network
        device = f5bigip.Provider(
            f"lb-{name}",
            address=f"https://lb.{name}.example",
            username="deploy",
            password=password,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.options = pulumi.ResourceOptions(parent=self, provider=device)
        members = [
            f5bigip.cm.Device(
                f"{unit}-{name}",
                name=f"/Common/{unit}.{name}.example",
                configsync_ip=f"{site.network}.0.{number}",
                opts=self.options,
            )
            for number, unit in enumerate(("lb-a", "lb-b"), start=11)
        ]
        f5bigip.cm.DeviceGroup(
            f"lb-pair-{name}",
            name=f"lb-pair-{name}",
            type="sync-failover",
            network_failover="enabled",
            devices=[{"name": member.name} for member in members],
            opts=self.options,
        )

    def publish(self, service: str, number: int, servers: dict[str, str]) -> str:
        """Balance a service over its servers and return the address where it is published."""
        pool = f5bigip.ltm.Pool(
            f"{service}-{self._name}", name=f"/Common/{service}", monitors=["/Common/https"], opts=self.options
        )
        for server, address in servers.items():
            node = f5bigip.ltm.Node(server, name=f"/Common/{server}", address=address, opts=self.options)
            f5bigip.ltm.PoolAttachment(
                server, pool=pool.name, node=pulumi.Output.concat(node.name, ":443"), opts=self.options
            )
        address = f"{self.network}.200.{number}"
        f5bigip.ltm.VirtualServer(
            f"{service}-{self._name}",
            name=f"/Common/{service}",
            destination=address,
            port=443,
            pool=pool.name,
            opts=self.options,
        )
        return f"{address}:443"
