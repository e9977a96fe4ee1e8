"""Programs that reach for what is not theirs: variables, files, the network, other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.attack import STOLEN, Attack, Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

_ENVIRONMENT = "the child's environment is an allow-list"
_FILES = "the child sees the repository, the interpreter and its packages, and can write in a folder of the run alone"
_NETWORK = "the child has a network namespace without interfaces, and connections are refused inside the process, too"
_PROCESSES = "the child has a process namespace of its own, in which nobody else is"


def _saw(wanted: object) -> Callable[[Attempt], None]:
    def proof(found: Attempt) -> None:
        assert found.input("seen", "told") == wanted

    return proof


def _saw_no_credentials(found: Attempt) -> None:
    told = found.input("seen", "told")
    assert STOLEN not in told
    assert "PATH" in told


def _saw_no_secret(found: Attempt) -> None:
    assert STOLEN not in found.input("seen", "told")


def _wrote_nothing_outside(found: Attempt) -> None:
    assert not (found.around / "outside").exists()
    assert not (found.root / "outside").exists()


def _has_no_hash(found: Attempt) -> None:
    asset = found.input("asset", "told")
    assert "hash" not in asset


def reach(name: str, tries: str, held_by: str, what: str, **more: object) -> Attack:
    """Return a program that tells, by a resource, what it got."""
    return Attack(name, tries, held_by, f'{what}\nThing("seen", "acme:net:Thing", told=told)\n', **more)  # type: ignore[arg-type]


ATTACKS = (
    reach(
        "environment",
        "reads the variables of its own process",
        _ENVIRONMENT,
        "told = json.dumps(dict(os.environ))",
        exit_code=0,
        proof=_saw_no_credentials,
    ),
    reach(
        "environments-of-all",
        "reads the variables of every process that it finds",
        _PROCESSES,
        'told = "".join(tried(one.read_text) for one in Path("/proc").glob("[0-9]*/environ"))',
        exit_code=0,
        proof=_saw_no_secret,
    ),
    reach(
        "files-of-the-home",
        "reads a credentials file in the caller's home folder",
        _FILES,
        'told = tried(lambda: (Path(__file__).parents[1] / "home/.aws/credentials").read_text())',
        exit_code=0,
        by_system=True,
        proof=_saw_no_secret,
    ),
    reach(
        "run-of-another-program",
        "reads the address and the token of another program's engine in the folder of that run",
        _FILES,
        'told = "".join(tried(one.read_text) for one in PRIVATE.parent.glob("neigh*/*"))',
        exit_code=0,
        by_system=True,
        proof=_saw_no_secret,
    ),
    reach(
        "file-by-a-link",
        "reads the same by a symbolic link of its own folder",
        _FILES,
        """\
(PRIVATE / "link").symlink_to(Path(__file__).parents[1] / "home/.aws/credentials")
told = tried((PRIVATE / "link").read_text)""",
        exit_code=0,
        by_system=True,
        proof=_saw_no_secret,
    ),
    Attack(
        "asset-of-another-place",
        "has the checker read a file by declaring it as an asset, and is told of it by its hash",
        "the checker reads assets of the repository alone",
        """\
Thing("asset", "acme:net:Thing", told=pulumi.FileAsset(str(Path(__file__).parents[1] / "home/.aws/credentials")))
""",
        exit_code=0,
        proof=_has_no_hash,
    ),
    Attack(
        "asset-of-a-token",
        "does the same with the token that a checkout leaves in `.git/config`",
        "the checker reads assets of the repository alone, and none that is hidden from the program",
        """\
Thing("asset", "acme:net:Thing", told=pulumi.FileAsset(".git/config"))
""",
        exit_code=0,
        proof=_has_no_hash,
        files={".git/config": f"[http]\n\textraheader = AUTHORIZATION: basic {STOLEN}\n"},
    ),
    reach(
        "writes-outside",
        "writes into the folder above its repository",
        _FILES,
        'told = tried(lambda: (Path(__file__).parents[1] / "outside").write_text("x"))',
        exit_code=0,
        by_system=True,
        proof=_wrote_nothing_outside,
    ),
    reach(
        "writes-beside-itself",
        "makes a new file in its own repository",
        _FILES,
        'told = tried(lambda: (Path(__file__).parent / "outside").write_text("x"))',
        exit_code=0,
        by_system=True,
        proof=_wrote_nothing_outside,
    ),
    Attack(
        "tcp",
        "connects to a port of this machine",
        _NETWORK,
        'socket.socket().connect(("127.0.0.1", PORT))\n',
        "opens a connection to 127.0.0.1",
    ),
    reach(
        "tcp-beneath-python",
        "connects by the C library, past what Python would refuse",
        _NETWORK,
        """\
import ctypes, struct
libc = ctypes.CDLL(None)
address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(PORT), socket.inet_aton("127.0.0.1"))
told = libc.connect(libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0), address, len(address))""",
        exit_code=0,
        by_system=True,
        proof=_saw(-1),
    ),
    reach(
        "tcp-of-another-program",
        "has a shell connect",
        _NETWORK,
        """\
told = tried(lambda: subprocess.run(["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/PORT"], stderr=-3).returncode)""",
        exit_code=0,
        by_system=True,
    ),
    reach(
        "udp",
        "sends a datagram",
        _NETWORK,
        """\
told = tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", PORT)))""",
        exit_code=0,
        by_system=True,
    ),
    Attack(
        "dns",
        "looks up a name that has a secret in it",
        _NETWORK,
        'socket.getaddrinfo("secret.example.com", 443)\n',
        "looks up the address of secret.example.com",
    ),
    Attack(
        "node-tcp",
        "connects from Node",
        _NETWORK,
        'require("net").connect(PORT, "127.0.0.1");\n',
        "opens a connection to 127.0.0.1",
        language="nodejs",
    ),
    reach(
        "unix-socket",
        "connects to a socket of another program of the machine, as Docker's is one",
        _FILES,
        """\
one = socket.socket(socket.AF_UNIX)
told = tried(lambda: one.connect(str(Path(__file__).parents[1] / "s")))""",
        exit_code=0,
        by_system=True,
    ),
    reach(
        "kills-the-parent",
        "kills the process that it was started by, and every other one that it can",
        _PROCESSES,
        """\
told = tried(lambda: [os.kill(int(one.name), 0) for one in Path("/proc").glob("[0-9]*") if int(one.name) == PARENT])""",
        exit_code=0,
        by_system=True,
        proof=_saw("[]"),
    ),
)
