"""What no policy may have is found however it is written, and what is harmless is let through."""

from __future__ import annotations

import json
import subprocess

import pytest

from resilience_checks.model.errors import EngineError
from resilience_checks.model.location import Location
from resilience_checks.policy import pack
from resilience_checks.policy.safety import BUILTINS, examine

HEAD = "package resilience.a.b\n\nimport data.resilience.lib.words\n\n"

NEGATIONS = {
    "straight": 'r if not input.x == "yes"',
    "over two lines": 'r if {\n\tnot\n\tinput.x == "yes"\n}',
    "in brackets": 'r if not (input.x == "yes")',
    "by a string key": 'r if not input["x"] == "yes"',
    "of a local variable": 'r if {\n\tx := input.x\n\tnot x == "yes"\n}',
    "of a variable of a variable": 'r if {\n\tx := input.x\n\ty := [x]\n\tnot y[0] == "yes"\n}',
    "of a unified variable": 'r if {\n\tinput.x = x\n\tnot x == "yes"\n}',
    "of a taken apart variable": 'r if {\n\t[x, {"k": y}] := input.x\n\tnot y == "yes"\n}',
    "of a loop's value": 'r if {\n\tsome x in input.xs\n\tnot x == "yes"\n}',
    "of a loop's key": 'r if {\n\tsome k, _ in input.xs\n\tnot k == "yes"\n}',
    "of an index": 'r if {\n\tinput.xs[k]\n\tnot k == "yes"\n}',
    "in every": 'r if every x in input.xs { not x == "yes" }',
    "in every, after letters of two bytes": '# é\nr if every k, x in input.xs { not k == "yes" }',
    "in a comprehension": 'r := [x | some x in input.xs; not x == "yes"]',
    "in an object's comprehension": 'r := {x: 1 | some x in input.xs; not x == "yes"}',
    "of a comprehension": "r if not count([x | some x in input.xs]) == 0",
    "in an else": 'r := 1 if {\n\tfalse\n} else := 2 if {\n\tnot input.x == "yes"\n}',
    "in the head": 'r := count([1 | not input.x == "yes"])',
    "of a parameter": 'f(x) if not x == "yes"\n\nr if f(input.x)',
    "of a parameter taken apart": 'f([x, _]) if not x == "yes"\n\nr if f([input.x, 1])',
    "of a helper": 'h := input.x\n\nr if not h == "yes"',
    "of a helper's helper": 'g if input.x == "yes"\n\nh if g\n\nr if not h',
    "of a helper with a default": 'default h := "no"\n\nh := input.x\n\nr if not h == "yes"',
    "of a partial rule": 'h contains x if some x in input.xs\n\nr if not "a" in h',
    "of a function's result": 'f(_) := input.x\n\nr if not f(1) == "yes"',
    "of another package": "r if not data.resilience.other.h",
    "of what is imported": "r if not words.known",
    "of the whole document": 'r if {\n\tall := input\n\tnot all.x == "yes"\n}',
    "by object.get": 'r if not object.get(input, "x", "no") == "yes"',
    "through the settings' own keys": "r if not input.settings[input.x]",
    "through a key that is no text": 'r if {\n\tsome k in ["services"]\n\tnot input[k]\n}',
    "of a result as last argument": "r if {\n\tcount(input.x, n)\n\tnot n == 0\n}",
}
BUILTIN = {
    "a request": 'r := http.send({"url": "http://127.0.0.1"})',
    "in a comprehension": "r := [x | x := opa.runtime()]",
    "over two lines": "r := time.now_ns(\n)",
    "with space before the bracket": 'r := io.jwt.decode ("")',
    "by a string key": 'r := http["send"]({})',
    "in an else": 'r := 1 if false else := rand.intn("x", 2)',
    "nested in arguments": 'r := count(split(crypto.md5("x"), "a"))',
    "walk": "r := [p | walk(input, [p, _])]",
    "print": 'r if print("x")',
    "in a default's function": "f(x) := net.cidr_merge(x)",
    "as a mock": "r if count(input.x) == 1 with count as words.count",
    "with another document": 'r if words.h with input as {"x": "yes"}',
}
HARMLESS = {
    "the word in a string": 'r := "not input.x"',
    "the word in a raw string": "r := `not input.x == http.send(1)`",
    "a call in a string": 'r := "http.send(1)"',
    "the word in a comment": "# not input.x\nr := 1",
    "a name that begins with it": "r if {\n\tnothing := input.x\n\tnothing == 1\n}",
    "a name that ends with it": "r if {\n\tis_not := input.x\n\tis_not == 1\n}",
    "a key of that name": 'r := input["not"]',
    "of a setting": 'r if not input.settings["x"].all',
    "of a setting by a dot": "r if not input.settings.x.all",
    "of a setting in a variable": "r if {\n\ts := input.settings.x\n\tnot s.all\n}",
    "of a loop over a setting": 'r if {\n\tsome s in input.settings.x.kinds\n\tnot s == "rack"\n}',
    "of a rule over settings": "all if input.settings.x.all\n\nr if not all",
    "of a constant": 'kinds := {"a", "b"}\n\nr if not "c" in kinds',
    "of a function of a constant": "f(x) := x + 1\n\nr if not f(1) == 3",
    "of a constant beside the document": 'kinds := {"a"}\n\nr if {\n\tinput.x == "yes"\n\tnot "c" in kinds\n}',
    "in every over constants": 'r if every k in ["a"] { not k == "b" }',
    "own function": "f(x) := x + 1\n\nr := f(input.x)",
    "an own function called like a part of a builtin": "send(x) := x + 1\n\nr := send(input.x)",
    "a function of the library": "r := words.listed(input.x)",
    "a function by its whole path": "r := data.resilience.lib.words.listed(input.x)",
    "brackets that are no call": "r if (input.x + 1) * 2 == 4",
    "all common operators": 'r if {\n\tx := {1} | {2}\n\ty := x & {1} - {2}\n\tcount(y) >= 1\n\tinput.x != "no"\n}',
    "a rule of more files": 'r if words.listed(input.x) == "a"',
}  # fmt: skip


@pytest.mark.parametrize("text", NEGATIONS.values(), ids=NEGATIONS.keys())
def test_a_negation_of_the_document_is_found(text: str) -> None:
    with pytest.raises(EngineError) as caught:
        examine({"a.rego": f"{HEAD}{text}\n"})
    assert caught.value.what == "`not` over a value of the document"
    location = caught.value.location
    assert location is not None
    assert location.column is not None
    assert f"{HEAD}{text}".splitlines()[location.line - 1][location.column - 1 :].startswith("not")


@pytest.mark.parametrize("text", BUILTIN.values(), ids=BUILTIN.keys())
def test_what_one_engine_lacks_or_what_hides_a_negation_is_found(text: str) -> None:
    with pytest.raises(EngineError, match=r"is not a builtin that both engines have|`with`"):
        examine({"a.rego": f"{HEAD}{text}\n"})


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_harmless_is_let_through(text: str) -> None:
    examine({"a.rego": f"{HEAD}{text}\n"})


def test_a_rule_that_another_file_of_the_package_makes_is_seen_through() -> None:
    here = f'{HEAD}h := "yes" if false\n\nr if not h\n'
    examine({"a.rego": here})
    with pytest.raises(EngineError, match="`not` over a value") as caught:
        examine({"a.rego": here, "b.rego": "package resilience.a.b\n\nh := input.x\n"})
    assert caught.value.location == Location("a.rego", 7, 6)


def test_what_is_no_rego_is_an_error_at_its_place() -> None:
    with pytest.raises(EngineError) as caught:
        examine({"a.rego": f'{HEAD}r := $"{{input.x}}"\n'})
    assert caught.value.location == Location("a.rego", 5, 6)
    assert caught.value.what == "the policy is not Rego that both engines read: invalid character"


def test_opa_has_every_builtin_that_is_allowed(opa_binary: str) -> None:
    done = subprocess.run([opa_binary, "capabilities", "--current"], check=True, capture_output=True, text=True)
    assert {item["name"] for item in json.loads(done.stdout)["builtins"]} >= BUILTINS


def test_the_bundled_policies_are_let_through() -> None:
    assert pack.load().policies
