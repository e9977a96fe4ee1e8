"""Repositories that are the attack themselves: what a checker finds before any program runs."""

from __future__ import annotations

from tests.hostile.attack import SETTINGS, Attack, Attempt

_KINDS = "only plain files are read, and none is waited for"
_INSIDE = "a YAML program is read here, and reads files of its repository alone"


def _knows_nothing_of_it(found: Attempt) -> None:
    [graph] = found.graphs
    assert "root:" not in repr(graph)


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
        proof=_knows_nothing_of_it,
        language="yaml",
    ),
    Attack(
        "yaml-bomb",
        "unfolds nine aliases of nine aliases to gigabytes",
        "what a YAML program makes is limited",
        _UNFOLDING,
        "builds values of more than 64 MB",
        language="yaml",
    ),
    Attack(
        "large-settings",
        "brings a resilience.yaml of half a megabyte",
        "nothing has to: it is read in seconds",
        "",
        exit_code=0,
        files={"resilience.yaml": SETTINGS + "#" * (1 << 19) + "\n"},
    ),
)
