"""One campus: its switches and firewalls, and the hosts of its data hall."""

import pulumi
import pulumi_juniper_mist as mist
import pulumi_vsphere as vsphere

from estate import Campus

# How Mist numbers a device: a fixed beginning, then its MAC address. The devices are claimed already.
DEVICE = "00000000-0000-0000-1000-{}"


class Network(pulumi.ComponentResource):
    """The switches and firewalls of one place, configured by templates of its own."""

    def __init__(
        self,
        name: str,
        organisation: str,
        address: str,
        switches: dict[str, str],
        firewalls: dict[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("manchester:network:Network", name, opts=opts)
        here = pulumi.ResourceOptions(parent=self)
        template = mist.org.Networktemplate(
            f"switches-{name}",
            org_id=organisation,
            name=f"switches-{name}",
            networks={"clinical": {"vlan_id": "100"}, "voice": {"vlan_id": "200"}},
            opts=here,
        )
        border = mist.org.Gatewaytemplate(
            f"firewalls-{name}", org_id=organisation, name=f"firewalls-{name}", type="standalone", opts=here
        )
        self.site = mist.site.Base(
            name,
            org_id=organisation,
            name=name,
            address=address,
            country_code="GB",
            networktemplate_id=template.id,
            gatewaytemplate_id=border.id,
            opts=here,
        )
        for switch, mac in switches.items():
            mist.device.Switch(
                switch,
                name=switch,
                device_id=DEVICE.format(mac),
                site_id=self.site.id,
                port_config={"et-0/0/48-49": {"usage": "core", "aggregated": True, "ae_lacp_slow": False}},
                opts=here,
            )
        for firewall, mac in firewalls.items():
            mist.device.Gateway(
                firewall,
                name=firewall,
                device_id=DEVICE.format(mac),
                site_id=self.site.id,
                port_config={"ge-0/0/0": {"usage": "lan", "networks": ["clinical"]}},
                opts=here,
            )
        self.register_outputs({})


class Hosts(pulumi.ComponentResource):
    """The vSphere cluster of a data hall, which stands already and is found by name."""

    def __init__(self, name: str, campus: Campus, password: pulumi.Input[str]) -> None:
        super().__init__("manchester:compute:Hosts", name)
        self.campus = campus
        self.vcenter = vsphere.Provider(
            f"vc-{name}",
            vsphere_server=f"vc.{name}.example",
            user="deploy",
            password=password,
            opts=pulumi.ResourceOptions(parent=self),
        )
        ask = pulumi.InvokeOutputOptions(provider=self.vcenter)
        place = vsphere.get_datacenter_output(name=campus.datacenter, opts=ask).id
        self.cluster = vsphere.get_compute_cluster_output(name="clinical", datacenter_id=place, opts=ask)
        self.datastore = vsphere.get_datastore_output(name="clinical-ssd", datacenter_id=place, opts=ask)
        self.network = vsphere.get_network_output(name="clinical", datacenter_id=place, opts=ask)
        self.template = vsphere.get_virtual_machine_output(name="server-template", datacenter_id=place, opts=ask)
        self.register_outputs({})

    def machine(self, name: str, number: int) -> vsphere.VirtualMachine:
        """Clone a server with a fixed address."""
        return vsphere.VirtualMachine(
            name,
            name=name,
            resource_pool_id=self.cluster.resource_pool_id,
            datastore_id=self.datastore.id,
            num_cpus=8,
            memory=32768,
            guest_id="windows2019srv_64Guest",
            network_interfaces=[{"network_id": self.network.id}],
            disks=[{"label": "disk0", "size": 200}],
            clone={
                "template_uuid": self.template.id,
                "customize": {
                    "windows_options": {"computer_name": name[:15]},
                    "network_interfaces": [
                        {"ipv4_address": f"{self.campus.network}.20.{number}", "ipv4_netmask": 24}
                    ],
                },
            },
            opts=pulumi.ResourceOptions(parent=self, provider=self.vcenter),
        )
