"""A national booking service in two regions: either can serve alone, and the database follows."""

import pulumi
from pulumi_azure_native import resources, sql, trafficmanager, web

config = pulumi.Config()

# Each region, and whether it has availability zones.
REGIONS = {"uksouth": True, "ukwest": False}
primary = next(iter(REGIONS))

groups: dict[str, resources.ResourceGroup] = {}
servers: dict[str, sql.Server] = {}
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

database = sql.Database(
    "booking",
    database_name="booking",
    server_name=servers[primary].name,
    resource_group_name=groups[primary].name,
    location=primary,
    zone_redundant=REGIONS[primary],
    sku={"name": "BC_Gen5", "capacity": 4},
)

# The group's own name follows the database, so the applications never name a server.
secondary = next(region for region in REGIONS if region != primary)
failover = sql.FailoverGroup(
    "booking",
    failover_group_name="fog-booking",
    server_name=servers[primary].name,
    resource_group_name=groups[primary].name,
    databases=[database.id],
    partner_servers=[{"id": servers[secondary].id}],
    read_write_endpoint={"failover_policy": "Automatic", "failover_with_data_loss_grace_period_minutes": 60},
)

apps: dict[str, web.WebApp] = {}
for region, zones in REGIONS.items():
    plan = web.AppServicePlan(
        f"booking-{region}",
        name=f"plan-booking-{region}",
        resource_group_name=groups[region].name,
        location=region,
        zone_redundant=zones,
        sku={"name": "P1v3", "tier": "PremiumV3", "capacity": 3},
    )
    apps[region] = web.WebApp(
        f"booking-{region}",
        name=f"app-booking-{region}",
        resource_group_name=groups[region].name,
        location=region,
        server_farm_id=plan.id,
        identity={"type": "SystemAssigned"},
        https_only=True,
        site_config={
            "health_check_path": "/health",
            "connection_strings": [
                {
                    "name": "booking",
                    "type": "SQLAzure",
                    "connection_string": pulumi.Output.concat(
                        "Server=",
                        failover.name,
                        ".database.windows.net;Database=booking;Authentication=Active Directory Default",
                    ),
                }
            ],
        },
    )

trafficmanager.Profile(
    "booking",
    profile_name="tm-booking",
    resource_group_name=groups[primary].name,
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
        for order, (region, app) in enumerate(apps.items(), start=1)
    ],
)
