"""Programs that use up what the machine has, or do not end."""

from __future__ import annotations

from tests.hostile.attack import Attack, Attempt

_TIME = "the wall clock limit: the child and all that it has started are killed"
_LEFT = "all that a program has started ends with it"


def _had_too_much(found: Attempt) -> None:
    """A single file meets the system's limit, or all of them that of the check, whichever is sooner."""
    said = found.report.failures[0].what
    assert "File too large" in said or said == "the program wrote more, or printed more, than one program may"


ATTACKS = (
    Attack(
        "memory",
        "takes memory until there is none",
        "the limit of memory",
        "held = bytearray(64 << 30)\n",
        "out of memory",
    ),
    Attack("for-ever", "loops for ever", _TIME, "while True:\n    pass\n", "did not end within 2 s", seconds=2),
    Attack(
        "catches-every-signal",
        "ignores every signal, and each exception, and goes on",
        _TIME,
        """\
for number in range(1, 65):
    tried(lambda: signal.signal(number, signal.SIG_IGN))
while True:
    tried(lambda: time.sleep(60))
""",
        "did not end within 2 s",
        seconds=2,
    ),
    Attack(
        "node-for-ever",
        "loops for ever in Node",
        _TIME,
        "for (;;) {}\n",
        "did not end within 4 s",
        seconds=4,
        language="nodejs",
    ),
    Attack(
        "daemon",
        "leaves a process in a session of its own, which goes on after the check",
        _LEFT,
        """\
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
os.wait()
""",
        exit_code=0,
    ),
    Attack(
        "processes",
        "starts processes that start processes, until there may be no more",
        "the limit of processes; what was started ends with the program",
        """\
started = 0
while started < 3000:
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        time.sleep(60)
        os._exit(0)
    started += 1
threading.Event().wait()
""",
        "started more processes than one program may",
    ),
    Attack(
        "disk",
        "fills the disk with a file",
        "the limit of what a program may write",
        """\
with (PRIVATE / "large").open("wb") as file:
    for _ in range(4096):
        file.write(bytes(1 << 20))
""",
        proof=_had_too_much,
    ),
    Attack(
        "output",
        "prints without end",
        "the limit of what a program may write; of what was printed the end alone is kept",
        "while True:\n    os.write(1, bytes(1 << 20))\n",
        proof=_had_too_much,
    ),
)
