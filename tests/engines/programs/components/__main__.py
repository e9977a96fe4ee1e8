"""Components made elsewhere, their outputs, methods on them, and what transforms do to them."""

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import InvokeOptions, Output, ResourceOptions, ResourceTransformResult


class Remote(pulumi.ComponentResource):
    endpoint: Output[str]

    def __init__(self, name, opts=None, **props):
        super().__init__("sample-remote:index:Site", name, {"endpoint": None, **props}, opts, remote=True)


class Local(pulumi.ComponentResource):
    def __init__(self, name, opts=None, **props):
        super().__init__("sample:index:Local", name, props, opts)


pet = random.RandomPet("pet")
password = random.RandomPassword("password", length=8)
provider = aws.Provider("west", region="eu-west-1", profile=pet.prefix)
remote = Remote(
    "remote",
    known="value",
    later=pet.id,
    hidden=Output.secret("word"),
    both=password.result,
    nested={"list": [pet.id, "x", Output.secret("y")], "deep": {"pet": pet.length}},
    opts=ResourceOptions(providers={"aws": provider}, depends_on=[pet]),
)
aws.ec2.Vpc("inside", cidr_block="10.0.0.0/16", opts=ResourceOptions(parent=remote))
aws.ec2.Vpc("named", cidr_block="10.0.0.0/16", tags={"remote": remote.endpoint, "urn": remote.urn})


def changed(args):
    return ResourceTransformResult(props={**args.props, "extra": "added"}, opts=args.opts)


Remote("transformed", size=3, opts=ResourceOptions(transforms=[changed]))
local = Local("outer", region="eu-west-1", pet=pet.id, word=Output.secret("w"), list=[pet.length, pet.id])
inner = Local("inner", opts=ResourceOptions(parent=local, providers=[provider]))
innermost = Local("innermost", opts=ResourceOptions(parent=inner))
vpc = aws.ec2.Vpc("deep", cidr_block="10.1.0.0/16", opts=ResourceOptions(parent=innermost))
subnet = aws.ec2.Subnet("deeper", vpc_id=vpc.id, cidr_block="10.1.0.0/24", opts=ResourceOptions(parent=vpc))
region = aws.get_region(opts=InvokeOptions(parent=innermost))
aws.ec2.Subnet(
    "other", vpc_id=vpc.id, cidr_block="10.1.1.0/24", tags={"region": region.region}, opts=ResourceOptions(parent=inner)
)
random.RandomPet("under", opts=ResourceOptions(parent=innermost, depends_on=[pet]))
random.RandomPet("after", keepers={"x": subnet.cidr_block}, opts=ResourceOptions(depends_on=[remote, local]))
