"""Repositories that are the attack themselves: what a checker finds before any program runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.hostile.attack import SETTINGS, STOLEN, Attack, Attempt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_KINDS = "only plain files are read, and none is waited for"
_SIZES = "what a file may hold, in bytes and in values, is limited before it is read"
_INSIDE = "a YAML program is read here, and reads files of its repository alone"


def _knows_nothing_of_it(found: Attempt) -> None:
    [graph] = found.graphs
    assert "root:" not in repr(graph)


def _has_no_hash(found: Attempt) -> None:
    assert "hash" not in repr(found.input("two", "told"))


def _knows_no_token(found: Attempt) -> None:
    assert STOLEN not in repr(found.graphs)
    assert "hash" not in repr(found.input("two", "packed"))


def _token(root: Path) -> None:
    (root / ".git" / "config").write_text(f"[http]\n\textraheader = AUTHORIZATION: basic {STOLEN}\n", encoding="utf-8")


def _shows_no_account(found: Attempt) -> None:
    assert "root:" not in found.said


def _fifo(name: str) -> Callable[[Path], None]:
    def place(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).parent.mkdir(exist_ok=True)
        os.mkfifo(root / name)

    return place


def _link(name: str, to: str) -> Callable[[Path], None]:
    def place(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(to)

    return place


def _loops(root: Path) -> None:
    (root / "self").symlink_to("self")
    (root / "above").symlink_to("..")


def _large(root: Path) -> None:
    with (root / "large").open("wb") as file:
        file.truncate(1 << 40)


_UNFOLDING = (
    '  two: {type: "acme:net:Thing", properties: {told: "${i}"}}\nvariables:\n  a: [x, x, x, x, x, x, x, x, x]\n'
)
_UNFOLDING += "".join(
    f"  {two}: [" + ", ".join(['"${' + one + '}"'] * 9) + "]\n" for one, two in zip("abcdefgh", "bcdefghi", strict=True)
)
ATTACKS = (
    Attack(
        "yaml-reads-a-file",
        "reads a file of the machine by `fn::readFile`",
        _INSIDE,
        '  two: {type: "acme:net:Thing", properties: {told: {"fn::readFile": /etc/passwd}}}\n',
        exit_code=0,
        proof=_knows_nothing_of_it,
        language="yaml",
    ),
    Attack(
        "yaml-hashes-a-file",
        "declares a file of the machine as an asset, and learns of it by its hash",
        _INSIDE,
        '  two: {type: "acme:net:Thing", properties: {told: {"fn::fileAsset": /etc/passwd}}}\n',
        exit_code=0,
        proof=_has_no_hash,
        language="yaml",
    ),
    Attack(
        "yaml-hashes-by-a-link",
        "does the same by a link of its own folder",
        _INSIDE,
        '  two: {type: "acme:net:Thing", properties: {told: {"fn::fileAsset": ./mine}}}\n',
        exit_code=0,
        proof=_has_no_hash,
        language="yaml",
        place=_link("mine", "/etc/passwd"),
    ),
    Attack(
        "yaml-packs-a-link",
        "declares an archive of its own folder, in which such a link stands",
        _INSIDE,
        '  two: {type: "acme:net:Thing", properties: {told: {"fn::fileArchive": ./data}}}\n',
        exit_code=0,
        proof=_has_no_hash,
        language="yaml",
        files={"data/own": "x"},
        place=_link("data/mine", "/etc/passwd"),
    ),
    Attack(
        "yaml-reads-a-token",
        "reads and packs the token that a checkout leaves in `.git/config`",
        "what is hidden from programs that run is not read for a YAML program either",
        """\
  two:
    type: "acme:net:Thing"
    properties: {told: {"fn::readFile": .git/config}, packed: {"fn::fileArchive": .git}}
""",
        exit_code=0,
        proof=_knows_no_token,
        language="yaml",
        place=_token,
    ),
    Attack(
        "yaml-bomb",
        "unfolds nine aliases of nine aliases to gigabytes",
        "what a YAML program makes is limited",
        _UNFOLDING,
        "builds values of more than 64 MB",
        language="yaml",
    ),
    Attack("fifo", "holds a FIFO", _KINDS, "", exit_code=0, place=_fifo("data")),
    Attack(
        "fifo-of-a-project",
        "has a FIFO for the Pulumi.yaml of a second project",
        _KINDS,
        "",
        "no regular file",
        place=_fifo("two/Pulumi.yaml"),
    ),
    Attack(
        "fifo-of-a-program",
        "has a FIFO for its program",
        _KINDS,
        "",
        "can't find '__main__' module",
        place=_fifo("__main__.py"),
    ),
    Attack(
        "link-to-itself",
        "has a symbolic link to itself, and one to the folder above",
        _KINDS,
        "",
        exit_code=0,
        place=_loops,
    ),
    Attack(
        "link-to-a-file-of-the-machine",
        "has a link to a file of the machine for the configuration of its stack, so that an error would show it",
        "errors tell places and forms, and nothing of what a file holds",
        "",
        "not a mapping",
        proof=_shows_no_account,
        place=_link("Pulumi.prod.yaml", "/etc/passwd"),
    ),
    Attack(
        "terabyte",
        "holds a file of a terabyte that takes up no space",
        "of files beyond a gigabyte the size and the beginning count",
        "",
        exit_code=0,
        place=_large,
    ),
    Attack(
        "large-settings",
        "brings a resilience.yaml of half a megabyte",
        "nothing has to: it is read in seconds",
        "",
        exit_code=0,
        files={"resilience.yaml": SETTINGS + "#" * (1 << 19) + "\n"},
    ),
    Attack(
        "large-stack",
        "brings a configuration of its stack of 2.5 MB, which would be read for long",
        _SIZES,
        "",
        "larger than 1 MB",
        files={"Pulumi.prod.yaml": "config:\n" + "".join(f"  web:key-{number}: value\n" for number in range(120_000))},
    ),
    Attack(
        "dense-stack",
        "does so in less than a megabyte",
        _SIZES,
        "",
        "more than 100000 values",
        files={"Pulumi.prod.yaml": "config:\n  web:all: [" + "1," * 100_001 + "]\n"},
    ),
    Attack(
        "device-of-a-stack",
        "has a link to a device that never ends for the configuration of its stack",
        _KINDS,
        "",
        "no regular file",
        place=_link("Pulumi.prod.yaml", "/dev/zero"),
    ),
)
