"""Signals that end a command: each unwinds it like Ctrl-C does, so that nothing is left running or lying about."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CLEANING = 2
"""The signal of this number is let pass: people press twice, runners send a second one, and the first is being obeyed."""


@contextmanager
def unwinding() -> Iterator[None]:
    """Raise KeyboardInterrupt where a signal asks this process to end; what it is told to ignore it goes on ignoring."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def end(number: int, _: object) -> None:
        came.append(number)
        if len(came) != _CLEANING:
            raise KeyboardInterrupt

    handlers = {number: signal.getsignal(number) for number in _ENDING}
    usual = (signal.SIG_DFL, signal.default_int_handler)
    before = {number: handler for number, handler in handlers.items() if handler in usual}
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
