"""A national booking service: a web application and its database behind Traffic Manager."""

import pulumi
from pulumi_azure_native import resources, sql, trafficmanager, web

config = pulumi.Config()
REGIONS = ["uksouth"]

global_group = resources.ResourceGroup("booking", resource_group_name="rg-booking", location="uksouth")

apps = []
for region in REGIONS:
    group = resources.ResourceGroup(f"booking-{region}", resource_group_name=f"rg-booking-{region}", location=region)
    server = sql.Server(
        f"booking-{region}",
        server_name=f"sql-booking-{region}",
        resource_group_name=group.name,
        location=region,
        administrator_login="deploy",
        administrator_login_password=config.require_secret("sqlPassword"),
    )
    database = sql.Database(
        f"booking-{region}",
        database_name="booking",
        server_name=server.name,
        resource_group_name=group.name,
        location=region,
        zone_redundant=True,
        sku={"name": "BC_Gen5", "capacity": 4},
    )
    plan = web.AppServicePlan(
        f"booking-{region}",
        name=f"plan-booking-{region}",
        resource_group_name=group.name,
        location=region,
        zone_redundant=True,
        sku={"name": "P1v3", "tier": "PremiumV3", "capacity": 3},
    )
    app = web.WebApp(
        f"booking-{region}",
        name=f"app-booking-{region}",
        resource_group_name=group.name,
        location=region,
        server_farm_id=plan.id,
        https_only=True,
        site_config={
            "connection_strings": [
                {
                    "name": "booking",
                    "type": "SQLAzure",
                    "connection_string": pulumi.Output.concat(
                        "Server=", server.fully_qualified_domain_name, ";Database=", database.name
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
