"""What is said of policies that are refused, whole: what, where, why, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from opa_client.errors import RegoParseError

from resilience_checks.model.errors import CheckError, EngineError, UsageError
from resilience_checks.policy import controls, opa_connection, pack, pages, scaffold
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.engine import EngineFault
from resilience_checks.policy.finding import by_id
from resilience_checks.policy.metadata import metadata
from resilience_checks.policy.opa_server import OpaServerEngine
from resilience_checks.policy.opa_started import StartedOpaEngine
from resilience_checks.policy.safety import BUILTINS, examine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PACK = pack.load()
HEAD = (
    "# METADATA\n# title: T\n# description: D\n# custom:\n#   id: own\n#   severity: low\n#   remediation: R\n"
    "#   questions: {q: {faults: [outage]ASKED}}\n"
)
PARAMETERS = "#   parameters: {type: object, properties: {n: {type: integer, default: 1}, m: {type: string}}}\n"
NOT_UNDERSTOOD = "a policy that is not understood would be passed over in silence"
ENGINES = "its answer could differ between the engines, or count what is not known as a pass"
VARIABLE = "a variable called input or data"
RULES = "package resilience.a.b\n\n"


def told(error: CheckError) -> tuple[str, str, str, str]:
    place = error.location
    return error.what, f"{place.line}:{place.column}" if place is not None else "", error.why, error.remedy


def refused(text: str) -> tuple[str, str, str, str]:
    with pytest.raises(EngineError) as caught:
        examine({"a.rego": RULES + text})
    return told(caught.value)


def read(text: str) -> tuple[str, str, str, str]:
    with pytest.raises(EngineError) as caught:
        metadata("own.rego", text)
    return told(caught.value)


class Client:
    """A connection to a server that refuses each policy, and says this of queries."""

    def __init__(self, said: Mapping[str, Any], code: str = "invalid_parameter") -> None:
        self.said, self.code = said, code

    def ad_hoc_query(self, query: str) -> Mapping[str, Any]:
        assert query == "x = opa.runtime().version"
        return self.said

    def update_policy_from_string(self, text: str, endpoint: str, *, rego_compat: bool) -> None:
        assert not rego_compat
        raise RegoParseError(self.code, f"{text.split(maxsplit=1)[0]} of {endpoint.rpartition('_')[2]}:\n  unexpected")

    def delete_policy(self, endpoint: str) -> None:
        assert endpoint

    def close_connection(self) -> None:
        """Do nothing."""


class Failing(Client):
    """A connection to a server that answers each query with status 500 and this text."""

    def __init__(self, text: str) -> None:
        super().__init__({})
        self.text = text

    def query_rule(
        self, data: Mapping[str, Any], package: str, rule: str, *, query_params: Mapping[str, bool]
    ) -> Mapping[str, Any]:
        assert (data, rule, query_params) == ({}, "report", {"strict-builtin-errors": True})
        assert package.endswith(".resilience.own")
        response = requests.Response()
        response.status_code, response._content = 500, self.text.encode()
        response.headers["Content-Type"] = "application/json; charset=utf-8"
        raise requests.HTTPError(response=response)


def server(client: Client, monkeypatch: pytest.MonkeyPatch) -> OpaServerEngine:
    monkeypatch.setattr(opa_connection, "client", lambda _parts, _seconds: client)
    return OpaServerEngine("http://127.0.0.1:8181")


def test_a_policy_is_found_by_its_id_and_else_the_nearest_is_named() -> None:
    assert by_id(PACK, "redundant-firewalls") == next(one for one in PACK.policies if one.id == "redundant-firewalls")
    with pytest.raises(UsageError) as near:
        by_id(PACK, "redundant-firewals")
    assert told(near.value) == (
        "there is no policy 'redundant-firewals'",
        "",
        "nothing can be said of it",
        "did you mean redundant-firewalls?",
    )
    with pytest.raises(UsageError) as far:
        by_id(pack.Pack(PACK.policies[:2], {}), "zzz")
    assert far.value.remedy == f"the policies are {PACK.policies[0].id}, {PACK.policies[1].id}"


def test_a_default_that_its_schema_does_not_allow() -> None:
    wrong = HEAD.replace("ASKED", "") + PARAMETERS.replace("default: 1", "default: x")
    assert read(wrong) == (
        "custom.parameters.properties.n.default: 'x' is not of type 'integer'",
        "9:64",
        "the policy could not be evaluated without being set",
        "give a default that the parameter's schema allows",
    )


def test_a_question_that_names_a_parameter_without_a_default() -> None:
    def said(name: str, parameters: str) -> tuple[str, str, str, str]:
        return read(HEAD.replace("ASKED", f", order: {{parameter: {name}}}") + parameters)

    what = "custom.questions.q.order: there is no parameter {!r} with a default"
    assert said("m", PARAMETERS) == (what.format("m"), "8:39", NOT_UNDERSTOOD, "name one of: n, m")
    assert said("n", "") == (what.format("n"), "8:39", NOT_UNDERSTOOD, "name one of: none; add it to parameters")


def test_a_module_of_what_is_checked_that_adds_to_what_is_trusted(tmp_path: Path) -> None:
    (tmp_path / "more.rego").write_text("package resilience.lib.words.more\n\nx := 1\n", encoding="utf-8")
    with pytest.raises(EngineError) as caught:
        pack.load(added=[tmp_path])
    assert told(caught.value) == (
        "the module adds to package resilience.lib.words, which is trusted",
        "1:None",
        "policies that are added by what is checked may find more, and change nothing of what others find",
        "give it a package of its own, such as `resilience.own.NAME`, or bring it in where settings are trusted",
    )


@pytest.mark.parametrize(
    ("text", "what", "at", "remedy"),
    [
        ("r if {\n\tsome data in [1]\n}\n", VARIABLE, "4:2", "give it another name"),
        ("r if {\n\tsome x, input in [1]\n\tx == 0\n}\n", VARIABLE, "4:2", "give it another name"),
        ("r if {\n\tevery data # each\n\tin [1] { data == 1 }\n}\n", VARIABLE, "4:2", "give it another name"),
        ("r if input.x with input.x as 1\n", "`with`", "3:14", "give a function what differs as an argument"),
        (
            'r := http["send"]({})\n',
            "`http.send` is not a builtin that both engines have",
            "3:6",
            f"use one of: {', '.join(sorted(BUILTINS))}",
        ),
        (
            "r if not input.x\n",
            "`not` over a value of the document",
            "3:6",
            'compare with "yes", "no" or "unknown" instead',
        ),
    ],
)
def test_what_no_policy_may_have(text: str, what: str, at: str, remedy: str) -> None:
    assert refused(text) == (what, at, ENGINES, remedy)


def test_a_policys_own_parameters_may_be_negated_however_they_are_named() -> None:
    for name in ("input.settings.own.x", 'input["settings"].own.x', 'input["settings"]["own"]["x"]'):
        examine({"a.rego": f"{RULES}r if not {name}\n"})


def test_what_an_opa_server_does_not_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    def said(code: str) -> tuple[str, str, str, str]:
        with pytest.raises(EngineError) as caught:
            server(Client({}, code), monkeypatch).evaluate({"a.rego": RULES}, b"{}", {})
        return told(caught.value)

    assert said("invalid_parameter") == (
        "a policy does not compile: a.rego: (invalid_parameter, package of 0: unexpected)",
        "",
        "no policy was evaluated",
        "correct the policy, or take its folder out of --policies",
    )
    assert said("internal_error") == (
        "the OPA server at http://127.0.0.1:8181 refused a policy: a.rego: (internal_error, package of 0: unexpected)",
        "",
        "no policy was evaluated",
        "see its log",
    )


CONFLICT = '{"message": "complete rules must not produce multiple outputs"'
WHOLE = '"code": "internal_error", "message": "error(s) occurred while evaluating query"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f'{{{WHOLE}, "errors": [{CONFLICT}, "location": {{"file": "p.rego", "row": 3, "col": 1}}}}]}}',
            "p.rego:3:1: complete rules must not produce multiple outputs",
        ),
        (f'{{{WHOLE}, "errors": [{CONFLICT}}}]}}', "complete rules must not produce multiple outputs"),
        (f'{{{WHOLE}, "errors": [{{"code": "eval_error"}}]}}', "error(s) occurred while evaluating query"),
        (f"{{{WHOLE}}}", "error(s) occurred while evaluating query"),
        ("{}", ""),
        ('["overloaded"]', "['overloaded']"),
        ("overloaded", "overloaded"),
    ],
)
def test_what_an_opa_server_says_of_a_query_that_failed(text: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(Failing(text), monkeypatch) as engine:
        assert engine.evaluate({}, b"{}", {"own": "resilience.own"}) == {"own": EngineFault(said)}


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://opa.example.org", "https://opa.example.org:443"),
        ("https://opa.example.org:8181", "https://opa.example.org:8181"),
        ("http://opa.example.org", "http://opa.example.org:80"),
        ("http://127.0.0.1:8181", "http://127.0.0.1:8181"),
    ],
)
def test_an_opa_server_is_asked_by_the_scheme_and_at_the_port_of_its_url(url: str, asked: str) -> None:
    client = opa_connection.client(urlsplit(url), 1.0)
    assert client.root_url == f"{asked}/v1"
    client.close_connection()


def test_an_opa_that_was_never_started_need_not_be_ended() -> None:
    with StartedOpaEngine(binary="opa") as engine:
        assert engine.version == "not asked"


def test_what_the_embedded_engine_does_not_compile() -> None:
    with EmbeddedEngine() as engine, pytest.raises(EngineError) as caught:
        engine.evaluate({"broken.rego": "package resilience.broken\n\nreport := {"}, b"{}", {})
    assert told(caught.value) == (
        "a policy does not compile: broken.rego:3:12: error: expecting expression",
        "",
        "no policy was evaluated",
        "correct the policy, or take its folder out of --policies",
    )


@pytest.mark.parametrize(
    ("text", "what", "at", "remedy"),
    [
        (b"OWN-1: One\nOWN-2: [Two, *no]\n", "it is not valid YAML: found undefined alias", "2:14", "mend the YAML"),
        (
            b"- OWN-1\n",
            "it is not a mapping of control ids to titles",
            "1:None",
            'write one control a line, such as `OWN-1: "Our standard, one"`',
        ),
        (
            b"OWN-1: \xff\n",
            "it cannot be read: 'utf-8' codec can't decode byte 0xff in position 7: invalid start byte",
            "1:None",
            "make it readable UTF-8 text",
        ),
    ],
)
def test_titles_of_controls_that_are_none(text: bytes, what: str, at: str, remedy: str, tmp_path: Path) -> None:
    (tmp_path / "controls.yaml").write_bytes(text)
    with pytest.raises(UsageError) as caught:
        controls.titles([tmp_path])
    assert told(caught.value) == (what, at, "", remedy)
    assert caught.value.location is not None
    assert caught.value.location.path == (tmp_path / "controls.yaml").as_posix()


@pytest.mark.parametrize(
    ("said", "version"), [({"result": [{"x": "1.2.3"}]}, "1.2.3"), ({"result": [{}]}, "unknown"), ({}, "unknown")]
)
def test_an_opa_server_need_not_say_its_version(
    said: Mapping[str, Any], version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(Client(said), monkeypatch) as engine:
        assert engine.version == "not asked"
        assert engine.evaluate({}, b"{}", {}) == {}
        assert engine.version == version


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({}, "any value"),
        ({"enum": ["instant", 1, ["a"]]}, "instant, 1, a"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"type": "array"}, "list of any value"),
        ({"type": "object", "additionalProperties": {"type": "number", "maximum": 9}}, "mapping to number, up to 9"),
        ({"type": "object", "additionalProperties": False}, "mapping"),
        ({"type": "boolean"}, "true, false"),
        ({"type": ["integer", "null"], "minimum": 0}, "integer or null, from 0"),
        ({"type": "integer", "minimum": 1, "maximum": 3}, "integer, 1 to 3"),
    ],
)
def test_what_a_parameter_may_be_in_words(schema: Mapping[str, Any], words: str) -> None:
    assert pages.values(schema) == words


def test_a_policy_is_written_into_a_folder_that_holds_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "own/two-racks"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("ours", encoding="utf-8")
    names = ("two_racks.rego", "two_racks_test.rego", "README.md")
    assert scaffold.write("two-racks", "own", tmp_path) == tuple(folder / name for name in names)
    assert {file.name for file in folder.iterdir()} == {"notes.txt", *names}
    (folder / names[0]).unlink()
    with pytest.raises(UsageError) as caught:
        scaffold.write("two-racks", "own", tmp_path)
    assert told(caught.value) == (
        f"{folder / names[1]} is there already",
        "",
        "nothing was written",
        "take it away, or give the policy another id",
    )
    assert not (folder / names[0]).exists()


def test_a_policy_is_not_written_beside_one_of_its_id(tmp_path: Path) -> None:
    scaffold.write("two-racks", "own", tmp_path)
    for policy in ("redundant-firewalls", "two-racks"):
        with pytest.raises(UsageError) as caught:
            scaffold.write(policy, "other", tmp_path)
        assert told(caught.value) == (
            f"there is a policy {policy} already",
            "",
            "nothing was written",
            "give the new one another id",
        )
    assert [path.name for path in tmp_path.iterdir()] == ["own"]
