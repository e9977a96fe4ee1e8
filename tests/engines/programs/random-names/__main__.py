"""Dynamic providers, random values, outputs that are combined in every way, and values of every kind."""

import math

import pulumi
import pulumi_random as random
from pulumi import Output, ResourceOptions
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Numbered(ResourceProvider):
    def create(self, props):
        return CreateResult(id_="one", outs={**props, "made": True})


class Thing(Resource):
    size: Output[int]
    made: Output[bool]

    def __init__(self, name, opts=None, **props):
        super().__init__(Numbered(), name, {"made": None, **props}, opts)


pet = random.RandomPet("pet", length=2, keepers={"zone": "a", "two": "b"})
number = random.RandomInteger("number", min=1, max=10)
password = random.RandomPassword("password", length=16, special=False)
shuffled = random.RandomShuffle("shuffled", inputs=["a", "b", pet.id, pet.prefix], result_count=2)
identity = random.RandomId("identity", byte_length=8, keepers={"pet": pet.id, "secret": password.result})
thing = Thing("thing", size=3, label=pet.id, opts=ResourceOptions(depends_on=[number]))
Thing("other", size=thing.size, made=thing.made, items=shuffled.results, opts=ResourceOptions(parent=thing))

combined = Output.all(pet.length, number.min, number.max, Output.from_input({"deep": [pet.separator, 1]}))
Thing("known", numbers=combined.apply(lambda parts: {"sum": parts[0] + parts[1], "rest": parts[3]}))
Thing("mixed", pair=[pet.length, pet.id], either=Output.all(a=pet.length, b=pet.id).apply(lambda it: it["a"]))
Thing("chained", text=pet.length.apply(lambda n: Output.concat(str(n), "-", number.min.apply(str))))
Thing("lifted", first=shuffled.inputs[0], third=shuffled.inputs[2], count=shuffled.result_count)
Thing(
    "kinds",
    none=None,
    yes=True,
    text="",
    whole=3,
    big=2**53,
    part=math.pi,
    tiny=1e-9,
    empty_list=[],
    empty_map={},
    list_with_none=[1, None, "x"],
    map_with_none={"a": None, "b": 1},
    nested=[[["deep"]], {"a": {"b": [{"c": pet.length}]}}],
    asset=pulumi.StringAsset("text"),
    file=pulumi.FileAsset("./Pulumi.yaml"),
    archive=pulumi.AssetArchive({"one": pulumi.StringAsset("1"), "two": pulumi.FileAsset("Pulumi.yaml")}),
    secret_list=Output.secret(["a", "b"]),
    inside=[Output.secret("x"), "y", {"z": Output.secret(1)}],
    secret_unknown=Output.secret(pet.id),
    resource=pet,
)
for index in range(3):
    random.RandomString(f"string-{index}", length=pet.length.apply(lambda n, index=index: n + index))
random.RandomUuid("uuid", keepers=Output.all(pet.id, password.result).apply(lambda it: {"a": it[0], "b": it[1]}))
pulumi.export("password", password.result)
pulumi.export("pet", pet)

exec("random.RandomPet(\"executed\")")  # text has no line
