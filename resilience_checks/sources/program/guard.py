"""Who is served by the monitor of a program, and how much it may ask for."""

from __future__ import annotations

import hmac
import threading
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.record import Refusal, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.sources.program.record import Record

MOST_BYTES = 256 << 20
MOST_REQUESTS = 500_000
"""What one program may ask for in all, which is kept in the memory of this process."""
LONGEST_NAME = 10_000
_TOO_MUCH = "split the program into stacks, or look for what registers without end"


class Guard:
    """Lets requests through that have the token, until it is sealed, and as many as one program may send."""

    def __init__(self, record: Record, token: str) -> None:
        """Note in `record` what was refused, and what broke; without a token everybody is served."""
        self.sealed = False
        self._record, self._token = record, token
        self._lock = threading.Lock()
        self._bytes = self._requests = 0

    def around(self, method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Return the method, guarded."""

        def guarded(request: Any, context: Any) -> Any:
            import grpc

            if self.sealed or not self._is_known(context):
                with self._lock:
                    self._record.strangers += not self.sealed
                context.abort(grpc.StatusCode.PERMISSION_DENIED, "this is the engine of another program, or of none")
            refused = self._limited(request)
            if refused is not None:
                self._note(refused)
                context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, refused.what)
            refusals = len(self._record.refusals)
            try:
                return method(request, context)
            except Exception as error:
                if isinstance(error, RefusedError) or len(self._record.refusals) > refusals:
                    raise  # an abort, of which it was noted why
                what = f"a request that no SDK sends ({type(error).__name__}): {method.__name__}"
                self._note(Refusal(what, "look for what of the program speaks to the engine itself"))
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, what)

        return guarded

    def _is_known(self, context: Any) -> bool:
        if not self._token:
            return True
        told = next((value for key, value in context.invocation_metadata() if key == "token"), "")
        return isinstance(told, str) and hmac.compare_digest(told.encode(), self._token.encode())

    def _limited(self, request: Any) -> Refusal | None:
        with self._lock:
            self._requests += 1
            self._bytes += request.ByteSize()
            if self._requests > MOST_REQUESTS:
                return Refusal(f"the program makes more than {MOST_REQUESTS:,} requests of the engine", _TOO_MUCH)
            if self._bytes > MOST_BYTES:
                return Refusal(f"the program sends more than {MOST_BYTES >> 20} MB to the engine", _TOO_MUCH)
        named = max(len(getattr(request, part, "")) for part in ("name", "type", "tok", "urn", "parent"))
        if named > LONGEST_NAME:
            return Refusal(f"the program gives a name of {named:,} characters", f"stay below {LONGEST_NAME:,}")
        return None

    def _note(self, refusal: Refusal) -> None:
        with self._lock:
            self._record.refusals.append(refusal)
