"""What a project's files name is read ahead; what they do not name is read when it is asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from resilience_checks.catalogue.loader import load
from resilience_checks.catalogue.named import named

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("aws", "azure-native", "vsphere")


def test_names_stand_as_an_import_a_requirement_or_a_token(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("import pulumi_azure_native\n", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("pulumi-vsphere\n", encoding="utf-8")
    assert named(PACKAGES, [tmp_path]) == ("azure-native", "vsphere")
    (tmp_path / "Pulumi.yaml").write_text("resources: {a: {type: aws:ec2:Instance}}\n", encoding="utf-8")
    assert named(PACKAGES, [tmp_path]) == PACKAGES


def test_where_nothing_is_named_all_may_be_meant(tmp_path: Path) -> None:
    assert named(PACKAGES, [tmp_path, tmp_path / "nowhere"]) == PACKAGES


def test_what_cannot_be_read_or_is_too_large_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "aws.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / "endless.py").symlink_to("/dev/zero")
    (tmp_path / "large.py").write_bytes(b"aws" + b" " * (1 << 20))
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "__main__.py").write_text("import pulumi_vsphere\n", encoding="utf-8")
    assert named(PACKAGES, [tmp_path]) == ("vsphere",)


def test_a_package_that_was_not_named_is_read_when_it_is_asked_for() -> None:
    catalogue = load()
    assert catalogue.entry("aws:ec2/instance:Instance") == load().entry("aws:ec2/instance:Instance") is not None
