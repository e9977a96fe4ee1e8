"""The plugin that the Pulumi command starts for the pack: it prints its port, and nothing else ever."""

from __future__ import annotations

import os
import signal
import sys
import time
from concurrent import futures
from typing import Any

from resilience_checks.analyzer.service import Service

_OPTIONS = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
_USAGE = (
    "this is a plugin of the Pulumi command, which starts it for a policy pack:\n"
    "  resilience-checks policy-pack DIR\n"
    "  pulumi preview --policy-pack DIR\n"
)
_TOO_OLD = "the pulumi package beside resilience-checks is too old for policy packs: pip install --upgrade pulumi\n"
_NEEDED = (
    ("AnalyzerHandshakeResponse", ()),
    ("AnalyzerStackConfigureRequest", ("config_secret_keys", "dry_run")),
    ("PolicyInfo", ("policy_type", "remediation_steps", "severity", "tags")),
    ("AnalyzeDiagnostic", ("severity",)),
    ("AnalyzeResponse", ("not_applicable",)),
)
"""The youngest parts of the protocol that are used: messages and their fields."""
_LOOK_AFTER = 2.0
"""Seconds between two looks at whether the Pulumi command is still there."""


def main() -> None:
    """Serve the Analyzer protocol until the engine goes away."""
    if all(argument.startswith("-") for argument in sys.argv[1:]):
        sys.stderr.write(_USAGE)
        sys.exit(2)
    if not _speaks_protocol():
        sys.stderr.write(_TOO_OLD)
        sys.exit(1)
    engine = os.getppid()
    service = Service()
    server, port = _serve(service)
    signal.signal(signal.SIGTERM, _interrupt)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    os.dup2(2, 1)  # what a library prints must not be taken for a message to the engine
    try:
        while os.getppid() == engine:
            time.sleep(_LOOK_AFTER)
    except KeyboardInterrupt:
        pass
    finally:
        service.close()
        server.stop(None)


def _speaks_protocol() -> bool:
    from pulumi.runtime.proto import analyzer_pb2

    found = analyzer_pb2.DESCRIPTOR.message_types_by_name
    return all(name in found and set(fields) <= set(found[name].fields_by_name) for name, fields in _NEEDED)


def _serve(service: Any) -> tuple[Any, int]:
    """Return a server on a free port of this machine alone."""
    import grpc
    from pulumi.runtime.proto import analyzer_pb2_grpc

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=_OPTIONS)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
