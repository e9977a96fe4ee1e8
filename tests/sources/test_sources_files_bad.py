"""Files that are not what they should be: an error with the position, never a part of a graph passed off as whole."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.errors import InputError, UsageError
from resilience_checks.sources.files import json_file
from resilience_checks.sources.files.reading import open_all
from tests.sources.filing import (
    CIPHER,
    MARK,
    PREFIX,
    STACK,
    export,
    preview,
    read,
    root,
    state,
    step,
    urn,
)

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = preview(step(root()), step(state("a")), step(state("b", dependencies=[urn("a")])))
TEXT = json.dumps(WHOLE).encode()
STATE = export(root(), state("a", id="1"))


def refused(directory: Path, document: object, **how: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read(document, directory, **how)
    error = caught.value
    assert error.exit_code == 4
    assert error.why
    assert error.remedy
    return error


@pytest.mark.parametrize("cut", range(1, len(TEXT), 37))
@pytest.mark.parametrize("pretty", [False, True])
def test_a_truncated_file_is_refused_wherever_it_is_cut(cut: int, *, pretty: bool, tmp_path: Path) -> None:
    text = json.dumps(WHOLE, indent=4).encode() if pretty else TEXT
    error = refused(tmp_path, WHOLE, raw=text[:cut])
    line = text[:cut].count(b"\n") + 1
    assert error.what.startswith(f"file.json:{line}:")
    assert "truncated" in error.what


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "file.json is empty"),
        (b" \n\t", "file.json is empty"),
        (b"\xef\xbb\xbf", "file.json is empty"),
        (b"[1]", "file.json:1:1: this is not a preview: none of the keys that make one stands at its top"),
        (b"hello", "file.json:1:1: this is not a preview: none of the keys that make one stands at its top"),
        (b'{"steps": [],}', "file.json:1:14: not valid JSON: a key in double quotes is expected"),
        (b'{"steps"\n []}', "file.json:2:2: not valid JSON: ':' is expected"),
        (b'{"steps": [{"op": "\n"}]}', "file.json:1:20: not valid JSON: invalid control character at"),
        (b'{"steps": [{"op": "\0"}]}', "file.json:1:20: not valid JSON: invalid control character at"),
        (b'{"steps": [{"op": "\\x"}]}', "file.json:1:20: not valid JSON: invalid \\escape"),
        (b'{"config": [{"op": "same"} {"op": "same"}]}', "file.json:1:28: not valid JSON: expecting ',' delimiter"),
        (b'{"a": 1,\n "a": 2}', "file.json:2:2: the object that begins at 1:1 has the key 'a' twice"),
        (
            b'{"steps": [\n {"op": "same", "op": "create"}]}',
            "file.json:2:2: the value that begins here has the key 'op' twice in one object",
        ),
        (
            b'{"duration": NaN, "steps": []}',
            "file.json:1:14: the value that begins here holds NaN, which is no JSON number",
        ),
        (
            b'{"duration": -Infinity}',
            "file.json:1:14: the value that begins here holds -Infinity, which is no JSON number",
        ),
        (
            b'{"duration": 1e999}',
            "file.json:1:14: the value that begins here holds a number that is too large for a double",
        ),
        (b'{"x": ' + b"9" * 5000 + b"}", "file.json:1:7: the value that begins here holds a number of more than 4300"),
        (b'{"x": ' + b"[" * 100_000, "file.json:1:7: the value that begins here is nested too deeply to be read"),
        (b'{"steps": "\xff"}', "file.json:1:12: not UTF-8 text"),
        (b'{"steps":\n ["ab\xc3"]}', "file.json:2:6: not UTF-8 text"),
        (TEXT + b"\n" + TEXT, "file.json:2:1: something follows after the end of the JSON document"),
    ],
)
def test_what_is_no_json_document_is_refused_at_its_position(raw: bytes, what: str, tmp_path: Path) -> None:
    assert refused(tmp_path, None, kind="preview", raw=raw).what.startswith(what)


@pytest.mark.parametrize(
    ("document", "kind", "is_what", "remedy"),
    [
        (STATE, "preview", "it is a state", "give it by --state instead"),
        ({"version": 3, "checkpoint": {"latest": None}}, "preview", "it is a state", "give it by --state instead"),
        (WHOLE, "state", "it is a preview", "give it by --preview instead"),
        (
            {"result": "succeeded", "duration": 5, "summary": {"create": 2}, "resources": [{"urn": STACK}]},
            "preview",
            "it is only a summary of changes, which `pulumi preview --output json` prints",
            "write it with `pulumi preview --json --show-sames > FILE`",
        ),
        (
            {"sequence": 1, "timestamp": 2, "summaryEvent": {}},
            "preview",
            "it is an engine event log",
            "write it with `pulumi preview --json --show-sames > FILE`",
        ),
        (
            {"version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "x", "resources": []},
            "state",
            "it is a Terraform state",
            "write it with `pulumi stack export --file FILE`",
        ),
        (
            {"format_version": "1.2", "terraform_version": "1.5.0", "planned_values": {}},
            "preview",
            "it is a Terraform plan or state",
            "write it with `pulumi preview",
        ),
        (
            {"name": "aws", "version": "6.0.0", "provider": {}, "resources": {}, "types": {}},
            "state",
            "it is the schema of a Pulumi package",
            "write it with `pulumi stack export",
        ),
        ({"resourcePlans": {}, "manifest": {}}, "preview", "it is an update plan", "write it with `pulumi preview"),
        ({"hello": "world"}, "state", "none of the keys that make one stands at its top", "write it with"),
        ({}, "preview", "none of the keys that make one stands at its top", "write it with"),
        ("text", "state", "none of the keys that make one stands at its top", "write it with"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_gives_the_right_one(
    document: object, kind: str, is_what: str, remedy: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, document, kind=kind)
    assert error.what.startswith(f"file.json:1:1: this is not a {kind}: {is_what}")
    assert error.remedy.startswith(remedy)


@pytest.mark.parametrize("version", [0, 5, 99, -1])
def test_another_version_of_a_state_is_refused_at_its_line(version: int, tmp_path: Path) -> None:
    error = refused(tmp_path, {**STATE, "version": version})
    assert error.what == f"file.json:2:14: version {version} of a state is not one that is read here (1 to 4)"


def test_a_version_after_its_resources_is_held_too(tmp_path: Path) -> None:
    last = {"deployment": STATE["deployment"], "version": 9}
    assert "version 9 of a state" in refused(tmp_path, last).what
    assert "has no `version`" in refused(tmp_path, {"deployment": STATE["deployment"]}).what


@pytest.mark.parametrize("form", ["preview", "state"])
@pytest.mark.parametrize(
    ("states", "what"),
    [
        ([state("a"), state("b"), state("a")], f"the URN {urn('a')} occurs a second time, first at "),
        ([state("a", parent=urn("gone"))], f"{urn('a')} names {urn('gone')} as its parent, which is nowhere"),
        ([state("a", dependencies=[urn("gone")])], f"{urn('a')} names {urn('gone')} as its dependency, which"),
        (
            [state("a", propertyDependencies={"x": [urn("gone")]})],
            f"{urn('a')} names {urn('gone')} as its dependency of `x`, which",
        ),
        ([state("a", deletedWith=urn("gone"))], f"{urn('a')} names {urn('gone')} as its `deletedWith`, which"),
        (
            [state("a", provider=f"{urn('gone', 'pulumi:providers:pkg')}::id")],
            f"{urn('a')} names {urn('gone', 'pulumi:providers:pkg')} as its provider, which",
        ),
        (
            [state("a", dependencies=[urn("b")]), state("b", parent=urn("c")), state("c", dependencies=[urn("a")])],
            "resources depend on each other in a circle: ",
        ),
        ([state("a", dependencies=[urn("a")])], "resources depend on each other in a circle: "),
        ([{**state("a"), "urn": f"{PREFIX}only"}], "a resource without a well-formed `urn`"),
        ([{**state("a"), "urn": 7}], "a resource without a well-formed `urn`"),
        ([{**state("a"), "type": None}], "a resource without a well-formed `urn` and `type`"),
        ([state("a", inputs=[1])], f"`inputs` of {urn('a')} is not what it must be"),
        ([state("a", inputs={MARK: CIPHER[MARK], "plaintext": "1"})], f"`inputs` of {urn('a')} is not what it must be"),
        ([state("a", dependencies="b")], f"`dependencies` of {urn('a')} is not what it must be"),
        ([state("a", dependencies=[1])], f"`dependencies` of {urn('a')} is not what it must be"),
        ([state("a", provider="aws")], f"`provider` of {urn('a')} is not what it must be"),
        ([state("a", propertyDependencies={"x": "y"})], f"`x` of {urn('a')} is not what it must be"),
        (
            [{**state("a"), "urn": urn("a").replace(":prod:", ":dev:")}],
            "urn:pulumi:dev::web::pkg:index:Thing::a is of another stack than web/prod",
        ),
    ],
)
def test_resources_that_no_engine_writes_are_refused_at_their_line(
    form: str, states: list[dict[str, Any]], what: str, tmp_path: Path
) -> None:
    document = export(root(), *states) if form == "state" else preview(*map(step, [root(), *states]))
    error = refused(tmp_path, document)
    place, _, said = error.what.partition(": ")
    line = int(place.split(":")[1])
    if form == "preview":
        what = what.replace("a resource without a well-formed `urn` and `type`", "").replace(
            "a resource without a well-formed `urn`", "a step without an `op` and a well-formed `urn`"
        )
    assert said.startswith(what)
    assert json.dumps(document, indent=2).splitlines()[line - 1].strip().startswith('"newState"') or (
        json.dumps(document, indent=2).splitlines()[line - 1].strip() in {"{", '"inputs": {'}
    )


def test_inputs_nested_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(150):
        deep = {"x": deep}
    error = refused(tmp_path, export(root(), state("a", inputs={"deep": deep})))
    assert f"the inputs of {urn('a')} are nested more than 100 deep, the limit of this tool" in error.what


def test_outputs_are_not_read_however_deep_they_are(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(150):
        deep = {"x": deep}
    assert len(read(export(root(), state("a", outputs={"deep": deep})), tmp_path).resources) == 2


def test_a_preview_that_failed_is_refused_without_its_message(tmp_path: Path) -> None:
    said = [{"severity": "warning", "message": "w"}, {"severity": "error", "message": "password hunter2"}]
    error = refused(tmp_path, {**WHOLE, "diagnostics": said, "config": {"web:key": "hunter2"}})
    assert "the preview ended with an error, whose message stands here" in error.what
    assert "hunter2" not in f"{error.what} {error.why} {error.remedy}"
    failed = refused(tmp_path, {"diagnostics": said[1:], "duration": 1}, kind="preview")
    assert "the preview ended with an error" in failed.what


@pytest.mark.parametrize("document", [preview(), {"steps": [], "changeSummary": {"same": 4}}])
def test_a_preview_without_steps_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    error = refused(tmp_path, document)
    assert error.what == "file.json:1:1: the preview has no steps, so it does not say which stack it is of"
    assert "--show-sames" in error.remedy


@pytest.mark.parametrize(
    "document", [export(), {"version": 3, "deployment": None}, {"version": 3, "checkpoint": {"stack": "s"}}]
)
def test_a_state_without_resources_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    assert "the state holds no resources" in refused(tmp_path, document).what


def test_a_step_without_the_state_it_leads_to_is_refused(tmp_path: Path) -> None:
    bare = {"op": "create", "urn": urn("a")}
    assert "has no `newState` of this URN" in refused(tmp_path, preview(step(root()), bare)).what
    other = {**step(state("a")), "urn": urn("b")}
    assert "has no `newState` of this URN" in refused(tmp_path, preview(step(root()), other)).what


@pytest.mark.parametrize("cut", [1, 9, 20, -9, -4, -1])
def test_broken_gzip_is_refused(cut: int, tmp_path: Path) -> None:
    packed = gzip.compress(TEXT)
    error = refused(tmp_path, WHOLE, raw=packed[:cut])
    assert "gzip data is broken" in error.what or cut == 1
    damaged = packed[:30] + bytes([packed[30] ^ 255]) + packed[31:]
    assert "gzip data is broken" in refused(tmp_path, WHOLE, raw=damaged).what
    assert "something follows after the gzip data" in refused(tmp_path, WHOLE, raw=packed + b"x").what


def test_a_gzip_bomb_stops_at_the_stated_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_file, "MAX_BYTES", 4 << 20)
    bomb = gzip.compress(b" " * (64 << 20))
    assert len(bomb) < 100_000
    for raw in (bomb, b" " * (5 << 20)):
        error = refused(tmp_path, WHOLE, raw=raw)
        assert error.what == "file.json holds more than 4 MB of text, the limit of one file"


def test_a_very_long_line_is_read_and_never_shown(tmp_path: Path) -> None:
    long = "x" * 5_000_000
    assert read(export(root(), state("a", inputs={"long": long})), tmp_path).resources[1].inputs == {"long": long}
    error = refused(tmp_path, None, kind="state", raw=b'{"version": 3, "x": "' + long.encode() + b'", oops}')
    assert error.what == "file.json:1:5000025: not valid JSON: a key in double quotes is expected"
    assert len(error.what) < 100


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_no_harm(coding: str, tmp_path: Path) -> None:
    assert len(read(WHOLE, tmp_path, raw=json.dumps(WHOLE).encode(coding)).resources) == 3


def test_half_characters_become_what_the_engine_makes_of_them(tmp_path: Path) -> None:
    raw = json.dumps(export(root(), state("a", inputs={"t": "x"}))).replace('"x"', '"a\\ud800b \\ud83d\\ude00"')
    assert read(None, tmp_path, kind="state", raw=raw.encode()).resources[1].inputs == {"t": "a\ufffdb \U0001f600"}


def test_files_that_exclude_each_other_are_a_usage_error(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text(json.dumps(STATE), encoding="utf-8")
    with pytest.raises(UsageError, match="two files are of the stack web/prod"):
        open_all([], [tmp_path / "one.json", tmp_path / "two.json"], [], tmp_path)
    with pytest.raises(UsageError, match="standard input is named twice"):
        open_all([type(tmp_path)("-")], [type(tmp_path)("-")], [], tmp_path)
    (error,) = open_all([], [tmp_path / "none.json"], [], tmp_path).failures
    assert "cannot be read: No such file" in error.what
