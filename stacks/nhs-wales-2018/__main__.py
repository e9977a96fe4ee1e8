"""Nationally hosted systems on two data centres: a reconstruction, see README.md."""

import pulumi
import pulumi_f5bigip as f5bigip

from estate import DATABASES, SERVICES, SITES
from sites import Firewalls, Hosts, LoadBalancer

secret = pulumi.Config().require_secret("deviceToken")

hosts = {}
balancers = {}
for name, site in SITES.items():
    Firewalls(name, site, secret)
    hosts[name] = Hosts(name, secret)
    balancers[name] = LoadBalancer(name, site, secret)

for number, (name, site) in enumerate(DATABASES.items(), start=1):
    hosts[site].machine(name, f"{SITES[site].network}.30.{number}")

published: dict[str, list[dict[str, str]]] = {name: [] for name in SITES}
for service, (number, places) in SERVICES.items():
    for place in places:
        servers = {
            f"{service}-{place}-{unit}": f"{SITES[place].network}.{number}.{unit}" for unit in (1, 2)
        }
        for server, address in servers.items():
            hosts[place].machine(server, address)
        destination = balancers[place].publish(service, number, servers)
        published[place].append({"name": service, "destination": destination})

# Names are answered by BIG-IP DNS, one sync group with a unit at each site.
steering = pulumi.ResourceOptions(
    provider=f5bigip.Provider("gtm", address="https://gtm.wales.example", username="deploy", password=secret)
)
for name in SITES:
    datacenter = f5bigip.GtmDatacenter(f"dc-{name}", name=f"dc-{name}", opts=steering)
    f5bigip.GtmServer(
        f"srv-{name}",
        name=f"srv-{name}",
        datacenter=datacenter.name,
        product="bigip",
        monitor="/Common/bigip",
        virtual_server_discovery=False,
        addresses=[{"name": f"{SITES[name].network}.0.5", "device_name": f"/Common/lb-a.{name}.example"}],
        virtual_servers=published[name],
        opts=steering,
    )
for service, (_, places) in SERVICES.items():
    f5bigip.GtmPool(
        f"{service}-pool",
        name=f"{service}-pool",
        type="a",
        members=[{"name": f"srv-{place}:{service}", "member_order": order} for order, place in enumerate(places)],
        monitor="/Common/https",
        ttl=30,
        opts=steering,
    )
    f5bigip.GtmWideip(f"{service}-name", name=f"{service}.wales.example", type="a", opts=steering)
