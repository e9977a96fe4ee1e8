"""What is said of YAML programs that cannot be evaluated: what, where, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import InputError
from resilience_checks.model.values import Unknown
from tests.sources.yaml_programs import evaluate

if TYPE_CHECKING:
    from pathlib import Path

PET = "resources:\n  pet:\n    type: random:RandomPet\n"
ERRORS = {
    "unknown name": (
        PET + "    properties: {prefix: '${pat.id}'}\n",
        "Pulumi.yaml:6:26: there is no `pat`",
        "did you mean `pet`?",
    ),
    "unknown name in an output": (
        PET + "outputs:\n  id: ${pett.id}\n",
        "Pulumi.yaml:7:7: there is no `pett`",
        "did you mean `pet`?",
    ),
    "circle": (
        (
            "resources:\n  a: {type: 'random:RandomPet', properties: {prefix: '${b.id}'}}\n"
            "  b: {type: 'random:RandomPet', properties: {prefix: '${v}'}}\nvariables: {v: '${a.id}'}\n"
        ),
        "Pulumi.yaml:6:16: `a` needs itself: a -> b -> v -> a",
        "take one of these references out",
    ),
    "no type": (
        "resources:\n  pet: {properties: {}}\n",
        "Pulumi.yaml:4:3: the resource `pet` has no `type`",
        "add one: `type: aws:s3:Bucket`",
    ),
    "no token": (
        "resources:\n  pet: {type: RandomPet}\n",
        "Pulumi.yaml:4:15: `RandomPet` is no type",
        "write `package:module:Name`, or `package:Name`",
    ),
    "key twice": (
        PET + "    name: a\n    name: b\n",
        "Pulumi.yaml:7:5: the key `name` stands twice, first in line 6",
        "keep one of the two",
    ),
    "name twice": (
        PET + "variables: {pet: 1}\n",
        "Pulumi.yaml:6:13: `pet` is already the name of something else, in line 4",
        "take another name",
    ),
    "urn twice": (
        PET + "  other: {type: 'random:RandomPet', name: pet}\n",
        (
            "Pulumi.yaml:6:3: two resources have the URN urn:pulumi:prod::web::random:index/randomPet:RandomPet::pet,"
            " the first at Pulumi.yaml:4"
        ),
        "give one of them another `name`",
    ),
    "no configuration": (
        "config:\n  size: {type: integer}\n" + PET,
        "Pulumi.yaml:4:3: the configuration value web:size is required and not set",
        "set it in Pulumi.<stack>.yaml, or run `pulumi config set size VALUE`",
    ),
    "no configuration of a provider": (
        PET + "    properties: {prefix: '${aws:region}'}\n",
        "Pulumi.yaml:6:26: the configuration value aws:region is needed and not set",
        "set it in Pulumi.<stack>.yaml, or run `pulumi config set aws:region VALUE`",
    ),
    "other configuration": (
        "config:\n  size: {type: integer, default: many}\n" + PET,
        "Pulumi.yaml:4:3: the configuration value size is a text, and integer is declared",
        "correct the value in Pulumi.<stack>.yaml, or the type here",
    ),
    "not a pair": (
        PET + "    properties: {prefix: {fn::join: [a]}}\n",
        "Pulumi.yaml:6:37: the argument of fn::join must be a list of two values",
        "write `fn::join: [a, b]`",
    ),
    "beyond the end": (
        PET + "    properties: {prefix: {fn::select: [2, [a]]}}\n",
        "Pulumi.yaml:6:26: element 2 is asked of a list of 1",
        "take another element",
    ),
    "open brace": (
        PET + "    properties: {prefix: '${pet.id'}\n",
        "Pulumi.yaml:6:26: `${pet.id` has no closing brace",
        "close it with `}`, or write `$$` for a dollar",
    ),
    "alias": (
        "variables:\n  a: &x 1\n  b: *x\n",
        "Pulumi.yaml:5:6: the alias `*x` cannot be used in a program",
        "use a variable, `${name}`",
    ),
    "no provider": (
        PET + "  b: {type: 'random:RandomPet', options: {provider: '${pet}'}}\n",
        "Pulumi.yaml:6:53: `pet` is no provider",
        "name a resource of type `pulumi:providers:...`",
    ),
    "no resource": (
        "variables: {a: 1}\n" + PET + "    options: {dependsOn: ['${a}']}\n",
        "Pulumi.yaml:7:26: `dependsOn` of `pet` names something that is no resource",
        "write `${name}`",
    ),
    "protect": (
        PET + "    options: {protect: 'yes'}\n",
        "Pulumi.yaml:6:24: `protect` is a text, not true or false",
        "write `protect: true`",
    ),
    "components": (
        PET + "components: {a: {resources: {}}}\n",
        "Pulumi.yaml:6:1: components can be declared in a plugin only, not in a program",
        "move them into a directory with a PulumiPlugin.yaml, and name that under `packages:`",
    ),
    "secret file": (
        "config: {p: {type: string, secret: true, default: hush}}\n"
        + PET
        + "    properties: {prefix: {fn::readFile: '${p}'}}\n",
        "Pulumi.yaml:7:26: a file whose path is secret cannot be read: No such file or directory",
        "correct the path, which is relative to the program",
    ),
    "secret asset": (
        "config: {p: {type: string, secret: true, default: hush}}\n"
        + PET
        + "    properties: {prefix: {fn::fileAsset: '${p}'}}\n",
        "Pulumi.yaml:5:3: the asset whose path is secret cannot be read: No such file or directory",
        "correct the path; it is relative to the program's directory",
    ),
    "missing file": (
        PET + "    properties: {prefix: {fn::readFile: ./none}}\n",
        "Pulumi.yaml:6:26: ./none cannot be read: No such file or directory",
        "correct the path, which is relative to the program",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_say_what_and_where_and_what_to_do(tmp_path: Path, name: str) -> None:
    program, message, remedy = ERRORS[name]
    with pytest.raises(InputError) as caught:
        evaluate(tmp_path, program)
    assert (str(caught.value), caught.value.remedy) == (message, remedy)


def test_a_key_that_does_nothing_is_said_as_the_language_host_does(tmp_path: Path) -> None:
    graph = evaluate(tmp_path, PET + "    propertys: {length: 3}\n")
    assert graph.resources[1].inputs == {}
    assert graph.notes == (
        "Pulumi.yaml:6:5: resource `pet` has no key `propertys`, so it does nothing; did you mean `properties`?",
    )


def test_a_function_that_is_not_known_here_gives_an_unknown(tmp_path: Path) -> None:
    graph = evaluate(tmp_path, PET + "    properties: {prefix: {fn::toJson2: a}}\n")
    assert graph.resources[1].inputs == {"prefix": Unknown("fn::toJson2 is no function that is known here")}
    assert graph.notes == ("Pulumi.yaml:6:26: fn::toJson2 is no function that is known here; did you mean fn::toJSON?",)


def test_a_program_outside_of_the_repository_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("not for the report", encoding="utf-8")
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "Main.yaml").symlink_to(tmp_path / "outside")
    with pytest.raises(
        InputError, match=r"^Pulumi\.yaml:1: the program Main\.yaml is outside of the repository"
    ) as caught:
        evaluate(repository, "")
    assert "not for the report" not in str(caught.value)


def test_a_program_from_a_compiler_is_refused_with_what_can_be_done(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="the program comes from a compiler, which is not run"):
        evaluate(
            tmp_path,
            "",
            files={"Pulumi.yaml": "name: web\nruntime: {name: yaml, options: {compiler: cue export}}\n"},
        )
