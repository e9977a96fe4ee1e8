"""Runs one Pulumi program against a monitor; a script of its own, in the program's own interpreter.

It imports nothing but the standard library and the program's `pulumi`. It closes the network, runs the program,
and writes what the protocol does not carry into files of a private directory: the dependencies of each element
of an input, lookups that were never sent, callbacks that were not called, and how the program ended.
"""

from __future__ import annotations

import contextvars
import ctypes
import faulthandler
import json
import os
import resource
import runpy
import sys
import time
import traceback
import types
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
LOOKUP = "urn:resilience-checks:lookup::"


def main() -> int:
    """Run the program that the job file describes and return the exit code of its end."""
    private = Path(sys.argv[1])
    job = json.loads((private / "job.json").read_text(encoding="utf-8"))
    _limit(job)
    isolated = _close_network()
    notes = Notes(private, job["project_directory"])
    _refuse_connections()
    stuck = (private / "stuck.txt").open("w", encoding="utf-8")
    faulthandler.dump_traceback_later(max(0.1, job["seconds"] * 0.95), file=stuck)
    end = _run(job, notes)
    faulthandler.cancel_dump_traceback_later()
    notes.finish({**end, "isolated": isolated})
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if end["ok"] else 1)  # threads of a program that failed must not keep it alive


def _limit(job: dict) -> None:
    if sys.platform != "darwin" and job["memory"]:
        resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _close_network() -> bool:
    """Move into a network namespace without interfaces, where the system allows it."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        try:
            Path(f"/proc/self/{name}").write_text(text, encoding="utf-8")
        except OSError:
            return True
    return True


def _refuse_connections() -> None:
    def refuse(event: str, arguments: tuple) -> None:
        if event == "socket.connect":
            address = arguments[1]
            if not isinstance(address, (str, bytes)):
                raise NetworkRefusedError(f"the program opens a connection to {address[0]}:{address[1]}")
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            raise NetworkRefusedError(f"the program looks up the address of {arguments[0]}")

    sys.addaudithook(refuse)


class NetworkRefusedError(ConnectionError):
    """A connection that the program tried to open."""


class LookupUnknownError(Exception):
    """A plain lookup whose answer nobody gave."""


class Notes:
    """What goes to the parent beside the protocol: one JSON object a line."""

    def __init__(self, private: Path, project: str) -> None:
        self.private, self.project = private, os.path.realpath(project) + os.sep
        self.file = (private / "notes.jsonl").open("w", encoding="utf-8")
        self.pending: list = []
        self.files: dict = {}
        self.count = 0
        self.outputs: object = None

    def number(self) -> int:
        self.count += 1
        return self.count

    def write(self, **note: object) -> None:
        self.file.write(json.dumps(note, default=str) + "\n")

    def inside(self, filename: str) -> bool:
        known = self.files.get(filename)
        if known is None:
            path = os.path.realpath(filename)
            known = self.files[filename] = path.startswith(self.project) and "site-packages" not in path
        return known

    def here(self) -> dict | None:
        """Return the innermost frame of the program itself."""
        frame = sys._getframe(1)
        while frame is not None:
            if self.inside(frame.f_code.co_filename):
                return {"file": os.path.realpath(frame.f_code.co_filename), "line": frame.f_lineno}
            frame = frame.f_back
        return None

    def finish(self, end: dict) -> None:
        for callback in self.pending:
            if not callback.called:
                self.write(kind="skipped", **callback.place)
        self.file.close()
        (self.private / "end.json").write_text(json.dumps(end, default=str), encoding="utf-8")


def _run(job: dict, notes: Notes) -> dict:
    program = Path(job["program"])
    os.chdir(program if program.is_dir() else program.parent)
    sys.path[0] = str(program if program.is_dir() else program.parent)
    sys.argv = [str(program)]
    try:
        import pulumi
        import pulumi.runtime
    except ModuleNotFoundError as error:
        return {"ok": False, "kind": "sdk", "message": str(error), "module": error.name}
    _await_monitor(notes.private / "ready", job["seconds"])
    _configure(job, notes)
    _observe(notes)
    import asyncio

    async def run() -> None:
        await pulumi.runtime.run_in_stack(lambda: runpy.run_path(str(program), run_name="__main__") and None)

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run())
    except BaseException as error:  # noqa: BLE001 whatever ends the program ends it for the report
        return _failure(error, notes)
    return {"ok": True}


def _await_monitor(ready: Path, seconds: float) -> None:
    """Wait until the monitor listens: it is being imported while this process imports the SDK."""
    until = time.monotonic() + seconds
    while not ready.exists() and time.monotonic() < until:
        time.sleep(0.002)


def _configure(job: dict, notes: Notes) -> None:
    import pulumi.runtime
    from pulumi.runtime import settings

    wanted = {
        "project": job["project"],
        "stack": job["stack"],
        "monitor": job["address"],
        "engine": job["address"],
        "dry_run": True,
        "parallel": 1,
        "organization": "organization",
        "root_directory": job["project_directory"],
    }
    known = settings.Settings.__init__.__code__.co_varnames
    bag = settings.Settings(**{key: value for key, value in wanted.items() if key in known})
    bag.monitor = Monitor(bag.monitor, notes)
    settings.configure(bag)
    pulumi.runtime.set_all_config(job["config"], job["secrets"])


registration: contextvars.ContextVar = contextvars.ContextVar("registration", default=None)
lookup: contextvars.ContextVar = contextvars.ContextVar("lookup", default=None)
asked_at: contextvars.ContextVar = contextvars.ContextVar("asked_at", default=None)


class Monitor:
    """The monitor's stub; says with each request which note belongs to it."""

    def __init__(self, stub: object, notes: Notes) -> None:
        self._stub, self._notes = stub, notes

    def __getattr__(self, name: str) -> object:
        return getattr(self._stub, name)

    def RegisterResource(self, request: object) -> object:  # noqa: N802 the protocol's name
        current = registration.get()
        number = current["number"] if current else 0
        response = self._stub.RegisterResource(request, metadata=(("number", str(number)),))
        if current:
            _drop_misfits(current["resource"], response)
        return response

    def ReadResource(self, request: object) -> object:  # noqa: N802 the protocol's name
        current = registration.get()
        return self._stub.ReadResource(request, metadata=(("number", str(current["number"] if current else 0)),))

    def Invoke(self, request: object) -> object:  # noqa: N802 the protocol's name
        current = lookup.get()
        number = current["number"] if current else 0
        response, call = self._stub.Invoke.with_call(request, metadata=(("number", str(number)),))
        if current is not None and ("unknown", "1") in tuple((key, value) for key, value in call.trailing_metadata()):
            current["unknown"] = True
        return response


def _drop_misfits(made: object, response: object) -> None:
    """Leave out echoed inputs whose shape is not that of the output, which the SDK would refuse."""
    from pulumi import _types
    from pulumi.runtime import rpc

    try:
        types_ = _types.resource_types(type(made))
        values = rpc.deserialize_properties(response.object, keep_unknowns=True)
    except Exception:  # noqa: BLE001 without type information there is nothing to hold the values against
        return
    for key, value in values.items():
        if types_.get(key) is None:
            continue
        try:
            rpc.translate_output_properties(rpc.unwrap_rpc_secret(value), lambda name: name, types_[key])
        except Exception:  # noqa: BLE001 any refusal means the shape differs
            del response.object.fields[key]


def _observe(notes: Notes) -> None:
    """Watch constructors, serialisation, lookups and callbacks; a part that an SDK lacks is left unwatched."""
    for watch in (_watch_resources, _watch_inputs, _watch_lookups, _watch_callbacks):
        try:
            watch(notes)
        except (AttributeError, ImportError, KeyError) as error:
            notes.write(kind="unwatched", what=watch.__name__, why=str(error))


def _watch_resources(notes: Notes) -> None:
    import pulumi.resource

    for name in ("register_resource", "read_resource"):
        original = getattr(pulumi.resource, name)

        def counted(res: object, *arguments: object, _original: object = original, **options: object) -> object:
            place = notes.here()
            res.__dict__["_resilience_checks"] = number = notes.number()
            if place:
                notes.write(kind="place", number=number, **place)
            return _original(res, *arguments, **options)

        setattr(pulumi.resource, name, counted)

    registered = pulumi.resource.register_resource_outputs

    def kept(res: object, outputs: object) -> object:
        if getattr(res, "_type", None) == "pulumi:pulumi:Stack":
            notes.outputs = outputs
        return registered(res, outputs)

    pulumi.resource.register_resource_outputs = kept


def _watch_inputs(notes: Notes) -> None:
    from pulumi.runtime import rpc

    original = rpc.serialize_properties

    async def watched(inputs: object, deps: object, *arguments: object, **options: object) -> object:
        struct = await original(inputs, deps, *arguments, **options)
        if inputs is notes.outputs and inputs:
            notes.write(kind="outputs", elements=await _elements(original, inputs, arguments, options))
            return struct
        made = arguments[0] if arguments else options.get("resource_obj")
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

            note = {"unsent": json_format.MessageToDict(struct)} if rpc.struct_contains_unknowns(struct) else {}
            notes.write(kind="lookup", elements=elements, **current["note"], **note)
        return struct

    rpc.serialize_properties = watched


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


def _watch_lookups(notes: Notes) -> None:
    import pulumi.runtime.invoke  # noqa: F401 the module, which a function of the same name hides
    from pulumi.resource import DependencyResource

    module = sys.modules["pulumi.runtime.invoke"]
    original = module._invoke
    _keep_places(module, notes)

    def watched(tok: str, props: object, opts: object, typ: object, *arguments: object, **options: object) -> object:
        number = notes.number()
        current = {
            "number": number,
            "note": {"number": number, "token": tok, "place": asked_at.get() or notes.here()},
            "unknown": False,
        }
        plain = sys._getframe(1).f_code.co_name in {"invoke", "invoke_single", "invoke_async"}
        lookup.set(current)
        try:
            waiting = original(tok, props, opts, typ, *arguments, **options)
        finally:
            lookup.set(None)

        async def answered() -> object:
            token = lookup.set(current)
            try:
                result = await waiting
            finally:
                lookup.reset(token)
            known = result.is_known and not current["unknown"]
            if not known and plain:
                raise LookupUnknownError(tok)
            dependencies = [*(result.dependencies or []), DependencyResource(f"{LOOKUP}{number}")]
            value = result.value if known else None
            return type(result)(value, is_secret=result.is_secret and known, is_known=known, dependencies=dependencies)

        return answered()

    module._invoke = watched


def _keep_places(module: types.ModuleType, notes: Notes) -> None:
    """Remember where an output-form lookup was asked for: it is sent later, from a task without the caller."""
    import pulumi.runtime

    for name in ("invoke_output", "invoke_output_single"):
        inner = getattr(module, name, None)
        if inner is None:
            continue

        def placed(*arguments: object, _inner: object = inner, **options: object) -> object:
            token = asked_at.set(asked_at.get() or notes.here())
            try:
                return _inner(*arguments, **options)
            finally:
                asked_at.reset(token)

        setattr(module, name, placed)
        setattr(pulumi.runtime, name, placed)


class Callback:
    """A callback that could make resources, and whether it was called."""

    def __init__(self, func: object, place: dict) -> None:
        self.func, self.place, self.called = func, place, False

    def __call__(self, *arguments: object, **options: object) -> object:
        self.called = True
        return self.func(*arguments, **options)


def _watch_callbacks(notes: Notes) -> None:
    from pulumi import Output

    original = Output.apply

    def watched(self: object, func: object, *arguments: object, **options: object) -> object:
        code = getattr(func, "__code__", None)
        if code is None or not notes.inside(code.co_filename) or not makes_resources(func, notes.inside):
            return original(self, func, *arguments, **options)
        place = {"file": os.path.realpath(code.co_filename), "line": code.co_firstlineno, "name": code.co_name}
        callback = Callback(func, place)
        notes.pending.append(callback)
        return original(self, callback, *arguments, **options)

    Output.apply = watched


def makes_resources(func: object, inside: object, seen: set | None = None) -> bool:
    """Return whether the function names a resource class, or a function of the program that does."""
    seen = set() if seen is None else seen
    func = getattr(func, "__func__", func)
    code = getattr(func, "__code__", None)
    if code is None or code in seen:
        return False
    seen.add(code)
    scope = dict(getattr(func, "__globals__", {}))
    for name, cell in zip(code.co_freevars, getattr(func, "__closure__", None) or ()):
        try:
            scope[name] = cell.cell_contents
        except ValueError:
            continue
    return any(_is_maker(value, inside, seen) for value in _named_values(code, scope))


def _named_values(code: types.CodeType, scope: dict) -> object:
    """Yield what the names of a code object, and of those within it, lead to: `a.b.C` as well as `C`."""
    import dis

    value: object = None
    for instruction in dis.get_instructions(code):
        if instruction.opname in {"LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME", "LOAD_FROM_DICT_OR_DEREF"}:
            value = scope.get(instruction.argval)
        elif instruction.opname in {"LOAD_ATTR", "LOAD_METHOD"} and isinstance(value, (types.ModuleType, type)):
            value = getattr(value, instruction.argval, None)
        else:
            if value is not None:
                yield value
            value = None
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _named_values(constant, scope)


def _is_maker(value: object, inside: object, seen: set) -> bool:
    from pulumi import Resource

    if isinstance(value, type):
        return issubclass(value, Resource)
    code = getattr(getattr(value, "__func__", value), "__code__", None)
    return code is not None and inside(code.co_filename) and makes_resources(value, inside, seen)


def _failure(error: BaseException, notes: Notes) -> dict:
    """Describe the end of a program that failed, at the innermost line of its own."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if notes.inside(frame.filename)]
    end = {"ok": False, "kind": "raised", "type": type(error).__name__, "message": str(error)}
    if frames:
        end.update(file=os.path.realpath(frames[-1].filename), line=frames[-1].lineno)
    if isinstance(error, SyntaxError):
        end.update(
            kind="syntax",
            message=error.msg,
            file=os.path.realpath(error.filename or ""),
            line=error.lineno,
            column=error.offset,
        )
    elif isinstance(error, ModuleNotFoundError):
        end.update(kind="module", module=error.name)
    elif isinstance(error, SystemExit):
        end.update(kind="exit", message=str(error.code))
    elif isinstance(error, MemoryError):
        end.update(kind="memory")
    elif isinstance(error, NetworkRefusedError):
        end.update(kind="network")
    elif isinstance(error, LookupUnknownError):
        end.update(kind="lookup", token=str(error))
    elif type(error).__name__ == "ConfigMissingError":
        end.update(kind="config", key=getattr(error, "key", ""))
    end["traceback"] = "".join(traceback.format_exception(type(error), error, error.__traceback__))[-20000:]
    return end


if __name__ == "__main__":
    raise SystemExit(main())
