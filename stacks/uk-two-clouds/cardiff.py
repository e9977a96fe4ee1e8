"""The second place: an application on App Service and a replica of London's PostgreSQL, in Azure's ukwest."""

import pulumi
from pulumi_azure_native import dbforpostgresql, resources, web

from place import Place

REGION = "ukwest"


def place(image: str, password: pulumi.Output[str], main_database: pulumi.Output[str]) -> Place:
    """Return where Cardiff answers."""
    group = resources.ResourceGroup("booking", resource_group_name="rg-booking", location=REGION)
    database = dbforpostgresql.Server(
        "booking",
        server_name="psql-booking-cardiff",
        resource_group_name=group.name,
        location=REGION,
        version="16",
        sku={"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
        storage={"storage_size_gb": 256},
        administrator_login="booking",
        administrator_login_password=password,
        backup={"backup_retention_days": 35, "geo_redundant_backup": "Enabled"},
    )
    plan = web.AppServicePlan(
        "booking",
        name="plan-booking",
        resource_group_name=group.name,
        location=REGION,
        kind="linux",
        reserved=True,
        sku={"name": "P1v3", "tier": "PremiumV3", "capacity": 3},
    )
    application = web.WebApp(
        "booking",
        name="app-booking-cardiff",
        resource_group_name=group.name,
        location=REGION,
        server_farm_id=plan.id,
        https_only=True,
        site_config={
            "linux_fx_version": f"DOCKER|{image}",
            "health_check_path": "/health",
            "app_settings": [
                {"name": "DATABASE_HOST", "value": main_database},
                {"name": "REPORTS_DATABASE_HOST", "value": database.fully_qualified_domain_name},
            ],
        },
    )
    return Place(host=application.default_host_name, database=database.fully_qualified_domain_name)
