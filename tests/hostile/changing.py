"""Programs that change files while the check runs: their own source, settings, policies, what is read afterwards."""

from __future__ import annotations

from tests.hostile.attack import Attack

_OWN = "what a program is made of is read before it runs; a change of it is a failure of the stack"
_SETTINGS = "settings are looked at before programs run and afterwards; a change is a failure of the check"


ATTACKS = (
    Attack(
        "source-taken-away",
        "takes its own source away while it runs",
        _OWN,
        "tried(lambda: Path(__file__).unlink())\n",
    ),
    Attack(
        "source-rewritten",
        "puts a harmless source in its place while it runs, for reviewers and for evidence",
        _OWN,
        'tried(lambda: Path(__file__).write_text("import pulumi\\n"))\n',
    ),
    Attack(
        "source-that-becomes-a-fifo",
        "puts a FIFO in the place of its source, so that whoever reads the line at fault would wait",
        _OWN,
        "tried(lambda: (Path(__file__).unlink(), os.mkfifo(__file__)))\n",
    ),
    Attack(
        "settings-rewritten",
        "declares its service away in resilience.yaml, before the check reads it",
        _SETTINGS,
        'tried(lambda: Path("resilience.yaml").write_text("version: 1\\n"))\n',
    ),
    Attack(
        "waivers-made",
        "makes a file of waivers, before the check looks for it",
        _SETTINGS,
        """\
tried(lambda: Path("resilience-waivers.yaml").write_text("version: 1\\nwaivers: []\\n"))
""",
    ),
    Attack(
        "stack-rewritten",
        "changes the configuration of its stack",
        _OWN,
        'tried(lambda: Path("Pulumi.prod.yaml").write_text("config: {web:size: 1}\\n"))\n',
    ),
)
