"""A cluster that is not there yet, and one that is; objects, secrets and remote components."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

cluster = aws.eks.Cluster(
    "cluster", role_arn="arn:aws:iam::1:role/eks", vpc_config={"subnet_ids": ["subnet-1", "subnet-2"]}
)
later = k8s.Provider("later", kubeconfig=pulumi.Output.json_dumps({"cluster": cluster.endpoint}))
now = k8s.Provider("now", context="sample", namespace="default", enable_server_side_apply=True)

for name, provider in (("later", later), ("now", now)):
    options = ResourceOptions(provider=provider)
    namespace = k8s.core.v1.Namespace(name, metadata={"name": name, "labels": {"of": name}}, opts=options)
    labels = {"app": name, "in": namespace.metadata["name"]}
    deployment = k8s.apps.v1.Deployment(
        name,
        metadata=k8s.meta.v1.ObjectMetaArgs(namespace=namespace.metadata.name, labels=labels),
        spec=k8s.apps.v1.DeploymentSpecArgs(
            replicas=3,
            selector={"match_labels": labels},
            template={
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "web", "image": "nginx", "env": [{"name": "N", "value": name}]}]},
            },
        ),
        opts=options,
    )
    k8s.core.v1.Service(
        name,
        metadata={"namespace": namespace.metadata.name},
        spec={"selector": deployment.spec.template.metadata.labels, "ports": [{"port": 80, "target_port": "http"}]},
        opts=ResourceOptions(parent=deployment, depends_on=[namespace]),
    )
    k8s.core.v1.Secret(
        name,
        metadata={"namespace": name},
        string_data={"password": pulumi.Output.secret("word"), "user": "web"},
        opts=options,
    )
k8s.apiextensions.CustomResource(
    "custom",
    api_version="sample/v1",
    kind="Thing",
    spec={"size": 3, "of": cluster.name},
    opts=ResourceOptions(provider=now),
)
k8s.helm.v4.Chart(
    "chart",
    chart="nginx",
    version="1.2.3",
    values={"replicas": 2, "name": cluster.name, "hidden": pulumi.Output.secret("x")},
    opts=ResourceOptions(provider=now),
)
k8s.helm.v3.Release("release", chart="nginx", values={"replicas": 2}, opts=ResourceOptions(provider=later))
