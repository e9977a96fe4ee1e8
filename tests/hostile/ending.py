"""Programs that end before their main function does, with a code that looks like success."""

from __future__ import annotations

from tests.hostile.attack import Attack

_WORDLESS = "ended without a word"
_END = "the end is told by the process of the check's own, and by the SDK when the main function has ended"

ATTACKS = (
    Attack("os-exit", "leaves with `os._exit(0)` before it makes the rest", _END, "os._exit(0)\n", _WORDLESS),
    Attack("sys-exit", "leaves with `sys.exit(0)`", _END, "sys.exit(0)\n", "ended itself with exit code 0"),
    Attack(
        "exit-in-callback",
        "leaves with code 0 in a callback of an output",
        _END,
        "pulumi.Output.from_input(1).apply(lambda _: sys.exit(0))\n",
        "ended itself with exit code 0",
    ),
    Attack(
        "exit-in-thread",
        "leaves with code 0 from a thread while the main function waits",
        _END,
        "threading.Thread(target=lambda: os._exit(0)).start()\nthreading.Event().wait()\n",
        _WORDLESS,
    ),
    Attack(
        "replaced-process",
        "becomes another program, which ends with code 0",
        _END,
        'os.execv("/bin/true", ["true"])\n',
        _WORDLESS,
    ),
    Attack("killed-itself", "kills its own process", _END, "os.kill(os.getpid(), signal.SIGKILL)\n", _WORDLESS),
    Attack(
        "stopped-loop",
        "stops the event loop on which its resources are sent",
        _END,
        "import asyncio\nasyncio.get_event_loop().stop()\n",
        "Event loop stopped",
    ),
    Attack(
        "written-end",
        "writes itself that it ended well, and leaves",
        _END,
        """\
(PRIVATE / "end.json").write_text('{"ok": true, "isolated": true, "read": []}')
os._exit(0)
""",
        _WORDLESS,
    ),
    Attack(
        "mocked-engine",
        "gives its SDK a pretended engine, which the rest is registered with",
        _END,
        """\
class Pretended(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return args.name, {}

    def call(self, args):
        return {}


pulumi.runtime.set_mocks(Pretended(), preview=True)
Thing("two")
""",
        _WORDLESS,
    ),
    Attack("node-exit", "leaves with `process.exit(0)`", _END, "process.exit(0);\n", "exit code 0", language="nodejs"),
    Attack(
        "node-exit-beneath",
        "leaves by the function beneath `process.exit`, which tells nobody",
        _END,
        "process.reallyExit(0);\n",
        _WORDLESS,
        language="nodejs",
    ),
    Attack(
        "node-never-settled",
        "waits for a promise that nothing settles, so that Node ends with code 0",
        _END,
        "module.exports = async () => { await new Promise(() => {}); };\n",
        "ended before all that it waits for was settled",
        language="nodejs",
    ),
    Attack(
        "forged-end",
        "registers the outputs of the stack itself, writes that it ended well, and leaves",
        "nothing: such a program could as well register less; `verify --state` shows what was deployed instead",
        """\
import asyncio
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2


async def forge():
    await asyncio.sleep(0.3)
    urn = await settings.get_root_resource().urn.future()
    monitor = settings.get_monitor()
    monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=urn))
    (PRIVATE / "end.json").write_text('{"ok": true, "isolated": true, "read": []}')
    os._exit(0)


asyncio.ensure_future(forge())
""",
        exit_code=0,
        prevented=False,
    ),
)
