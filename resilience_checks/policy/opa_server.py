"""A real OPA server as engine: the policies go under a prefix of this run's own, and are taken away afterwards."""

from __future__ import annotations

import json
import re
import secrets
from contextlib import contextmanager
from graphlib import TopologicalSorter
from itertools import count
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from resilience_checks.model.errors import EngineError, UsageError
from resilience_checks.policy.engine import EngineFault, deadline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

_WHY = "no policy was evaluated"
_PACKAGE = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_IMPORT = re.compile(r"^import\s+data\.([\w.]+)", re.MULTILINE)
_OF_THE_POLICY = "invalid_parameter"
"""OPA's code for a module that it does not parse or compile."""
_STRICT = {"strict-builtin-errors": True}


class OpaServerEngine:
    """Evaluates on the OPA server at `url`; a deadline in seconds for each request, None: by the document's size."""

    name = "opa"

    def __init__(self, url: str, seconds: float | None = None) -> None:
        """Connect to nothing yet; raise UsageError when the URL is none."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(
                f"{url!r} is not the URL of a server", why=_WHY, remedy="give one like http://127.0.0.1:8181"
            )
        self._url, self._parts, self._given, self._seconds = url, parts, seconds, 0.0
        self._prefix = f"run_{secrets.token_hex(8)}"
        self._uploaded: dict[str, str] = {}  # each module's path, and its name on the server
        self._modules: dict[str, str] = {}
        self._names = count()
        self._client: Any = None
        self.version = "not asked"

    def start(self) -> None:
        """Do nothing: the server runs already."""

    def evaluate(
        self, modules: Mapping[str, str], document: bytes, packages: Mapping[str, str]
    ) -> Mapping[str, list[dict[str, Any]] | EngineFault]:
        """Upload what is not there yet, and query each policy; after a failure nothing stays on the server."""
        self._seconds = self._given if self._given is not None else deadline(document)
        try:
            with self._told():
                self._connect()
            with self._told(answered=True):
                self._forget_unless_held()
                self._hold(modules)
                data = json.loads(document)
                found = {name: self._query(package, data) for name, package in packages.items()}
                if not self._is_held():
                    raise EngineError(
                        f"the OPA server at {self._url} does not hold what was uploaded to it",
                        why=_WHY,
                        remedy="see whether it was restarted meanwhile, and check again; a server that many share must not be emptied",
                    )
                return found
        except BaseException:
            self._clean()
            raise

    @contextmanager
    def _told(self, *, answered: bool = False) -> Iterator[None]:
        """Raise EngineError for whatever keeps the server from answering; `answered`: it has done so before."""
        import requests

        at = f"the OPA server at {self._url}"
        try:
            yield
        except requests.exceptions.Timeout as error:
            raise EngineError(
                f"{at} did not answer within {self._seconds:g} s",
                why=_WHY,
                remedy="check its load, give it longer with --policy-timeout, or use --engine embedded",
            ) from error
        except requests.exceptions.HTTPError as error:
            words = " ".join(f"status {error.response.status_code}: {_message(error.response)}".split())
            raise EngineError(
                f"{at} answered with {words.rstrip(': ')}",
                why=_WHY,
                remedy="see its log, and whether what answers at this URL is OPA",
            ) from error
        except (requests.exceptions.InvalidJSONError, LookupError, TypeError, AttributeError, ValueError) as error:
            raise EngineError(
                f"{at} answered something that is no answer of OPA",
                why=_WHY,
                remedy="see whether what answers at this URL is OPA, and no proxy or other service before it",
            ) from error
        except requests.exceptions.RequestException as error:
            raise EngineError(
                f"{at} broke off its answer" if answered else f"{at} cannot be reached",
                why=_WHY,
                remedy="see whether it still runs, and check again"
                if answered
                else "start it with `opa run --server`, correct --opa-url, or use --engine embedded",
            ) from error

    def close(self) -> None:
        """Take the policies away, and close the connection."""
        self._clean()
        self._disconnect()

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close_connection()
            self._client = None

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the policies away, and close the connection."""
        self.close()

    def _connect(self) -> None:
        from resilience_checks.policy.opa_connection import client

        self._disconnect()
        self._client = client(self._parts, self._seconds)
        found = self._client.ad_hoc_query("x = opa.runtime().version")
        result = found.get("result") or [{}]
        self.version = str(result[0].get("x", "unknown"))

    def _forget_unless_held(self) -> None:
        """Upload all anew to a server that has lost it, as one that was started again has."""
        if self._uploaded and not self._is_held():
            self._uploaded.clear()
            self._modules = {}

    def _is_held(self) -> bool:
        """Return whether the server still has what was uploaded last."""
        from opa_client.errors import PolicyNotFoundError

        if not self._uploaded:
            return True
        path, endpoint = next(reversed(self._uploaded.items()))
        try:
            found = self._client.get_policy(endpoint)
        except PolicyNotFoundError:
            return False
        return bool(found["result"]["raw"] == self._moved(self._modules[path]))

    def _hold(self, modules: Mapping[str, str]) -> None:
        """Make sure that the server has these modules and no others of ours: it compiles all of them at each upload."""
        for path in reversed(self._outdated(modules)):
            if not self._taken_away(path):
                self._clean()  # something that stays reads it without an import
                break
        for path in dependency_order(modules):
            if path not in self._uploaded:
                self._upload(path, modules[path], f"{self._prefix}_{next(self._names)}")
        self._modules = dict(modules)

    def _taken_away(self, path: str) -> bool:
        """Take one module away, and return whether the rest compiles without it."""
        from opa_client.errors import DeletePolicyError

        try:
            self._client.delete_policy(self._uploaded[path])
        except DeletePolicyError:
            return False
        del self._uploaded[path]
        return True

    def _outdated(self, modules: Mapping[str, str]) -> list[str]:
        """Return what must go: modules that are no longer asked for or are others now, and those that import such."""
        found: list[str] = []
        imported = _imported(self._modules)
        for path in dependency_order(self._modules):
            if self._modules[path] != modules.get(path) or not imported[path].isdisjoint(found):
                found.append(path)
        return found

    def _upload(self, path: str, text: str, endpoint: str) -> None:
        from opa_client.errors import RegoParseError

        self._uploaded[path] = endpoint
        try:
            self._client.update_policy_from_string(self._moved(text), endpoint, rego_compat=False)
        except RegoParseError as error:
            words = " ".join(str(error).split())[:600]
            if error.expression != _OF_THE_POLICY:
                raise EngineError(
                    f"the OPA server at {self._url} refused a policy: {path}: {words}", why=_WHY, remedy="see its log"
                ) from error
            raise EngineError(
                f"a policy does not compile: {path}: {words}",
                why=_WHY,
                remedy="correct the policy, or take its folder out of --policies",
            ) from error

    def _moved(self, text: str) -> str:
        """Return the text of a module that stands under the prefix of this run."""
        moved = re.sub(r"^package resilience\b", f"package {self._prefix}.resilience", text, flags=re.MULTILINE)
        return re.sub(r"\bdata\.resilience\b", f"data.{self._prefix}.resilience", moved)

    def _query(self, package: str, data: dict[str, Any]) -> list[dict[str, Any]] | EngineFault:
        import requests

        try:
            found = self._client.query_rule(data, f"{self._prefix}.{package}", "report", query_params=_STRICT)
        except requests.exceptions.HTTPError as error:
            if error.response.headers.get("Content-Type", "").partition(";")[0] != "application/json":
                raise  # said by something before OPA
            return EngineFault(_message(error.response))
        if "result" not in found:
            return EngineFault(f"data.{package}.report is undefined")
        return list(found["result"])

    def _clean(self) -> None:
        import requests

        for endpoint in reversed(self._uploaded.values()):
            try:
                self._client.delete_policy(endpoint)
            except requests.exceptions.RequestException:
                break  # whoever does not answer once would let each of the others wait, too
            except Exception:  # noqa: BLE001, S112 the first failure is the one to tell
                continue
        self._uploaded.clear()
        self._modules = {}


def dependency_order(modules: Mapping[str, str]) -> list[str]:
    """Return the modules' paths, each after those that it imports: OPA compiles at each upload."""
    return list(TopologicalSorter(_imported(modules)).static_order())


def _imported(modules: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which of the modules each imports."""
    packages = {match.group(1): path for path, text in sorted(modules.items()) if (match := _PACKAGE.search(text))}
    return {
        path: {packages[name] for name in _IMPORT.findall(text) if name in packages}
        for path, text in sorted(modules.items())
    }


def _message(response: Any) -> str:
    """Return what OPA says of a query that failed, where it says it."""
    try:
        data = response.json()
    except ValueError:
        data = str(response.text)
    if not isinstance(data, dict):
        return str(data)[:600]
    errors = data.get("errors") or [{}]
    place = errors[0].get("location") or {}
    where = f"{place.get('file')}:{place.get('row')}:{place.get('col')}: " if place else ""
    return f"{where}{errors[0].get('message') or data.get('message', '')}"[:600]
