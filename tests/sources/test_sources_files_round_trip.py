"""A graph written as a preview or a state and read again is the same graph, as far as such a file can tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.model.location import Location
from resilience_checks.model.resource import Resource, ResourceOptions
from resilience_checks.model.values import Secret, Unknown
from tests.sources.filing import STACK, as_state, export, preview, read, root, step, urn

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12).filter(lambda text: text != "[secret]")
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: not number.is_integer()
)
LATER = Unknown("computed at deployment")
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.just(LATER) | st.builds(Secret, st.text("abcdef", min_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
KEYS = TEXTS.filter(lambda key: key != "__defaults")


@st.composite
def resources(draw: st.DrawFn) -> list[Resource]:
    """Draw resources, each of which names only earlier ones."""
    made: list[Resource] = []
    for number in range(draw(st.integers(0, 6))):
        earlier = [resource.urn for resource in made]
        some = st.lists(st.sampled_from(earlier), max_size=3, unique=True) if earlier else st.just([])
        inputs = draw(st.dictionaries(KEYS, VALUES, max_size=4))
        kind = draw(st.sampled_from(["pkg:index:Thing", "a:b/c:D", "pulumi:providers:pkg"]))
        if kind.startswith("pulumi:providers:"):
            inputs = {key: value for key, value in inputs.items() if key not in {"version", "__internal"}}
        by_property = {key: tuple(sorted(draw(some))) for key in sorted(inputs)}
        made.append(
            Resource(
                urn=urn(f"{draw(TEXTS)}{number}", kind),
                type=kind,
                name="",
                custom=draw(st.booleans()),
                inputs=inputs,
                parent=draw(st.sampled_from([STACK, *earlier])),
                provider=draw(st.sampled_from([None, *(item for item in earlier if "::pulumi:providers:" in item)])),
                dependencies=tuple(sorted(draw(some))),
                property_dependencies={key: urns for key, urns in by_property.items() if urns},
                location=draw(st.none() | st.builds(Location, st.just("src/a b.py"), st.integers(1, 99))),
                external_id=draw(st.none() | st.just("an-id")),
                options=ResourceOptions(
                    protect=draw(st.booleans()),
                    deleted_with=draw(st.sampled_from([None, *earlier])),
                    ignore_changes=tuple(draw(st.lists(TEXTS, max_size=2))),
                ),
            )
        )
    return [replace(resource, name=resource.urn.split("::", 3)[3]) for resource in made]


def shared(resource: Resource) -> Resource:
    """Return what every way of reading tells: a secret is one, an unknown is unknown, whatever the words."""
    return replace(resource, inputs=_plain(resource.inputs), element_dependencies={})


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return Secret("")
    if isinstance(value, Unknown):
        return LATER
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


@given(resources())
def test_a_graph_survives_being_written_and_read(made: list[Resource]) -> None:
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "Pulumi.yaml").write_text("name: web\nruntime: python\n", encoding="utf-8")
        before = [shared(resource) for resource in made]
        seen = [step(root()), *(step(as_state(resource, hides=True)) for resource in made)]
        stored = [root(), *(as_state(resource, hides=False) for resource in made)]
        for graph in (read(preview(*seen), directory), read(export(*stored), directory)):
            assert [shared(resource) for resource in graph.resources[1:]] == before
            assert graph.capabilities.complete
            assert not graph.notes
