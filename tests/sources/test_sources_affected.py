"""Which projects a change cannot affect, on git repositories of a few files that nobody evaluates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.sources.affected import Change
from resilience_checks.sources.worktrees import Repository
from tests.end_to_end.versions import committed, git

if TYPE_CHECKING:
    from pathlib import Path

PULUMI = "name: {}\nruntime: python\n"
READS = "import pulumi\npulumi.StackReference('organization/{}/prod')\n"
WEB, NET, APP = "web/__main__.py", "net/__main__.py", "app/__main__.py"
PLAIN = {
    "web/Pulumi.yaml": PULUMI.format("web-pages"),
    WEB: "import pulumi\n",
    "net/Pulumi.yaml": PULUMI.format("network"),
    NET: "import pulumi\n",
    "app/Pulumi.yaml": PULUMI.format("appointments"),
    APP: "import pulumi\n",
    "lib/names.py": "import os\n",
    "README.md": "web net app\n",
    "Makefile": "check:\n\tresilience-checks check web net app\n",
    ".gitignore": "*.log\n",
}
EVERYTHING = {"app", "net", "web"}


def write(root: Path, files: dict[str, str | None]) -> None:
    """Write files; one without content is removed, and one that begins with -> is a symbolic link."""
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            place.unlink()
        elif text.startswith("->"):
            place.symlink_to(text.removeprefix("->"))
        else:
            place.write_text(text, encoding="utf-8")


def affected(root: Path, before: dict[str, str | None], change: dict[str, str | None], **more: object) -> set[str]:
    """Return the projects of either version that are taken for affected."""
    write(root, {**PLAIN, **before})
    committed(root)
    repository = Repository(root)
    fork = repository.commit("HEAD")
    write(root, change)
    found = Change(repository, fork, **more)  # type: ignore[arg-type]
    return {one.directory for one in found._projects} - found.unaffected()


CASES: dict[str, tuple[dict[str, str | None], dict[str, str | None], set[str]]] = {
    "a file of one project": ({}, {WEB: "import os\n"}, {"web"}),
    "a new file": ({}, {"web/more.py": "import os\n"}, {"web"}),
    "a file that is gone": ({"web/more.py": "import os\n"}, {"web/more.py": None}, {"web"}),
    "nothing": ({}, {}, set()),
    "a file that git ignores": ({}, {"web/run.log": "x\n"}, set()),
    "what no program reads": (
        {},
        {"README.md": "x\n", ".github/check.yml": "x\n", "LICENSE": "x\n", "docs/page.md": "x\n", ".gitignore": "a\n"},
        set(),
    ),
    "what a program may read": ({}, {"lib/names.py": "import re\n"}, EVERYTHING),
    "a table that a program may read": ({}, {"sizes.json": "{}\n"}, EVERYTHING),
    "the resilience.yaml of all": ({}, {"resilience.yaml": "version: 1\n"}, EVERYTHING),
    "a policy inside of a project": ({}, {"net/packs/own.rego": "package resilience.own\n"}, EVERYTHING),
    "a catalogue inside of a project": ({}, {"net/own.yaml": "schema: resilience-catalogue/v1\n"}, EVERYTHING),
    "who reads its outputs": ({APP: READS.format("network")}, {NET: "import os\n"}, {"net", "app"}),
    "whose outputs it reads": ({APP: READS.format("network")}, {APP: READS.format("network") + "\n"}, {"net", "app"}),
    "who reads the outputs of who reads them": (
        {APP: READS.format("network"), WEB: READS.format("appointments")},
        {NET: "import os\n"},
        EVERYTHING,
    ),
    "a name in a stack's configuration": (
        {"app/Pulumi.prod.yaml": "config:\n  app:from: organization/network/prod\n"},
        {NET: "import os\n"},
        {"net", "app"},
    ),
    "who imports from its folder": (
        {"blue_core/Pulumi.yaml": PULUMI.format("n"), "app/main.py": "from blue_core.sites import X\n"},
        {"blue_core/sites.py": "X = 1\n"},
        {"blue_core", "app"},
    ),
    "who is linked to its folder": ({"app/shared": "->../net/shared"}, {"net/shared/a.py": "x\n"}, {"net", "app"}),
    "who named it before": (
        {APP: READS.format("network")},
        {APP: "import pulumi\n"},
        {"net", "app"},
    ),
    "who named a project that is gone": (
        {WEB: READS.format("network")},
        {"net/Pulumi.yaml": None, NET: None},
        {"app", "net", "web"},
    ),
    "who has the same resilience.yaml": (
        {"resilience.yaml": "version: 1\n", "app/resilience.yaml": "version: 1\n"},
        {NET: "import os\n"},
        {"net", "web"},
    ),
    "who had the same resilience.yaml": (
        {"resilience.yaml": "version: 1\n", "app/resilience.yaml": "version: 1\n"},
        {"app/resilience.yaml": None},
        EVERYTHING,
    ),
    "by way of a library and its table": (
        {
            WEB: "from lib.refs import network\n",
            "lib/refs.py": "import json\nSTACKS = json.load(open('stacks.json'))\n",
            "lib/stacks.json": '{"first": "organization/network/prod"}\n',
        },
        {NET: "import os\n"},
        {"net", "web"},
    ),
    "who reads a stack whose name stands nowhere": (
        {WEB: "import pulumi\npulumi.StackReference(f'{org}/{first}{second}/prod')\n"},
        {NET: "import os\n"},
        {"net", "web"},
    ),
    "a program outside of its project's folder": (
        {"web/Pulumi.yaml": "name: w\nruntime: python\nmain: ../src/web\n", "src/web/__main__.py": "x\n"},
        {"src/web/__main__.py": "y\n"},
        {"web"},
    ),
    "a project inside of another": (
        {"web/inner/Pulumi.yaml": PULUMI.format("core")},
        {"web/inner/a.py": "x\n"},
        {"web", "web/inner"},
    ),
}


@pytest.mark.parametrize(("before", "change", "expected"), CASES.values(), ids=CASES.keys())
def test_what_a_change_affects(
    tmp_path: Path, before: dict[str, str | None], change: dict[str, str | None], expected: set[str]
) -> None:
    assert affected(tmp_path, before, change) == expected


def test_folders_of_one_name_are_told_apart_by_those_around_them(tmp_path: Path) -> None:
    files: dict[str, str | None] = {
        f"{name}/infra/Pulumi.yaml": PULUMI.format(f"{name}-stack") for name in ("red", "blue", "green")
    }
    files["blue/infra/__main__.py"] = "HERE = 'infra'\n"
    files["green/infra/__main__.py"] = "THERE = Path('..') / 'red' / 'infra'\n"
    assert affected(tmp_path, files, {"red/infra/a.py": "x\n"}) == {"red/infra", "green/infra"}


def test_one_file_for_all_makes_one_estate_of_all(tmp_path: Path) -> None:
    assert affected(tmp_path, {}, {WEB: "x\n"}, one_file=True) == EVERYTHING


@pytest.mark.parametrize(("given", "expected"), [("web", EVERYTHING), ("web/a.json", EVERYTHING), ("net", {"web"})])
def test_what_the_caller_names_concerns_all(tmp_path: Path, given: str, expected: set[str]) -> None:
    assert affected(tmp_path, {}, {"web/a.json": "{}\n"}, inputs=(given,)) == expected


def test_a_file_that_no_program_reads_can_be_named(tmp_path: Path) -> None:
    assert affected(tmp_path, {}, {"known.json": "{}\n"}, ignored=("known.json",)) == set()


def test_commits_of_the_branch_and_what_is_not_committed_count_alike(tmp_path: Path) -> None:
    write(tmp_path, {**PLAIN})
    committed(tmp_path)
    git(tmp_path, "switch", "--quiet", "--create", "branch")
    write(tmp_path, {WEB: "import os\n"})
    committed(tmp_path, "branch")
    write(tmp_path, {NET: "import os\n"})
    repository = Repository(tmp_path)
    assert Change(repository, repository.fork_point("main", "HEAD")).unaffected() == {"app"}


NOT_MEANT = {
    "in a comment": "# the network's data\n",
    "in prose": "raise ValueError('no network there')\n",
    "as a variable": "network = 1\nprint(network.id)\n",
    "as a resource's name": "import pulumi_aws as aws\naws.ec2.Vpc('network', cidr_block='10.0.0.0/8')\n",
    "as a resource's name, its class imported": "from pulumi_aws.ec2 import (\n    Vpc as V,\n)\nV('network')\n",
    "as a module of a provider's package": "from pulumi_azure_native import network\nimport pulumi_gcp.network\n",
    "in a resource's type": "Thing('a', 'azure-native:network/v2020:Subnet')\nThing('b', 'gcp:compute/network:Network')\n",
    "as a key": "labels = {'network': 'a'}\nlabels['network']\n",
    "as a setting": "config = pulumi.Config()\nconfig.require('network')\npulumi.export('network', 1)\n",
    "beside a reference to another": "pulumi.StackReference(f'{org}/appointments/{stack}')\nlabels = {'network': 1}\n",
    "as a module of its own": "from network.sites import X\nopen('network/sites.json')\n",
    "as a path of a machine": "mount('/network')\n",
}


@pytest.mark.parametrize("program", NOT_MEANT.values(), ids=NOT_MEANT.keys())
def test_a_name_that_means_something_else_leads_to_no_project(tmp_path: Path, program: str) -> None:
    own = {"web/network/sites.py": "X = 1\n", "web/network/sites.json": "{}\n"}
    assert "web" not in affected(tmp_path, {**own, WEB: program}, {NET: "import os\n"})


MEANT = {
    "in a reference": "pulumi.StackReference('organization/network/prod')\n",
    "of two parts": "pulumi.StackReference('network/prod')\n",
    "with the rest put together": "pulumi.StackReference(f'{org}/network/{stack}')\n",
    "put together": "NAME = 'network'\npulumi.StackReference(f'{org}/{NAME}/prod')\n",
    "with a placeholder that may be empty": "pulumi.StackReference(f'{org}/{prefix}network/prod')\n",
    "joined": "pulumi.StackReference('/'.join([org, 'network', stack]))\n",
    "given to what may refer to it": "from acme import outputs\noutputs('network')\n",
    "as a key of what is referred to": "for one in {'network': 1}:\n    pulumi.StackReference(f'{org}/{one}/prod')\n",
    "as a variable's name": "refs = dict(network=1)\nfor one in refs:\n    pulumi.StackReference(f'{org}/{one}/prod')\n",
    "in a list of words": "for one in 'data network'.split():\n    read(one)\n",
    "by another class": "Ref = pulumi.StackReference\nrefs = {'network': 1}\n",
    "in a URN": "get('urn:pulumi:prod::network::aws:ec2/vpc:Vpc::a')\n",
    "in a command": "'pulumi stack output -s acme/network/prod'\n",
    "as a path": "open('../network/sites.json')\n",
    "as parts of a path": "Path(__file__).parent.parent / 'network' / 'sites.json'\n",
    "as an import": "import sys\nsys.path.insert(0, '..')\nimport network.sites as sites\n",
    "as an import of several": "from elsewhere import (\n    network,\n    other,\n)\n",
    "as an import of a name": "importlib.import_module('network.sites')\n",
}


@pytest.mark.parametrize("program", MEANT.values(), ids=MEANT.keys())
def test_a_name_that_may_mean_a_stack_or_a_folder_leads_to_its_project(tmp_path: Path, program: str) -> None:
    folder: dict[str, str | None] = {"network/Pulumi.yaml": PULUMI.format("network"), "network/a.py": "X = 1\n"}
    assert "web" in affected(tmp_path, {**folder, WEB: program}, {"network/a.py": "X = 2\n"})


OTHERS = {
    "web/index.ts": 'import { sites } from "../network/sites";\n',
    "web/more.ts": "const ref = new pulumi.StackReference(`${org}/network/${stack}`);\n",
    "web/package.json": '{"dependencies": {"a": "file:../network"}}\n',
    "web/main.go": 'import "example.com/infra/network"\n',
    "web/Stack.cs": "using Acme.Network;\n",
    "web/Pulumi.prod.yaml": "config:\n  web:from: network\n",
    "web/Pulumi.dev.yaml": "environment:\n  - network/dev\n",
    "web/resilience.yaml": "version: 1\nstacks: [network/prod]\n",
    "web/settings.ini": "[stacks]\nfirst = network\n",
    "web/more/Pulumi.prod.yaml": "config: {web:from: acme/network/prod}\n",
}


@pytest.mark.parametrize("file", OTHERS)
def test_other_files_lead_to_a_project(tmp_path: Path, file: str) -> None:
    assert affected(tmp_path, {file: OTHERS[file]}, {NET: "import os\n"}) == {"net", "web"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "web/index.ts",
            'import { network } from "@pulumi/azure-native";\nconst network = new network.Vnet("network");\n',
        ),
        (
            "web/main.yaml",
            "resources:\n  network:\n    type: gcp:compute/network:Network\noutputs: {id: '${network.id}'}\n",
        ),
        ("web/Pulumi.prod.yaml", "config:\n  network:cidr: 10.0.0.0/8\n  # the network\n"),
        ("web/table.yaml", "# written by `tool --of network`\nsize: 1\n"),
        ("web/Web.java", "import com.pulumi.azurenative.network.Subnet;\n"),
        ("web/values.json", '{"network": {"cidr": "10.0.0.0/8"}}\n'),
        ("web/deploy.yaml", "image: ghcr.io/acme/network:1.2\n"),
    ],
)
def test_other_files_that_mean_something_else_lead_to_none(tmp_path: Path, file: str, text: str) -> None:
    assert affected(tmp_path, {file: text}, {NET: "import os\n"}) == {"net"}


def test_names_that_a_library_puts_together_are_those_that_it_is_given(tmp_path: Path) -> None:
    files: dict[str, str | None] = {
        "lib/refs.py": "def read(**names):\n    return [pulumi.StackReference(f'{org}/{one}/prod') for one in names]\n",
        WEB: "from lib import refs\nrefs.read(network=1)\n",
        APP: "refs = dict(network=1)\n",
    }
    assert affected(tmp_path, files, {NET: "import os\n"}) == {"net", "web"}
