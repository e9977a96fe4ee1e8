"""A network over the zones of a region, in a component, with lookups, loops and a second region."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
zones = aws.get_availability_zones(state="available")
identity = aws.get_caller_identity_output()
image = aws.ec2.get_ami_output(most_recent=True, owners=["amazon"], filters=[{"name": "name", "values": ["al2023-*"]}])


class Network(pulumi.ComponentResource):
    def __init__(self, name, cidr, zone_names, opts=None):
        super().__init__("sample:net:Network", name, {"cidr": cidr, "zones": zone_names}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block=cidr, enable_dns_hostnames=True, opts=inside)
        self.gateway = aws.ec2.InternetGateway(
            f"{name}-gateway", vpc_id=self.vpc.id, opts=pulumi.ResourceOptions(parent=self.vpc)
        )
        self.subnets = []
        for index, zone in enumerate(zone_names):
            self.subnets.append(
                aws.ec2.Subnet(
                    f"{name}-{zone}",
                    vpc_id=self.vpc.id,
                    availability_zone=zone,
                    cidr_block=f"10.0.{index}.0/24",
                    tags={"Name": f"{name}-{zone}", "vpc": self.vpc.id},
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[self.gateway]),
                )
            )
        self.ids = [subnet.id for subnet in self.subnets]
        self.register_outputs({"vpcId": self.vpc.id, "subnetIds": self.ids})


network = Network("main", config.require("cidr"), zones.names)

group = aws.ec2.SecurityGroup(
    "web",
    vpc_id=network.vpc.id,
    ingress=[
        {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": [network.vpc.cidr_block, "0.0.0.0/0"]}
        for port in (80, 443)
    ],
)
for role, count in config.require_object("sizes").items():
    for number in range(count):
        aws.ec2.Instance(
            f"{role}-{number}",
            ami=image.id,
            instance_type="t3.micro",
            subnet_id=network.subnets[number].id,
            vpc_security_group_ids=[group.id],
            user_data=pulumi.Output.concat("#!/bin/sh\n# ", network.vpc.cidr_block, " ", network.vpc.id),
            root_block_device={"volume_size": 20, "encrypted": True},
            opts=pulumi.ResourceOptions(ignore_changes=["ami"], delete_before_replace=True),
        )

balancer = aws.lb.LoadBalancer(
    "web",
    load_balancer_type="network",
    subnet_mappings=[{"subnet_id": subnet.id} for subnet in network.subnets],
    security_groups=[group.id],
    enable_deletion_protection=True,
    opts=pulumi.ResourceOptions(protect=True),
)

paris = aws.Provider("paris", region="eu-west-3", default_tags={"tags": {"estate": "sample"}})
second = Network(
    "second",
    "10.1.0.0/16",
    aws.get_availability_zones(opts=pulumi.InvokeOptions(provider=paris)).names,
    opts=pulumi.ResourceOptions(providers={"aws": paris}, depends_on=[balancer]),
)
role = aws.iam.Role(
    "reader",
    assume_role_policy=aws.iam.get_policy_document_output(
        statements=[{"actions": ["sts:AssumeRole"], "resources": [network.vpc.cidr_block]}]
    ).json,
)
bucket = aws.s3.Bucket(
    "logs",
    bucket=identity.account_id.apply(lambda account: f"logs-{account}"),
    opts=pulumi.ResourceOptions(retain_on_delete=True),
)
aws.s3.BucketPolicy(
    "logs",
    bucket=bucket.id,
    policy=pulumi.Output.all(bucket.arn, role.arn, identity.arn).apply(
        lambda parts: json.dumps({"Resource": parts[0], "Principal": parts[1:]})
    ),
)
aws.cloudwatch.LogGroup("flow", retention_in_days=config.require_int("retention"), name=config.get("missing"))
pulumi.export("vpc", network.vpc.id)
pulumi.export("region", paris.region)
