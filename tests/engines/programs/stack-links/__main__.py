"""References to other stacks, a package made from parameters, and providers that are read back."""

import base64

import pulumi
import pulumi_aws as aws
from pulumi import Output, ResourceOptions, StackReference
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

config = pulumi.Config()
network = StackReference("network", stack_name=config.require("network"))
database = StackReference("organization/database/prod")
aws.Provider("west", region="eu-west-1")
group = aws.ec2.SecurityGroup("web", vpc_id=network.require_output("vpcId"))
for index in range(2):
    aws.ec2.Instance(
        f"web-{index}",
        subnet_id=network.get_output("subnets").apply(lambda subnets, index=index: subnets[index]),
        vpc_security_group_ids=[group.id],
        tags={"zone": network.outputs["nested"]["zone"]["a"].apply(str), "missing": network.get_output("missing")},
    )
aws.ssm.Parameter(
    "endpoint",
    type="String",
    value=Output.format("{0}:{1}", database.get_output("endpoint"), database.get_output("port")),
)


async def package_ref():
    global reference
    if reference is None:
        parameters = resource_pb2.Parameterization(name="sample-made", version="1.0.0", value=base64.b64encode(b"x"))
        request = resource_pb2.RegisterPackageRequest(name="sample-base", version="2.0.0", parameterization=parameters)
        reference = settings.get_monitor().RegisterPackage(request).ref
    return reference


reference = None


class Made(pulumi.CustomResource):
    size: Output[int]

    def __init__(self, name, opts=None, **props):
        super().__init__("sample-made:index:Thing", name, props, opts, package_ref=package_ref())


made = Made("made", size=3, vpc=network.get_output("vpcId"))
Made("again", size=made.size, of=made.id, opts=ResourceOptions(parent=made, protect=True))
