"""The first place: containers behind a load balancer and PostgreSQL, each in three availability zones of eu-west-2."""

import pulumi
import pulumi_aws as aws

from place import Place

ZONES = {"a": "eu-west-2a", "b": "eu-west-2b", "c": "eu-west-2c"}


def place(image: str, password: pulumi.Output[str], certificate: str) -> Place:
    """Return where London answers."""
    vpc = aws.ec2.Vpc("booking", cidr_block="10.20.0.0/16", enable_dns_hostnames=True)
    public, private = _network(vpc)
    database = _database(private, password)
    balancer = aws.lb.LoadBalancer(
        "booking", name="booking", load_balancer_type="application", subnets=[subnet.id for subnet in public]
    )
    targets = aws.lb.TargetGroup(
        "booking",
        name="booking",
        port=8080,
        protocol="HTTP",
        target_type="ip",
        vpc_id=vpc.id,
        health_check={"path": "/health", "interval": 10, "unhealthy_threshold": 3},
    )
    listener = aws.lb.Listener(
        "booking",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        certificate_arn=certificate,
        default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
    )
    _containers(image, private, targets, database, listener)
    return Place(host=balancer.dns_name, database=database.address)


def _network(vpc: aws.ec2.Vpc) -> tuple[list[aws.ec2.Subnet], list[aws.ec2.Subnet]]:
    internet = aws.ec2.InternetGateway("booking", vpc_id=vpc.id)
    out = aws.ec2.RouteTable("public", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": internet.id}])
    public, private = [], []
    for number, (letter, zone) in enumerate(ZONES.items()):
        front = aws.ec2.Subnet(
            f"public-{letter}", vpc_id=vpc.id, availability_zone=zone, cidr_block=f"10.20.{number}.0/24"
        )
        aws.ec2.RouteTableAssociation(f"public-{letter}", subnet_id=front.id, route_table_id=out.id)
        address = aws.ec2.Eip(f"nat-{letter}", domain="vpc")
        nat = aws.ec2.NatGateway(f"nat-{letter}", subnet_id=front.id, allocation_id=address.id)
        back = aws.ec2.Subnet(
            f"private-{letter}", vpc_id=vpc.id, availability_zone=zone, cidr_block=f"10.20.{number + 10}.0/24"
        )
        own = aws.ec2.RouteTable(
            f"private-{letter}", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.id}]
        )
        aws.ec2.RouteTableAssociation(f"private-{letter}", subnet_id=back.id, route_table_id=own.id)
        public.append(front)
        private.append(back)
    return public, private


def _database(private: list[aws.ec2.Subnet], password: pulumi.Output[str]) -> aws.rds.Instance:
    group = aws.rds.SubnetGroup("booking", name="booking", subnet_ids=[subnet.id for subnet in private])
    settings = aws.rds.ParameterGroup(
        "booking",
        family="postgres16",
        parameters=[{"name": "rds.logical_replication", "value": "1", "apply_method": "pending-reboot"}],
    )
    return aws.rds.Instance(
        "booking",
        identifier="booking-london",
        engine="postgres",
        engine_version="16.4",
        instance_class="db.r6g.xlarge",
        allocated_storage=200,
        storage_encrypted=True,
        multi_az=True,
        db_name="booking",
        username="booking",
        password=password,
        db_subnet_group_name=group.name,
        parameter_group_name=settings.name,
        backup_retention_period=35,
        deletion_protection=True,
        final_snapshot_identifier="booking-london-final",
    )


def _containers(
    image: str,
    private: list[aws.ec2.Subnet],
    targets: aws.lb.TargetGroup,
    database: aws.rds.Instance,
    listener: aws.lb.Listener,
) -> None:
    cluster = aws.ecs.Cluster("booking", name="booking")
    role = aws.iam.Role(
        "booking-tasks",
        assume_role_policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}',
    )
    task = aws.ecs.TaskDefinition(
        "booking",
        family="booking",
        cpu="1024",
        memory="2048",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=role.arn,
        container_definitions=pulumi.Output.json_dumps(
            [
                {
                    "name": "booking",
                    "image": image,
                    "portMappings": [{"containerPort": 8080}],
                    "environment": [{"name": "DATABASE_HOST", "value": database.address}],
                }
            ]
        ),
    )
    aws.ecs.Service(
        "booking",
        name="booking",
        cluster=cluster.arn,
        task_definition=task.arn,
        launch_type="FARGATE",
        desired_count=6,
        network_configuration={"subnets": [subnet.id for subnet in private]},
        load_balancers=[{"target_group_arn": targets.arn, "container_name": "booking", "container_port": 8080}],
        opts=pulumi.ResourceOptions(depends_on=[listener]),
    )
