"""The README shows what a run really prints."""

from __future__ import annotations

from resilience_checks.catalogue import loader
from resilience_checks.policy import pack
from tools.readme import ROOT, filled


def test_the_output_blocks_are_those_of_a_real_run() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "<!-- output: resilience-checks check stacks/nhs-wales-2018 | head -n 49 -->" in text
    assert text == filled(text)


def test_as_many_policies_are_told_as_there_are() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"[{len(pack.load().policies)} policies](docs/policies.md)" in text


def test_the_catalogue_knows_more_than_a_thousand_types_of_the_platforms_that_are_told() -> None:
    told = {
        *("aws", "azure-native", "gcp", "kubernetes", "cloudflare", "vsphere", "fortios", "f5bigip", "openstack"),
        *("equinix", "proxmoxve", "nutanix", "meraki", "junipermist"),
    }
    catalogue = loader.load()
    packages = {name: package for name in catalogue.packages if (package := catalogue.package(name)) is not None}
    assert told <= set(packages)
    assert sum(len(package.types) for package in packages.values()) > 1_000
