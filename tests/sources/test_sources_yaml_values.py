"""What expressions, functions and configuration of YAML programs are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.errors import InputError
from tests.sources.yaml_programs import HEAD, computed, evaluate, inputs

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
config: {{size: {{type: integer, default: 3}}, aws:region: eu-west-1}}
variables:
  number: 1234567
  list: [a, "${{size}}", 7]
  object: {{x: {{y: [1, two]}}, "k-${{size}}": v}}
  later: {{fn::join: ["-", ["${{vpc.id}}", b]]}}
  both: [known, "${{vpc.id}}"]
resources:
  vpc: {{type: "aws:ec2:Vpc", properties: {{cidr: 10.0.0.0/16, tags: {{port: 80}}, secret: {{fn::secret: s}}, null: ~}}}}
  pet:
    type: random:RandomPet
    properties:
      value: {value}
"""
LATER = computed("aws:ec2/vpc:Vpc", "vpc")
TEXT = hashlib.sha256(b"text").hexdigest()


def value_of(directory: Path, expression: str) -> Any:
    return inputs(evaluate(directory, BASE.format(value=expression)), "pet").get("value")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"no"', "no"),
        ("no", "no"),
        ("010", 8),
        ("1e3", 1000),
        ("0.5", 0.5),
        ("~", None),
        ("2024-01-01", "2024-01-01"),
        ("$${x} $$ $5", "${x} $ $5"),
        ("${size}", 3),
        ("n${size}", "n3"),
        ("${web:size}", 3),
        ("${aws:region}", "eu-west-1"),
        ("n${number}", "n1.234567e+06"),
        ('"${list}"', ["a", 3, 7]),
        ('"x${list}"', "x[a 3 7]"),
        ('"${list[1]}"', 3),
        ('"${object.x.y[1]}"', "two"),
        ("""'${object["x"]["y"][0]}'""", 1),
        ("""'${["object"]["k-3"]}'""", "v"),
        ('"${object.none}"', None),
        ("${pulumi.stack}/${pulumi.project}/${pulumi.organization}", "prod/web/organization"),
        ("${vpc.cidr}", "10.0.0.0/16"),
        ("p${vpc.tags.port}", "p80"),
        ("${vpc.urn}", "urn:pulumi:prod::web::aws:ec2/vpc:Vpc::vpc"),
        ("${vpc.secret}", {"$secret": True}),
        ("${vpc.null}", LATER),
        ("${vpc.tags.none}", LATER),
        ("${vpc}", {"urn": "urn:pulumi:prod::web::aws:ec2/vpc:Vpc::vpc", "id": "", "packageVersion": ""}),
        ("${vpc.id}-${size}", LATER),
        ("${later}", LATER),
        ('"${both[0]}"', LATER),
        ('["${vpc.cidr}", "${vpc.id}"]', ["10.0.0.0/16", LATER]),
        ('{a: ~, b: {c: "${vpc.id}"}}', {"b": {"c": LATER}}),
        ("{fn::join: [',', [a, '${vpc.cidr}']]}", "a,10.0.0.0/16"),
        ("{fn::split: [',', 'a,b']}", ["a", "b"]),
        ("{fn::select: [1, '${list}']}", 3),
        (
            "{fn::toJSON: {b: [1, 2.5, true, ~], a: '<${vpc.cidr}>'}}",
            '{"a":"\\u003c10.0.0.0/16\\u003e","b":[1,2.5,true,null]}',
        ),
        ("{fn::toBase64: text}", "dGV4dA=="),
        ("{fn::fromBase64: dGV4dA==}", "text"),
        ("{fn::secret: '${vpc.id}'}", {"$secret": True}),
        ("{fn::stringAsset: text}", {"text": "text", "hash": TEXT}),
        ("{fn::remoteAsset: 'https://example.com/a'}", {"uri": "https://example.com/a"}),
        ("{fn::toBase64: '${vpc.id}'}", LATER),
        ("{Fn::Join: ['', [a, b]]}", "ab"),
    ],
)
def test_values(tmp_path: Path, expression: str, expected: Any) -> None:
    assert value_of(tmp_path, expression) == expected


def test_text_after_an_unknown_is_a_source_and_no_dependency_of_the_engine(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
resources:
  a: {type: "aws:ec2:Vpc"}
  b: {type: "aws:ec2:Vpc"}
  c: {type: "random:RandomPet", properties: {prefix: "${a.id}-${b.id}"}}
""",
    )
    a, b, c = graph.resources[1:]
    assert c.property_dependencies == {"prefix": (a.urn,)}
    assert c.element_dependencies == {"prefix": (a.urn, b.urn)}


def test_a_part_of_a_list_waits_for_all_of_it_and_comes_from_itself(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
variables: {both: ["${a.id}", "${b.id}"]}
resources:
  a: {type: "aws:ec2:Vpc"}
  b: {type: "aws:ec2:Vpc"}
  c: {type: "random:RandomPet", properties: {prefix: "${both[1]}"}}
""",
    )
    a, b, c = graph.resources[1:]
    assert c.property_dependencies == {"prefix": (a.urn, b.urn)}
    assert c.element_dependencies == {"prefix": (b.urn,)}


def test_files_are_read_inside_of_the_repository_only(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    (tmp_path / "secret.txt").write_text("not for the report", encoding="utf-8")
    (repository / "link.txt").symlink_to(tmp_path / "secret.txt")
    program = """\
resources:
  pet:
    type: random:RandomPet
    properties: {in: {fn::readFile: ./in.txt}, out: {fn::readFile: ../secret.txt}, link: {fn::readFile: link.txt}}
"""
    assert inputs(evaluate(repository, program, files={"in.txt": "inside"}), "pet") == {
        "in": "inside",
        "out": {
            "$unknown": {
                "why": "../secret.txt is outside of the repository, so it is not read; --readable lets programs read more"
            }
        },
        "link": {
            "$unknown": {
                "why": "link.txt is outside of the repository, so it is not read; --readable lets programs read more"
            }
        },
    }


def test_a_file_that_is_not_there_stops_the_program_as_the_engine_does(tmp_path: Path) -> None:
    program = 'resources:\n  a: {type: "aws:s3:BucketObject", properties: {source: {fn::fileAsset: ./x}}}\n'
    with pytest.raises(InputError, match=r"^Pulumi\.yaml:4:3: the asset \./x cannot be read: No such file"):
        evaluate(tmp_path, program)


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("{type: string}", "text", "text"),
        ("{type: string}", "'0123'", "0123"),
        ("{type: integer}", "8080", 8080),
        ("{type: number}", "1.5", 1.5),
        ("{type: boolean}", "'true'", True),
        ("{type: object}", "{a: [1]}", {"a": [1]}),
        ("{type: array, items: {type: string}}", "[a]", ["a"]),
        ("{type: List<String>}", "[a]", ["a"]),
        ("{type: string, default: x}", None, "x"),
        ("{default: 3}", None, 3),
        ("{type: string, secret: true}", "{secure: AAABAOmJrjzNuL7XQQ==}", {"$secret": True}),
        ("{type: integer}", "{secure: AAABAOmJrjzNuL7XQQ==}", {"$secret": True}),
    ],
)
@pytest.mark.parametrize("section", ["config", "configuration"])
def test_configuration(tmp_path: Path, section: str, declared: str, given: str | None, expected: Any) -> None:
    program = f"{section}:\n  key: {declared}\nresources:\n  pet: {{type: 'random:RandomPet', properties: {{value: '${{key}}'}}}}\n"
    graph = evaluate(tmp_path, program, config=f"  web:key: {given}\n" if given is not None else "")
    assert inputs(graph, "pet") == {"value": expected}


def test_a_value_that_only_an_environment_can_have_is_not_known(tmp_path: Path) -> None:
    program = """\
config: {key: {type: string}}
resources:
  pet: {type: "random:RandomPet", properties: {value: "${key}", region: "${aws:region}"}}
"""
    graph = evaluate(tmp_path, program, files={"Pulumi.prod.yaml": "environment: [shared]\n"})
    assert inputs(graph, "pet") == {
        "value": {"$unknown": {"why": "the stack's `environment:` may define web:key; it is not known offline"}},
        "region": {"$unknown": {"why": "the stack's `environment:` may define aws:region; it is not known offline"}},
    }


@pytest.mark.parametrize("start", ["[a, b]", "abababab", "{a: b}"])
def test_a_few_lines_cannot_fill_the_memory(tmp_path: Path, start: str) -> None:
    double = "'${v%d}${v%d}'" if start == "abababab" else "['${v%d}', '${v%d}']"
    lines = "".join(f"  v{number}: {double % (number - 1, number - 1)}\n" for number in range(1, 60))
    with pytest.raises(InputError, match="the program builds values of more than 64 MB"):
        evaluate(tmp_path, f"variables:\n  v0: {start}\n{lines}")


def test_a_program_has_its_time(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the evaluation did not end within 0 s"):
        evaluate(tmp_path, "variables: {a: b}\n", seconds=0.0)


def test_a_long_chain_is_no_deep_recursion(tmp_path: Path) -> None:
    chain = "".join(
        f"  r{number}: {{type: 'random:RandomPet', properties: {{prefix: '${{r{number + 1}.id}}'}}}}\n"
        for number in range(1500)
    )
    graph = evaluate(tmp_path, f"resources:\n{chain}  r1500: {{type: 'random:RandomPet'}}\n")
    assert [graph.resources[1].name, graph.resources[-1].name] == ["r1500", "r0"]


def test_the_head_of_the_project_file_does_not_depend_on_the_program(tmp_path: Path) -> None:
    program = (
        "description: |\n  resources:\n    none\nresources: {\n  pet: {type: 'random:RandomPet'}\n}\noutputs:\n  a: 1\n"
    )
    assert HEAD.startswith("name: web")
    assert [item.name for item in evaluate(tmp_path, program).resources[1:]] == ["pet"]
