"""Explicit providers: configured, with secrets, and with configuration that is not known before deployment."""

import pulumi
import pulumi_random as random
import pulumi_vsphere as vsphere
from pulumi import InvokeOptions, ResourceOptions

config = pulumi.Config()
known = vsphere.Provider(
    "known",
    user="admin",
    password=config.require_secret("password"),
    vsphere_server=config.require("server"),
    allow_unverified_ssl=True,
)
generated = random.RandomPassword("vcenter", length=20)
blind = vsphere.Provider(
    "blind",
    user="admin",
    password=generated.result,
    vsphere_server="second.example",
    opts=ResourceOptions(depends_on=[known]),
)

for site, provider in (("north", known), ("south", known)):
    options = InvokeOptions(provider=provider)
    datacenter = vsphere.get_datacenter(name=site, opts=options)
    cluster = vsphere.get_compute_cluster(name=f"{site}-1", datacenter_id=datacenter.id, opts=options)
    store = vsphere.get_datastore_output(name="fast", datacenter_id=datacenter.id, opts=options)
    net = vsphere.get_network_output(name="servers", datacenter_id=datacenter.id, opts=options)
    folder = vsphere.Folder(
        site, path=site, type="vm", datacenter_id=datacenter.id, opts=ResourceOptions(provider=provider)
    )
    machines = [
        vsphere.VirtualMachine(
            f"{site}-{number}",
            name=f"{site}-{number}",
            resource_pool_id=cluster.resource_pool_id,
            datastore_id=store.id,
            folder=folder.path,
            num_cpus=2,
            memory=2048,
            network_interfaces=[vsphere.VirtualMachineNetworkInterfaceArgs(network_id=net.id)],
            disks=[{"label": "disk0", "size": 40}],
            opts=ResourceOptions(provider=provider, parent=folder),
        )
        for number in range(2)
    ]
    vsphere.ComputeClusterVmAntiAffinityRule(
        site,
        compute_cluster_id=cluster.id,
        virtual_machine_ids=[machine.id for machine in machines],
        opts=ResourceOptions(provider=provider, depends_on=machines),
    )

dark = vsphere.Folder("dark", path="dark", type="vm", opts=ResourceOptions(provider=blind))
vsphere.Folder("darker", path=dark.path, type=dark.type, opts=ResourceOptions(parent=dark))
seen = vsphere.get_datacenter_output(name="north", opts=InvokeOptions(provider=blind))
vsphere.Folder("unseen", path="unseen", type="vm", datacenter_id=seen.id, opts=ResourceOptions(provider=known))
old = vsphere.Folder.get("old", "group-v1", opts=ResourceOptions(provider=known))
vsphere.Folder("within", path=pulumi.Output.concat(old.path, "/within"), type="vm", opts=ResourceOptions(parent=old))
vsphere.Folder.get("shade", "group-v2", path="shade", opts=ResourceOptions(provider=blind))
