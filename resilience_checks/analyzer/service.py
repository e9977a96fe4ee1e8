"""The Analyzer service of the Pulumi engine: thin, by the protocol's names."""

from __future__ import annotations

import threading
import traceback
from typing import TYPE_CHECKING, Any

from resilience_checks import __version__
from resilience_checks.analyzer import diagnostics
from resilience_checks.analyzer.settings import PACK, SCHEMA, Level, Settings, read
from resilience_checks.analyzer.stack import StackCheck, Target
from resilience_checks.model.errors import CheckError, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.analyzer.diagnostics import Diagnostic
    from resilience_checks.policy.pack import Policy

_SEVERITIES = {"low": 1, "medium": 2, "high": 3, "critical": 4}
_STACK_POLICY = 2


class Service:
    """Answers the engine for one stack; a request that fails becomes a finding that blocks."""

    def __init__(self) -> None:
        """Know nothing of the stack yet."""
        self._target: Target | None = None
        self._settings = Settings()
        self._check: StackCheck | None = None
        self._lock = threading.Lock()

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Accept the engine."""
        return _messages().AnalyzerHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say which version this is."""
        from pulumi.runtime.proto import plugin_pb2

        return plugin_pb2.PluginInfo(version=__version__)

    def GetAnalyzerInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say which policies there are, and what can be configured."""
        return _messages().AnalyzerInfo(
            name=PACK,
            displayName="Resilience checks",
            description="Which faults of the stack lose which services",
            version=__version__,
            supportsConfig=True,
            policies=[_whole(), *map(_policy, _policies())],
        )

    def ConfigureStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take note of the stack."""
        self._target = Target(
            project=request.project,
            stack=request.stack,
            preview=request.dry_run,
            config=dict(request.config),
            secrets=frozenset(request.config_secret_keys),
        )
        return _messages().AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the configuration, and begin to run the program offline."""
        from google.protobuf import empty_pb2

        self._settings = read(request.policyConfig)
        if self._target is not None:
            self._begun()
        return empty_pb2.Empty()

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Keep a resource's inputs; no policy is about one resource alone."""
        self._begun().add(request.urn, request.properties)
        return _messages().AnalyzeResponse()

    def Remediate(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Change nothing."""
        return _messages().RemediateResponse()

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Check the whole stack."""
        said: Iterable[Diagnostic]
        passed: Iterable[tuple[str, str]] = ()
        try:
            report, limits = self._begun().decide(request.resources)
            said = diagnostics.of_report(report, self._settings, limits)
            passed = diagnostics.not_applicable(report)
        except CheckError as error:
            said = [diagnostics.of_failure(error)]
        except Exception as error:  # noqa: BLE001 whatever it is, the stack must not look clean
            said = [diagnostics.of_failure(_unforeseen(error))]
        return _messages().AnalyzeResponse(
            diagnostics=[_diagnostic(item) for item in said],
            not_applicable=[
                _messages().PolicyNotApplicable(policy_name=policy, reason=reason) for policy, reason in passed
            ],
        )

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Stop the offline run."""
        from google.protobuf import empty_pb2

        self.close()
        return empty_pb2.Empty()

    def close(self) -> None:
        """Stop what still runs."""
        if self._check is not None:
            self._check.close()

    def _begun(self) -> StackCheck:
        if self._target is None:
            raise EngineError(
                "the engine did not say which stack it deploys",
                why="without it there is nothing to check",
                remedy="use a newer Pulumi command",
            )
        with self._lock:
            if self._check is None:
                self._check = StackCheck(self._target, self._settings)
            return self._check


def _messages() -> Any:
    """Return the protocol's messages, whose types differ from one release of the SDK to another."""
    from pulumi.runtime.proto import analyzer_pb2

    return analyzer_pb2


def _policies() -> tuple[Policy, ...]:
    from resilience_checks.policy import pack

    return pack.load().policies


def _whole() -> Any:
    """Return the entry that stands for the check as a whole, and carries its configuration."""
    from google.protobuf import json_format
    from google.protobuf.struct_pb2 import Struct

    return _messages().PolicyInfo(
        name=PACK,
        displayName=diagnostics.WHOLE,
        description="Fails where the check itself fails, and says what it could not see",
        enforcementLevel=int(Level.MANDATORY),
        policy_type=_STACK_POLICY,
        configSchema=_messages().PolicyConfigSchema(properties=json_format.ParseDict(dict(SCHEMA), Struct())),
    )


def _policy(policy: Policy) -> Any:

    return _messages().PolicyInfo(
        name=policy.id,
        displayName=policy.title,
        description=policy.description,
        enforcementLevel=int(Level.MANDATORY),
        policy_type=_STACK_POLICY,
        severity=_SEVERITIES[policy.severity],
        remediation_steps=policy.remediation,
        tags=list(policy.controls),
    )


def _diagnostic(item: Diagnostic) -> Any:

    return _messages().AnalyzeDiagnostic(
        policyName=item.policy,
        policyPackName=PACK,
        policyPackVersion=__version__,
        description=item.title,
        message=item.message,
        enforcementLevel=int(item.level),
        urn=item.urn or "",
        severity=_SEVERITIES[item.severity] if item.severity is not None else 0,
    )


def _unforeseen(error: Exception) -> EngineError:
    return EngineError(
        f"{type(error).__name__}: {error}".rstrip(": "),
        why="the check itself failed, so nothing was decided",
        remedy="report this:\n" + "".join(traceback.format_exception(error, limit=-4)).rstrip(),
    )
