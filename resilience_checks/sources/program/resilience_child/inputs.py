"""Watches what a program registers, and which resources stand behind each element of an input."""

from __future__ import annotations

from .guesses import Marked, revive
from .monitor import lookup, preparing, registration
from .notes import Notes


def watch_resources(notes: Notes) -> None:
    import pulumi.resource

    for name in ("register_resource", "read_resource"):
        original = getattr(pulumi.resource, name)

        def counted(res: object, *arguments: object, _original: object = original, **options: object) -> object:
            place = notes.made()
            res.__dict__["_resilience_checks"] = number = notes.number()
            if place:
                notes.write(kind="place", number=number, **place)
            return _original(res, *arguments, **options)

        setattr(pulumi.resource, name, counted)

    registered = pulumi.resource.register_resource_outputs

    def kept(res: object, outputs: object) -> object:
        outputs = _detached(outputs)
        if getattr(res, "_type", None) == "pulumi:pulumi:Stack":
            notes.outputs = outputs
        return registered(res, outputs)

    pulumi.resource.register_resource_outputs = kept


def _detached(outputs: object) -> object:
    """Return outputs of their own, of the same values.

    The SDK adds the resources within an output to what it depends on as it sends it. Other outputs share that set, and
    the engine takes so long to answer that they have been used by then; here that would be chance.
    """
    from pulumi import Output

    if not isinstance(outputs, dict):
        return outputs
    return {
        key: Output.all(value).apply(lambda values: values[0]) if isinstance(value, Output) else value
        for key, value in outputs.items()
    }


def watch_inputs(notes: Notes) -> None:
    _watch_preparation()
    from pulumi.runtime import rpc

    original = rpc.serialize_properties

    async def watched(inputs: object, deps: object, *arguments: object, **options: object) -> object:
        struct = await original(inputs, deps, *arguments, **options)
        if inputs is notes.outputs and inputs:
            notes.write(kind="outputs", elements=await _elements(original, inputs, arguments, options))
            return struct
        made = arguments[0] if arguments else options.get("resource_obj")
        made = preparing.get() or made
        current = lookup.get()
        number = getattr(made, "__dict__", {}).get("_resilience_checks")
        if number is None and current is None:
            return struct
        elements = await _elements(original, inputs, arguments, options)
        if number is not None:
            registration.set({"number": number, "resource": made})
            notes.write(kind="elements", number=number, elements=elements)
        else:
            from google.protobuf import json_format

            note = {"unsent": json_format.MessageToDict(struct)} if _has_unknowns(rpc, struct) else {}
            current.update(note)
            notes.write(kind="lookup", elements=elements, **current["note"], **note)
        return struct

    rpc.serialize_properties = watched
    _send_marks(rpc)


def _watch_preparation() -> None:
    """Remember for which resource inputs are serialised, which older SDKs do not say."""
    from pulumi.runtime import resource

    original = resource.prepare_resource

    async def prepared(res: object, *arguments: object, **options: object) -> object:
        token = preparing.set(res)
        try:
            return await original(res, *arguments, **options)
        finally:
            preparing.reset(token)

    resource.prepare_resource = prepared


def _send_marks(rpc: object) -> None:
    """Send the mark of a value that stands for one that nobody knows."""
    original = rpc.serialize_property

    async def marked(value: object, *arguments: object, **options: object) -> object:
        return await original(value.mark if isinstance(value, Marked) else value, *arguments, **options)

    rpc.serialize_property = marked
    _keep_marks(rpc)


def _keep_marks(rpc: object) -> None:
    """Keep what stands for a value in one piece where the SDK would copy it part by part."""
    from pulumi import Output
    from pulumi.runtime import stack

    lifted, translated, received, put_out = (
        Output.from_input,
        rpc.translate_output_properties,
        rpc.deserialize_property,
        stack.massage,
    )

    def from_input(value: object) -> object:
        if not isinstance(value, Marked):
            return lifted(value)
        return lifted(None).apply(lambda _: value)

    def translate(output: object, *arguments: object, **options: object) -> object:
        return output if isinstance(output, Marked) else translated(output, *arguments, **options)

    def deserialize(value: object, *arguments: object, **options: object) -> object:
        return revive(received(value, *arguments, **options))

    def massage(value: object, *arguments: object) -> object:
        return value if isinstance(value, Marked) else put_out(value, *arguments)

    Output.from_input = staticmethod(from_input)
    rpc.translate_output_properties, rpc.deserialize_property, stack.massage = translate, deserialize, massage


async def _elements(original: object, inputs: object, arguments: tuple, options: dict) -> dict | None:
    """Return the URNs behind each element, by serialising once more with every output kept where it stands."""
    from google.protobuf import json_format

    try:
        kept = await original(inputs, {}, *arguments, **{**options, "keep_output_values": True})
        return _dependencies(json_format.MessageToDict(kept))
    except Exception:  # noqa: BLE001 an input that can be awaited only once
        return None


def _dependencies(value: object, at: str = "") -> dict:
    found: dict = {}
    if isinstance(value, dict):
        if value.get("4dabf18193072939515e22adb298388d") == "d0e6a833031e9bbcd3f4e8bde6ca49a4":
            if value.get("dependencies"):
                found[at] = value["dependencies"]
            found.update(_dependencies(value.get("value"), at))
            return found
        for key, item in value.items():
            found.update(_dependencies(item, f"{at}.{key}" if at else key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found.update(_dependencies(item, f"{at}[{index}]"))
    return found


def _has_unknowns(rpc: object, struct: object) -> bool:
    check = getattr(rpc, "struct_contains_unknowns", None)
    return check(struct) if check else rpc.UNKNOWN in str(struct)
