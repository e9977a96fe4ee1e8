"""Nationally hosted systems on two data centres, reached by name at whichever of them answers."""

import pulumi
import pulumi_f5bigip as f5bigip

from estate import DATABASES, SERVICES, SITES
from sites import Firewalls, Hosts, LoadBalancer

config = pulumi.Config()

hosts: dict[str, Hosts] = {}
balancers: dict[str, LoadBalancer] = {}
for name, site in SITES.items():
    Firewalls(name, site, config.require_secret("firewallToken"))
    hosts[name] = Hosts(name, site, config.require_secret("vcenterPassword"))
    balancers[name] = LoadBalancer(name, site, config.require_secret("balancerPassword"))

for machine, place in DATABASES.items():
    hosts[place].machine(machine, f"{SITES[place].network}.30.1")

published: dict[str, list[dict[str, str]]] = {name: [] for name in SITES}
for service, (number, places) in SERVICES.items():
    for place in places:
        servers = {f"{service}-{place}-{unit}": f"{SITES[place].network}.{number}.{unit}" for unit in (1, 2)}
        hosts[place].group(service, servers)
        destination = balancers[place].publish(service, number, servers)
        published[place].append({"name": service, "destination": destination})

# Names are answered by one BIG-IP DNS sync group, with a unit at each site. Its address is any of them.
gtm = f5bigip.Provider(
    "gtm",
    address="https://gtm.wales.example",
    username="deploy",
    password=config.require_secret("balancerPassword"),
)
steering = pulumi.ResourceOptions(provider=gtm)

steered: dict[str, f5bigip.GtmServer] = {}
for name in SITES:
    datacenter = f5bigip.GtmDatacenter(f"dc-{name}", name=f"dc-{name}", opts=steering)
    steered[name] = f5bigip.GtmServer(
        f"balancers-{name}",
        name=f"srv-{name}",
        datacenter=datacenter.name,
        product="bigip",
        monitor="/Common/bigip",
        virtual_server_discovery="disabled",
        addresses=[{"name": ip, "device_name": device} for device, ip in balancers[name].units.items()],
        virtual_servers=published[name],
        opts=steering,
    )

for service, (_, places) in SERVICES.items():
    # Both sites serve; a site that fails the monitor is no longer answered, within its timeout and the TTL.
    f5bigip.GtmPool(
        f"{service}-pool",
        name=f"{service}-pool",
        type="a",
        members=[
            {"name": pulumi.Output.concat(steered[place].name, ":", service), "member_order": order}
            for order, place in enumerate(places)
        ],
        monitor="/Common/https",
        ttl=30,
        opts=steering,
    )
    # This SDK has no way to attach a pool to its wide IP; resilience.yaml says which it is.
    f5bigip.GtmWideip(f"{service}-name", name=f"{service}.wales.example", type="a", opts=steering)
