"""A national booking service in two regions: either can serve alone, and the database follows."""

import pulumi
from pulumi_azure_native import resources, sql, trafficmanager, web

config = pulumi.Config()
REGIONS = ["uksouth", "ukwest"]

global_group = resources.ResourceGroup("booking", resource_group_name="rg-booking", location="uksouth")

groups, servers = {}, {}
for region in REGIONS:
    groups[region] = resources.ResourceGroup(
        f"booking-{region}", resource_group_name=f"rg-booking-{region}", location=region
    )
    servers[region] = sql.Server(
        f"booking-{region}",
        server_name=f"sql-booking-{region}",
        resource_group_name=groups[region].name,
        location=region,
        administrator_login="deploy",
        administrator_login_password=config.require_secret("sqlPassword"),
    )

primary, secondary = REGIONS
database = sql.Database(
    "booking",
    database_name="booking",
    server_name=servers[primary].name,
    resource_group_name=groups[primary].name,
    location=primary,
    zone_redundant=True,
    sku={"name": "BC_Gen5", "capacity": 4},
)
failover = sql.FailoverGroup(
    "booking",
    failover_group_name="fog-booking",
    server_name=servers[primary].name,
    resource_group_name=groups[primary].name,
    databases=[database.id],
    partner_servers=[{"id": servers[secondary].id}],
    read_write_endpoint={"failover_policy": "Automatic", "failover_with_data_loss_grace_period_minutes": 60},
)

apps = []
for region in REGIONS:
    plan = web.AppServicePlan(
        f"booking-{region}",
        name=f"plan-booking-{region}",
        resource_group_name=groups[region].name,
        location=region,
        zone_redundant=region == "uksouth",
        sku={"name": "P1v3", "tier": "PremiumV3", "capacity": 3},
    )
    app = web.WebApp(
        f"booking-{region}",
        name=f"app-booking-{region}",
        resource_group_name=groups[region].name,
        location=region,
        server_farm_id=plan.id,
        https_only=True,
        site_config={
            "connection_strings": [
                {
                    "name": "booking",
                    "type": "SQLAzure",
                    "connection_string": pulumi.Output.concat(
                        "Server=", failover.name, ".database.windows.net;Database=booking"
                    ),
                }
            ]
        },
    )
    apps.append((region, app))

trafficmanager.Profile(
    "booking",
    profile_name="tm-booking",
    resource_group_name=global_group.name,
    location="global",
    traffic_routing_method="Priority",
    dns_config={"relative_name": "booking", "ttl": 30},
    monitor_config={"protocol": "HTTPS", "port": 443, "path": "/health"},
    endpoints=[
        {
            "name": region,
            "type": "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
            "target_resource_id": app.id,
            "priority": order,
        }
        for order, (region, app) in enumerate(apps, start=1)
    ],
)
