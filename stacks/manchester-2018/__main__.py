"""Clinical systems in the data halls of two hospital campuses, reached over the campus network."""

import pulumi
import pulumi_juniper_mist as mist

from campus import Hosts, Network
from estate import CAMPUSES, DATABASES, SYSTEMS, THEATRE_SWITCHES

config = pulumi.Config()
organisation = config.require("organisation")
cloud = mist.Provider("mist", host="api.eu.mist.com", apitoken=config.require_secret("mistToken"))
through_cloud = pulumi.ResourceOptions(providers={"junipermist": cloud})

networks: dict[str, Network] = {}
hosts: dict[str, Hosts] = {}
for name, campus in CAMPUSES.items():
    networks[name] = Network(
        f"{name}-hall", organisation, f"{name.title()} campus", campus.core, campus.firewalls, opts=through_cloud
    )
    hosts[name] = Hosts(name, campus, config.require_secret("vcenterPassword"))

Network("central-theatres", organisation, "Central campus", THEATRE_SWITCHES, {}, opts=through_cloud)

# The four core switches are one fabric: every network is on both campuses, and a ward may move between them.
mist.org.EvpnTopology(
    "campus-core",
    org_id=organisation,
    name="campus-core",
    switches={mac: {"role": "core"} for campus in CAMPUSES.values() for mac in campus.core.values()},
    evpn_options={"routed_at": "core", "overlay": {"as_": 65000}, "core_as_border": True},
    opts=pulumi.ResourceOptions(provider=cloud),
)

for system, number in SYSTEMS.items():
    for name in CAMPUSES:
        hosts[name].machine(f"{system}-{name}", number)
for number, (database, name) in enumerate(DATABASES.items(), start=31):
    hosts[name].machine(database, number)
