"""A national booking service: London on AWS serves, Cardiff on Azure takes over, and Route 53 sends users to either."""

import pulumi
import pulumi_aws as aws

import cardiff
import london

config = pulumi.Config()
image = config.require("image")
password = config.require_secret("databasePassword")

first = london.place(image, password, config.require("certificate"))
second = cardiff.place(image, password, first.database)

zone = aws.route53.Zone("booking", name="booking.example")
HOSTS = {"PRIMARY": first.host, "SECONDARY": second.host}
for role, host in HOSTS.items():
    check = aws.route53.HealthCheck(
        f"booking-{role.lower()}",
        type="HTTPS",
        fqdn=host,
        port=443,
        resource_path="/health",
        request_interval=10,
        failure_threshold=3,
    )
    aws.route53.Record(
        f"booking-{role.lower()}",
        zone_id=zone.zone_id,
        name="www.booking.example",
        type="CNAME",
        ttl=60,
        records=[host],
        set_identifier=role.lower(),
        health_check_id=check.id,
        failover_routing_policies=[{"type": role}],
    )

pulumi.export("databases", {"london": first.database, "cardiff": second.database})
