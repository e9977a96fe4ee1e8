"""All that a check was made from has a digest in its report, by a name that another run gives it as well."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from resilience_checks.check import Options, run

if TYPE_CHECKING:
    from pathlib import Path

WAIVERS = "version: 1\nwaivers: []\n"
FILES = {
    "web/Pulumi.yaml": "name: web\nruntime: yaml\nresources:\n  front: {type: 'vsphere:index:VirtualMachine'}\n",
    "web/Pulumi.prod.yaml": "config: {}\n",
    "resilience.yaml": "version: 1\nservices: {shop: {entry: {select: front}}}\n",
    "lookups.json": "{}",
    "outputs.json": "{}",
    "kinds/example.yaml": "schema: resilience-catalogue/v1\npackage: example\nestate: on-premises\ntypes: {}\n",
}


_HEX = 64


def test_each_input_has_a_digest(tmp_path: Path) -> None:
    root, organisation = tmp_path / "repository", tmp_path / "organisation"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    organisation.mkdir()
    (organisation / "resilience.yaml").write_text("version: 1\n", encoding="utf-8")
    (organisation / "resilience-waivers.yaml").write_text(WAIVERS, encoding="utf-8")
    options = Options(
        (root / "web",),
        root,
        catalogue=(root / "kinds",),
        lookups=root / "lookups.json",
        stack_outputs=root / "outputs.json",
        settings=str(organisation / "resilience.yaml"),
    )
    report = run(options)
    assert report.failures == ()
    wholes = {"web/prod", "policies", "catalogue"}
    named = {name: digest for name, digest in report.inputs.items() if name not in wholes}
    settings = [organisation / "resilience.yaml", organisation / "resilience-waivers.yaml"]
    files = [root / name for name in FILES if not name.startswith("web/")]
    assert named == {
        **{path.relative_to(root).as_posix(): _digest(path) for path in files},
        **{path.as_posix(): _digest(path) for path in settings},
    }
    assert all(len(report.inputs[name]) == _HEX for name in wholes)
    assert report.engine.startswith("embedded regorus ")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
