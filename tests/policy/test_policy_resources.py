"""A policy of one's own reads the inputs of resources: what is not known stays unknown, and results stand at lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import Answers
from resilience_checks.model.graph import ResourceGraph
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Resource
from resilience_checks.model.values import LookupAnswer, Secret, Unknown
from resilience_checks.policy import document, outcome, pack
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections.resources import section
from resilience_checks.policy.settings import Settings, settings
from resilience_checks.topology.estate import Estate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.model.values import Value
    from resilience_checks.policy.engine import Engine

OWN = pack.load([Path(__file__).parent / "own"])
TOKEN = "aws:rds/instance:Instance"


def resource(name: str, line: int, token: str = TOKEN, **inputs: Value) -> Resource:
    return Resource(f"urn:{name}", token, name, custom=True, inputs=inputs, location=Location("__main__.py", line))


def matter(*resources: Resource) -> Matter:
    graph = ResourceGraph("web", "prod", Location("Pulumi.yaml", 1), "program", resources)
    how: Mapping[str, Settings] = settings(OWN, {})
    only = {
        name: one if name == "closed-databases" else Settings(False, one.severity, one.on_unknown, one.parameters)
        for name, one in how.items()
    }
    return Matter(Estate({}, {}, {}), Answers(()), only, (graph,), types=pack.types(OWN, only))


RESOURCES = (
    resource("open", 3, publiclyAccessible=True),
    resource("closed", 4, publiclyAccessible=False),
    resource("unsaid", 5),
    resource("later", 6, publiclyAccessible=Unknown("an output")),
    resource("other", 7, "aws:s3/bucket:Bucket", publiclyAccessible=True),
)


@pytest.fixture(params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "opa":
        yield request.getfixturevalue("opa_engine")
        return
    with EmbeddedEngine() as made:
        yield made


def test_results_about_resources_stand_at_their_lines(engine: Engine) -> None:
    asked = matter(*RESOURCES)
    found = outcome.decide(OWN, document.build(asked, pack.reads(OWN, asked.settings)), asked, engine)
    assert [(str(one.outcome), one.target, str(one.location)) for one in found] == [
        ("violation", "open", "__main__.py:3"),
        ("pass", "closed", "__main__.py:4"),
        ("pass", "unsaid", "__main__.py:5"),
        ("unknown", "later", "__main__.py:6"),
    ]


def test_inputs_stand_under_their_paths_and_no_secret_among_them() -> None:
    one = resource(
        "one", 1, plain=1, empty=None, inner={"a": [True, "x"]}, mixed=[1, Unknown("later")], key=Secret("d1g3st"),
        hidden={"deep": [Secret("d1g3st")]}, looked=LookupAnswer("l", "id"), output=Unknown("o", secret=True),
    )  # fmt: skip
    assert section(matter(one)).data == {
        TOKEN: [
            {
                "urn": "urn:one",
                "name": "one",
                "stack": "web/prod",
                "values": {
                    "plain": 1, "empty": None, "inner.a.0": True, "inner.a.1": "x", "inner.a": [True, "x"],
                    "inner": {"a": [True, "x"]}, "mixed.0": 1,
                },
                "states": {
                    "plain": "known", "empty": "known", "inner.a.0": "known", "inner.a.1": "known", "inner.a": "known",
                    "inner": "known", "mixed.0": "known", "mixed.1": "unknown", "mixed": "unknown", "key": "secret",
                    "hidden.deep.0": "secret", "hidden.deep": "secret", "hidden": "secret", "looked": "unknown",
                    "output": "secret",
                },
                "unknown": ["mixed.1", "mixed", "looked"],
            }
        ]
    }  # fmt: skip


def test_no_resource_is_written_for_which_no_policy_asks() -> None:
    assert pack.types(pack.load(), settings(pack.load(), {})) == ()
    assert section(Matter(Estate({}, {}, {}), Answers(()), {}, matter(*RESOURCES).graphs)).data == {}
