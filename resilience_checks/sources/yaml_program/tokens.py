"""The canonical token of a type or function that a program may write short.

The language host looks a short token up in the provider's schema: as it is written, then as `pkg:index:Name`, then as
`pkg:mod/name:Name`. Offline there is no schema, so the form is known from the package: providers that are bridged from
Terraform have only the last form, native providers and components only the first two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NATIVE = frozenset(
    {
        "auto-deploy",
        "aws-apigateway",
        "aws-iam",
        "aws-miniflux",
        "aws-native",
        "aws-quickstart-aurora-postgres",
        "aws-quickstart-redshift",
        "aws-quickstart-vpc",
        "aws-s3-replicated-bucket",
        "aws-static-website",
        "awsx",
        "azure-justrun",
        "azure-native",
        "azure-quickstart-acr-geo-replication",
        "azure-quickstart-aks",
        "azure-quickstart-compute",
        "azure-quickstart-sql",
        "azure-static-website",
        "command",
        "docker-build",
        "eks",
        "gcp-global-cloudrun",
        "google-cloud-static-website",
        "google-native",
        "kubernetes",
        "kubernetes-cert-manager",
        "kubernetes-coredns",
        "kubernetes-ingress-nginx",
        "lambda-builders",
        "pulumiservice",
        "rootly-native",
        "std",
        "synced-folder",
        "terraform",
        "terraform-module",
        "tls-self-signed-cert",
    }
)
"""Packages whose tokens have no `/name` part. Of all others that are not named here the bridged form is assumed."""

BRIDGED = frozenset(
    [
        "aiven",
        "akamai",
        "alicloud",
        "archive",
        "artifactory",
        "auth0",
        "aws",
        "azure",
        "azuread",
        "azuredevops",
        "b2",
        "bitbucket",
        "checkly",
        "cloudamqp",
        "cloudflare",
        "cloudinit",
        "cloudngfwaws",
        "civo",
        "confluentcloud",
        "consul",
        "cyral",
        "databricks",
        "datadog",
        "dbtcloud",
        "digitalocean",
        "dnsimple",
        "docker",
        "doppler",
        "dynatrace",
        "ec",
        "elasticstack",
        "equinix",
        "equinix-metal",
        "esxi",
        "exoscale",
        "external",
        "f5bigip",
        "fastly",
        "fortios",
        "fusionauth",
        "gandi",
        "gcp",
        "github",
        "gitlab",
        "grafana",
        "harbor",
        "harness",
        "hcloud",
        "hcp",
        "heroku",
        "honeycomb",
        "infoblox",
        "ise",
        "jumpcloud",
        "junipermist",
        "kafka",
        "keycloak",
        "kong",
        "launchdarkly",
        "libvirt",
        "linode",
        "local",
        "logdna",
        "mailgun",
        "matchbox",
        "meraki",
        "minio",
        "mongodbatlas",
        "mssql",
        "mysql",
        "netbird",
        "netlify",
        "newrelic",
        "nomad",
        "ns1",
        "null",
        "nutanix",
        "oci",
        "okta",
        "onelogin",
        "openstack",
        "opsgenie",
        "ovh",
        "pagerduty",
        "postgresql",
        "propelauth",
        "proxmoxve",
        "purestorage",
        "qdrant",
        "rabbitmq",
        "rancher2",
        "random",
        "rancher",
        "redpanda",
        "rke",
        "scaleway",
        "scm",
        "sdwan",
        "sentry",
        "signalfx",
        "slack",
        "snowflake",
        "spotinst",
        "splunk",
        "statuscake",
        "stripe",
        "sumologic",
        "supabase",
        "tailscale",
        "talos",
        "time",
        "tls",
        "twingate",
        "ucloud",
        "unifi",
        "upcloud",
        "upstash",
        "vault",
        "vcd",
        "venafi",
        "vercel",
        "volcengine",
        "vra",
        "vsphere",
        "vultr",
        "wavefront",
        "xray",
        "yandex",
        "zitadel",
        "zscaler",
    ]
)
"""Packages bridged from Terraform, of which the form is not an assumption."""

_COMPONENT_PACKAGES = frozenset(
    {
        "auto-deploy",
        "aws-apigateway",
        "aws-iam",
        "aws-miniflux",
        "aws-quickstart-aurora-postgres",
        "aws-quickstart-redshift",
        "aws-quickstart-vpc",
        "aws-s3-replicated-bucket",
        "aws-static-website",
        "awsx",
        "azure-quickstart-acr-geo-replication",
        "azure-quickstart-aks",
        "azure-quickstart-compute",
        "azure-quickstart-sql",
        "azure-static-website",
        "eks",
        "gcp-global-cloudrun",
        "google-cloud-static-website",
        "kubernetes-cert-manager",
        "kubernetes-coredns",
        "kubernetes-ingress-nginx",
        "synced-folder",
        "terraform-module",
        "tls-self-signed-cert",
    }
)
_NOT_COMPONENTS = frozenset({"eks:index:VpcCni"})
_COMPONENTS = frozenset(
    {
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:yaml/v2:ConfigFile",
        "kubernetes:yaml/v2:ConfigGroup",
    }
)
_ACRONYM_BREAK = frozenset("_-. ")


@dataclass(frozen=True, slots=True)
class Token:
    """A canonical token, whether it is a component's, and what had to be assumed to know both (empty: nothing)."""

    text: str
    component: bool = False
    assumption: str = ""


def resolve(written: str, local_packages: frozenset[str] = frozenset()) -> Token:
    """Return the canonical token; `local_packages` are those that come from a directory or repository of components.

    >>> resolve("aws:s3:Bucket").text, resolve("random:RandomPet").text
    ('aws:s3/bucket:Bucket', 'random:index/randomPet:RandomPet')
    >>> resolve("azure-native:network:VirtualNetwork").text, resolve("kubernetes:apps/v1:Deployment").text
    ('azure-native:network:VirtualNetwork', 'kubernetes:apps/v1:Deployment')
    >>> resolve("aws:getRegion").text, resolve("eks:Cluster")
    ('aws:index/getRegion:getRegion', Token(text='eks:index:Cluster', component=True, assumption=''))
    """
    package, *rest = written.split(":")
    if package == "pulumi":
        return Token(written)
    if package in local_packages:
        text = f"{package}:index:{rest[0]}" if len(rest) == 1 else written
        return Token(text, component=not _is_function(rest[-1]))
    if package in NATIVE:
        text = f"{package}:index:{rest[0]}" if len(rest) == 1 else written
        whole = package in _COMPONENT_PACKAGES and text not in _NOT_COMPONENTS and not _is_function(rest[-1])
        return Token(text, component=whole or text in _COMPONENTS)
    if "/" in written:
        return Token(written)
    module, name = ("index", rest[0]) if len(rest) == 1 else (rest[0], rest[1])
    text = f"{package}:{module}/{lower_camel(name)}:{name}"
    if package in BRIDGED:
        return Token(text)
    taken = written if len(rest) == 2 and module == "index" else text  # noqa: PLR2004 who writes `index` has it from a schema
    return Token(
        taken,
        assumption=f"{written} is taken for {taken}: the schema of `{package}`, which names its types, is not there offline",
    )


def lower_camel(name: str) -> str:
    """Return a name as the schema writes it in a module: the first letter small, the one after a digit or break large.

    >>> [lower_camel(name) for name in ("RandomPet", "EIP", "Ipv6cidr", "getAmi")]
    ['randomPet', 'eIP', 'ipv6Cidr', 'getAmi']
    """
    written: list[str] = []
    large = False
    for position, character in enumerate(name):
        if character in _ACRONYM_BREAK:
            large = True
            continue
        letter = character.lower() if position == 0 else character
        written.append(letter.upper() if large else letter)
        large = character.isdigit()
    return "".join(written)


def constants(token: str) -> dict[str, str]:
    """Return the inputs that a schema fixes for a type: a Kubernetes object's `apiVersion` and `kind`.

    >>> constants("kubernetes:core/v1:Pod"), constants("kubernetes:apps/v1:DeploymentPatch")
    ({'apiVersion': 'v1', 'kind': 'Pod'}, {'apiVersion': 'apps/v1', 'kind': 'Deployment'})
    """
    found = re.fullmatch(r"kubernetes:([^/:]+)/(v\d[^/:]*):(\w+)", token)
    if found is None or found[1] in {"helm.sh", "yaml", "kustomize"}:
        return {}
    group, version, kind = found.groups()
    api = version if group == "core" else f"{group}/{version}"
    return {"apiVersion": api, "kind": kind.removesuffix("Patch") if kind != "Patch" else kind}


def _is_function(name: str) -> bool:
    return name[:1].islower()
