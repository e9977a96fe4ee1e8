"""Every option of a resource that a first preview takes: what the engine inherits, records or only listens to."""

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import Alias, CustomTimeouts, ResourceOptions, ResourceTransformArgs, ResourceTransformResult


def tagged(args: ResourceTransformArgs):
    if args.type_ == "aws:s3/bucket:Bucket":
        return ResourceTransformResult(props={**args.props, "tags": {"by": "stack"}}, opts=args.opts)
    return None


def protected(args: ResourceTransformArgs):
    return ResourceTransformResult(
        props=args.props, opts=ResourceOptions.merge(args.opts, ResourceOptions(protect=True))
    )


def legacy(args):
    if args.type_ == "aws:sqs/queue:Queue":
        return pulumi.ResourceTransformationResult(props={**args.props, "delaySeconds": 7}, opts=args.opts)
    return None


before = aws.s3.Bucket("before", bucket="before-the-transform")
pulumi.runtime.register_resource_transform(tagged)
after = aws.s3.Bucket("after", bucket="after-the-transform")


class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("sample:index:Group", name, {}, opts)
        self.topic = aws.sns.Topic(
            f"{name}-topic", opts=ResourceOptions(parent=self, aliases=[Alias(name="old-topic")])
        )
        self.queue = aws.sqs.Queue(f"{name}-queue", opts=ResourceOptions(parent=self.topic))
        self.bucket = aws.s3.Bucket(f"{name}-bucket", tags={"by": "group"}, opts=ResourceOptions(parent=self))
        self.register_outputs({})


plain = Group("plain", ResourceOptions(transformations=[legacy]))
Group("protected", ResourceOptions(protect=True, retain_on_delete=True, depends_on=[plain]))
Group("transformed", ResourceOptions(transforms=[protected], aliases=[Alias(type_="sample:index:Old")]))
Group("with", ResourceOptions(deleted_with=after))

topic = aws.sns.Topic(
    "own",
    display_name=after.arn,
    opts=ResourceOptions(transforms=[protected], depends_on=[before], ignore_changes=["displayName"]),
)
aws.sns.TopicSubscription(
    "own",
    topic=topic.arn,
    protocol="sqs",
    endpoint=plain.queue.arn,
    opts=ResourceOptions(
        aliases=["urn:pulumi:dev::options::aws:sns/topicSubscription:TopicSubscription::gone", Alias(name="older")],
        custom_timeouts=CustomTimeouts(create="5m"),
        replace_on_changes=["endpoint"],
        delete_before_replace=True,
        deleted_with=topic,
        version="7.0.0",
    ),
)
secret = random.RandomPassword("secret", length=12)
aws.ssm.Parameter("secret", type="SecureString", value=secret.result)
aws.ssm.Parameter(
    "named",
    type="String",
    value="plain",
    description="hidden by choice",
    opts=ResourceOptions(additional_secret_outputs=["value"]),
)
hidden = aws.ssm.Parameter("hidden", type="String", value=pulumi.Output.secret("word"), description="shown")
shown = aws.ssm.Parameter("shown", type="String", value=hidden.value, description=hidden.description)
aws.ssm.Parameter(
    "unwrapped", type="String", value=pulumi.Output.unsecret(hidden.value), tags={"nested": hidden.value, "plain": "x"}
)
taken = aws.ec2.Vpc("taken", cidr_block="10.9.0.0/16", opts=ResourceOptions(import_="vpc-123"))
read = aws.ec2.Vpc.get("read", "vpc-456", opts=ResourceOptions(parent=plain))
late = aws.ec2.Subnet.get("late", taken.default_route_table_id)
for vpc in (taken, read):
    aws.ec2.Subnet(f"in-{vpc._name}", vpc_id=vpc.id, cidr_block=vpc.cidr_block)
aws.ec2.RouteTable("late", vpc_id=late.vpc_id, tags={"subnet": late.id})


def note(args):
    pulumi.log.info(f"{args.name} is there")


hook = pulumi.ResourceHook("note", note, pulumi.ResourceHookOptions(on_dry_run=False))
aws.sqs.Queue("hooked", opts=ResourceOptions(hooks=pulumi.ResourceHookBinding(after_create=[hook])))
pulumi.export("read", read.id)
