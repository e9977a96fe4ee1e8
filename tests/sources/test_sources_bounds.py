"""What is read of files that somebody else may have put there: regular ones, and none beyond a limit."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model import files
from resilience_checks.model.errors import InputError, UsageError
from resilience_checks.model.schema_fault import fault
from resilience_checks.model.yaml_text import MOST_WITH_PLACES, YamlError, hold
from resilience_checks.sources.given import digests, load
from resilience_checks.sources.program.digest import parts
from resilience_checks.sources.program.reads import outside
from resilience_checks.sources.program.standing import of_child
from resilience_checks.sources.project import read_mapping
from resilience_checks.sources.yaml_program import functions
from resilience_checks.sources.yaml_program.syntax import Document
from tests.sources.yaml_programs import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROGRAM = "name: web\nruntime: yaml\n"
PIECE = "  pet-{}: {{type: random:RandomPet, properties: {{length: 3, separator: '-'}}}}\n"


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _device(place: Path) -> None:
    place.symlink_to("/dev/zero")


def _loop(place: Path) -> None:
    place.symlink_to(place.name)


@pytest.mark.parametrize("read", [files.content, files.given, files.text])
@pytest.mark.parametrize(
    ("put", "why"),
    [
        (_pipe, r"no regular file|nothing writes"),
        (_device, "no regular file"),
        (_loop, "symbolic links"),
        (os.mkdir, "Is a directory"),
    ],
)
def test_what_is_no_file_is_not_waited_for(
    read: Callable[[Path], object],
    put: Callable[[Path], None],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "_PATIENCE", 0.01)
    put(tmp_path / "it")
    with pytest.raises(OSError, match=why):
        read(tmp_path / "it")


@pytest.mark.parametrize("read", [files.content, files.given])
def test_a_file_has_the_limit_and_no_byte_more(read: Callable[[Path, int], bytes], tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"x" * 10)
    assert read(tmp_path / "it", 10) == b"x" * 10
    with pytest.raises(OSError, match="larger than 0 MB, the most that is read of such a file") as caught:
        read(tmp_path / "it", 9)
    assert files.remedy(caught.value, "otherwise") == "make it smaller, or split what it says"


def test_a_file_that_takes_up_no_space_is_not_read_to_see_how_large_it_is(tmp_path: Path) -> None:
    with (tmp_path / "it").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OSError, match="larger than 32 MB"):
        files.given(tmp_path / "it")


def test_what_a_user_names_may_be_a_pipe_that_something_writes_into_and_is_read_once(tmp_path: Path) -> None:
    """As `<(...)` is: what it says is read, and its digest is of that."""
    ours, theirs = os.pipe()
    said = b'{"a:b:c": {"d": 1}}' + b" " * (1 << 17)  # more than a pipe holds: somebody waits
    writer = threading.Thread(target=lambda: _write(theirs, said))
    writer.start()
    place = tmp_path.__class__(f"/dev/fd/{ours}")
    found = load(place, None)
    writer.join()
    assert found.answer("a:b:c", {}) == {"d": 1}
    assert [*digests([place], tmp_path).values()] == [*digests([_file(tmp_path / "same", said)], tmp_path).values()]
    os.close(ours)


def test_another_pipe_of_the_same_name_says_its_own(tmp_path: Path) -> None:
    place = tmp_path / "answers.json"
    for said in (b"one", b"two", b"three"):
        os.mkfifo(place)
        held = os.open(place, os.O_RDWR)  # so that opening to write waits for nobody
        writing = os.open(place, os.O_WRONLY)
        os.write(writing, said)
        reading = os.open(place, os.O_RDONLY | os.O_NONBLOCK)  # what is written stays until somebody reads
        os.close(held)
        os.close(writing)
        assert files.given(place) == said
        os.close(reading)
        place.unlink()


def test_of_a_pipe_no_more_is_read_than_of_a_file(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b"x" * 10)
    with pytest.raises(OSError, match="larger than"):
        files.given(tmp_path.__class__(f"/dev/fd/{ours}"), 9)
    os.close(ours)
    os.close(theirs)


def test_answers_in_a_pipe_that_nobody_writes_into_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_PATIENCE", 0.01)
    _pipe(tmp_path / "answers.json")
    with pytest.raises(
        UsageError, match=r"answers\.json cannot be read: it is a pipe into which nothing writes"
    ) as caught:
        load(tmp_path / "answers.json", None)
    assert caught.value.remedy == "put a regular file in its place"


def test_a_configuration_of_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    place = _file(tmp_path / "Pulumi.prod.yaml", b"config:\n" + b"  web:key: value\n" * 150_000)
    with pytest.raises(InputError) as caught:
        read_mapping(place, tmp_path)
    assert (str(caught.value), caught.value.remedy) == (
        "Pulumi.prod.yaml cannot be read: it is larger than 1 MB, the most that is read of such a file",
        "make it smaller, or split what it says",
    )


def test_so_is_one_of_too_many_values(tmp_path: Path) -> None:
    place = _file(tmp_path / "Pulumi.prod.yaml", b"config:\n  web:all: [" + b"1," * MOST_WITH_PLACES + b"1]\n")
    with pytest.raises(
        InputError, match=rf"^Pulumi\.prod\.yaml:2:\d+: too much: it has more than {MOST_WITH_PLACES} values"
    ):
        read_mapping(place, tmp_path)


def test_a_program_may_be_larger_than_settings_as_its_sections_are_not_read_with_them(tmp_path: Path) -> None:
    resources = "resources:\n" + "".join(PIECE.format(number) for number in range(20_000))
    place = _file(tmp_path / "Pulumi.yaml", (PROGRAM + resources).encode())
    assert place.stat().st_size > files.LARGEST
    assert dict(read_mapping(place, tmp_path, frozenset({"resources"}))) == {"name": "web", "runtime": "yaml"}


def test_what_stands_beside_the_program_may_not(tmp_path: Path) -> None:
    place = _file(tmp_path / "Pulumi.yaml", (PROGRAM + "config:\n" + "  key: value\n" * 100_000).encode())
    with pytest.raises(InputError, match=r"^Pulumi\.yaml cannot be read: it is larger than 1 MB"):
        read_mapping(place, tmp_path, frozenset({"resources"}))


@pytest.mark.parametrize(
    "read",
    [lambda file: read_mapping(file, file.parent, frozenset({"resources"})), lambda file: Document(file, file.name)],
    ids=["project", "program"],
)
def test_a_program_of_too_many_values_is_refused_at_the_line(
    read: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold, "__defaults__", (20,))
    text = PROGRAM + "resources:\n" + "".join(PIECE.format(number) for number in range(3))
    with pytest.raises(InputError, match=r"^Pulumi\.yaml:5:\d+: .*too much: it has more than 20 values"):
        read(_file(tmp_path / "Pulumi.yaml", text.encode()))


@pytest.mark.parametrize(("text", "most"), [("[1, 2]", 3), ("a: {b: c}", 5), ("[&a [1, 2], *a, *a]", 4)])
def test_values_are_counted_as_they_are_written(text: str, most: int) -> None:
    hold(text, most)
    with pytest.raises(YamlError, match=f"more than {most - 1} values"):
        hold(text, most - 1)


def test_of_data_that_is_wrong_throughout_the_first_faults_tell_why() -> None:
    found = fault({"items": {"type": "string"}}, [1] * 5_000)
    assert found is not None
    assert list(found.absolute_path) < [1000]


def test_a_script_without_end_is_not_looked_through_and_its_graph_not_kept(tmp_path: Path) -> None:
    """Whoever looked for the time in it would fill the memory; the hash of it is that of its size and beginning."""
    for name in ("web/large.py", "large.bin"):
        (tmp_path / "web").mkdir(exist_ok=True)
        with (tmp_path / name).open("wb") as file:
            file.truncate(1 << 40)
    found = of_child({"opened": [str(tmp_path / "large.bin")]}, tmp_path / "web", tmp_path / "web", ())
    said = "larger than 16 MB, the most that is read of such a file"
    assert found.unseen == f"large.py cannot be looked through: it is {said}"
    assert [key for key, mark in found.marks.items() if mark] == [f"file {tmp_path}/large.bin"]
    assert list(outside([tmp_path / "large.bin"], tmp_path, tmp_path / "web")) == ["large.bin"]


def test_a_pipe_among_compiled_code_is_not_waited_for(tmp_path: Path) -> None:
    unchecked = (tmp_path / "__pycache__" / "one.pyc", tmp_path / "__pycache__" / "two.pyc")
    unchecked[0].parent.mkdir()
    unchecked[0].write_bytes(bytes(4) + (1).to_bytes(4, "little"))
    os.mkfifo(unchecked[1])
    assert list(parts(tmp_path)) == [unchecked[0]]


def test_a_file_that_is_too_large_for_a_program_tells_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(functions, "LARGEST_DATA", 1 << 20)
    _file(tmp_path / "large.txt", b"x" * ((1 << 20) + 1))
    with pytest.raises(InputError, match=r"larger than 1 MB") as caught:
        evaluate(tmp_path, "outputs: {told: {'fn::readFile': large.txt}}\n")
    assert caught.value.remedy == "make it smaller, or split what it says"


def _write(number: int, content: bytes) -> None:
    with os.fdopen(number, "wb") as file:
        file.write(content)


def _file(place: Path, content: bytes) -> Path:
    place.write_bytes(content)
    return place
