"""Programs that write beside the protocol: what the check's own part of their process notes, and where it writes."""

from __future__ import annotations

from resilience_checks.model.location import Location
from tests.hostile.attack import Attack, Attempt

SECRET = "the content of a file that the program must not learn, nor bring into a log"
_FORM = "each note is held against its form, and what does not fit is a failure of the stack"
_READ = "files that a program could write are read without following links, without waiting, and as plain files alone"
_MISSHAPEN = "makes no graph"
_NOTES = """\
import gc
notes = next(one for one in gc.get_objects() if type(one).__name__ == "Notes")


def note(**told):
    notes.file.write(json.dumps(told) + "\\n")


"""


def note(name: str, tries: str, line: str, says: str = _MISSHAPEN, exit_code: int = 4) -> Attack:
    """Return a program that forges one note."""
    return Attack(name, tries, _FORM, _NOTES + line, says, exit_code)


def _tells_nothing_of_the_secret(found: Attempt) -> None:
    assert SECRET not in found.said
    assert (found.root / "secret.txt").read_text(encoding="utf-8") == SECRET


def _stands_in_its_project(found: Attempt) -> None:
    [graph] = found.graphs
    places = {resource.name: resource.location for resource in graph.resources}
    assert places["one"] == Location("__main__.py", 21)


ATTACKS = (
    note("note-of-no-form", "notes what is no JSON", 'notes.file.write("{nonsense\\n")\n'),
    note("note-that-is-a-list", "notes a list", 'notes.file.write("[1]\\n")\n'),
    note(
        "note-of-other-types", "notes dependencies that are a number", "note(kind='elements', number=[1], elements=4)\n"
    ),
    note("note-nested-deeply", "notes a hundred thousand brackets", 'notes.file.write("[" * 100_000 + "\\n")\n'),
    note("note-with-nul", "notes a path with NUL in it", "note(kind='skipped', name='x', file='a\\0b', line=1)\n"),
    note(
        "note-with-half-a-character",
        "notes a path with a lone surrogate",
        "note(kind='skipped', name='x', file='a\\ud800', line=1)\n",
    ),
    note(
        "note-of-a-mark",
        "notes that a region's name is the answer of a lookup",
        "note(kind='mark', text='uksouth', number=1, path='x')\n",
    ),
    Attack(
        "note-of-a-line-elsewhere",
        "notes that its resource was made in a file outside of the project",
        "the place that the SDK itself tells comes first, and none outside of the project is shown",
        _NOTES + "for number in range(9):\n    note(kind='place', number=number, file='/etc/passwd', line=1)\n",
        exit_code=0,
        proof=_stands_in_its_project,
    ),
    Attack(
        "note-of-another-line",
        "notes that its resource was made at another line of its own project",
        "nothing: a line is where the program says; the finding itself stays",
        _NOTES
        + """\
class Frames:
    def __call__(self, *_):
        return []


import pulumi.runtime.resource as sent
for name in dir(sent):
    if "stack_trace" in name or "source_position" in name:
        setattr(sent, name, lambda *_, **__: None)
for number in range(9):
    note(kind="place", number=number, file=str(Path("Pulumi.prod.yaml").resolve()), line=1)
""",
        exit_code=0,
        prevented=False,
    ),
    Attack("notes-taken-away", "takes its notes away", _READ, '(PRIVATE / "notes.jsonl").unlink()\n', "without a word"),
    Attack(
        "end-that-waits",
        "puts a FIFO where the check reads how the program ended, so that it would wait for ever",
        _READ,
        'os.mkfifo(PRIVATE / "end.json")\nos._exit(0)\n',
        "without a word",
    ),
    Attack(
        "end-of-other-types",
        "writes an end with numbers for texts, and texts for numbers",
        _FORM,
        """\
(PRIVATE / "end.json").write_text('{"ok": false, "kind": "raised", "file": 3, "line": "x", "traceback": [1]}')
os._exit(1)
""",
        "without a word",
    ),
    Attack(
        "end-nested-deeply",
        "writes an end of a hundred thousand brackets",
        _FORM,
        '(PRIVATE / "end.json").write_text("[" * 100_000)\nos._exit(1)\n',
        "without a word",
    ),
    Attack(
        "output-that-is-a-link",
        "has its output be a link to a secret, and fails, so that the log would show it",
        _READ,
        """\
(PRIVATE / "output.txt").unlink()
(PRIVATE / "output.txt").symlink_to(Path("secret.txt").resolve())
raise RuntimeError("as planned")
""",
        "as planned",
        proof=_tells_nothing_of_the_secret,
        files={"secret.txt": SECRET},
    ),
    Attack(
        "output-that-is-a-hard-link",
        "has its output be a second name of a secret",
        _READ,
        """\
(PRIVATE / "output.txt").unlink()
tried(lambda: os.link(Path("secret.txt").resolve(), PRIVATE / "output.txt"))
raise RuntimeError("as planned")
""",
        "as planned",
        proof=_tells_nothing_of_the_secret,
        files={"secret.txt": SECRET},
    ),
    Attack(
        "output-that-waits",
        "has its output be a FIFO",
        _READ,
        '(PRIVATE / "output.txt").unlink()\nos.mkfifo(PRIVATE / "output.txt")\nraise RuntimeError("as planned")\n',
        "as planned",
    ),
    Attack(
        "folders-without-end",
        "nests folders deeper than a path may be long, so that nobody can remove them",
        "what Python cannot remove the system's `rm` does",
        """\
os.chdir(PRIVATE)
for _ in range(1200):
    os.mkdir("folder")
    os.chdir("folder")
os.chdir(Path(__file__).parent)
""",
        exit_code=0,
    ),
    Attack(
        "closed-folders",
        "closes folders with files in them, so that nobody can remove them",
        "closed folders are opened before they are removed",
        """\
(PRIVATE / "a" / "b").mkdir(parents=True)
(PRIVATE / "a" / "b" / "file").touch()
(PRIVATE / "a" / "b").chmod(0)
(PRIVATE / "a").chmod(0)
""",
        exit_code=0,
    ),
)
