"""The default provider configured by the stack, pools and their members, and functions that make resources."""

import pulumi
import pulumi_f5bigip as f5
from pulumi import Alias, ResourceOptions

config = pulumi.Config()


def pool(name, members, opts=None):
    monitor = f5.ltm.Monitor(name, name=f"/Common/{name}", parent="/Common/https", interval=5, timeout=16, opts=opts)
    made = f5.ltm.Pool(
        name,
        name=f"/Common/{name}",
        monitors=[monitor.name],
        load_balancing_mode="least-connections-member",
        opts=ResourceOptions.merge(opts, ResourceOptions(aliases=[Alias(name=f"old-{name}")])),
    )
    for number, address in enumerate(members):
        node = f5.ltm.Node(f"{name}-{number}", name=f"/Common/{name}-{number}", address=address, opts=opts)
        f5.ltm.PoolAttachment(
            f"{name}-{number}", pool=made.name, node=node.name.apply(lambda it: f"{it}:443"), opts=opts
        )
    return made


pools = {}
for name in config.require_object("pools"):
    pools[name] = pool(name, [f"10.0.0.{host}" for host in (1, 2)])
standby = f5.Provider("standby", address="192.0.2.11", username="admin", password=pulumi.Output.secret("word"))
pools["standby"] = pool("standby", ["10.1.0.1"], ResourceOptions(provider=standby, protect=True))
for name, made in pools.items():
    f5.ltm.VirtualServer(
        name,
        name=f"/Common/{name}-vs",
        destination="198.51.100.1",
        port=443,
        pool=made.name,
        profiles=["/Common/tcp"],
        description=pulumi.Output.all(made.name, made.id).apply(lambda both: " ".join(both)),
    )
pools["email"].id.apply(lambda made: f5.ltm.Node(f"late-{made}", name="/Common/late", address="10.0.0.9"))
pools["record"].name.apply(lambda made: f5.ltm.Node("known-early", name=f"{made}-extra", address="10.0.0.8"))
