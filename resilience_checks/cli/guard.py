"""Runs the action of a command: whatever it raises becomes one clear error and its exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.cli.progress import progress
from resilience_checks.cli.signals import unwinding

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.model.errors import CheckError

_INTERRUPTED = 130


def guarded(action: Callable[[dict[str, Any], Path, Surroundings], int], given: dict[str, Any]) -> None:
    """Run the action and end with its exit code; whatever it raises becomes one clear error."""
    with unwinding():
        code = _code(action, given)
    _let_go()
    sys.exit(code)


def _code(action: Callable[[dict[str, Any], Path, Surroundings], int], given: dict[str, Any]) -> int:
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.repository import repository_root

    root = repository_root((given["paths"] or (Path(),))[0])
    around = Surroundings.read()
    try:
        code = action(given, root, around)
        progress.clear()
        if sys.stdout is not None:
            sys.stdout.flush()
    except CheckError as error:
        return _told(error, root, around, debug=given["debug"])
    except KeyboardInterrupt:
        from resilience_checks.cli import errors

        errors.show("interrupted: nothing was decided\n", github=False)
        return _INTERRUPTED
    except BrokenPipeError:
        os._exit(1)
    except OSError as error:
        from resilience_checks.model.refusals import refused

        found = refused(error)
        found.__cause__ = error
        return _told(found, root, around, debug=given["debug"])
    except Exception as error:  # noqa: BLE001 no traceback reaches a user who did not ask for it
        from resilience_checks.cli import errors

        text = errors.unexpected(error) + (errors.trace(error) if given["debug"] else "")
        errors.show(text, github=around.github)
        return 1
    return code


def _told(error: CheckError, root: Path, around: Surroundings, *, debug: bool) -> int:
    from resilience_checks.cli import errors

    text = errors.block(error, root) + (errors.trace(error) if debug else "")
    errors.show(text, github=around.github, annotation=errors.annotation(error, around.system))
    return error.exit_code


def _let_go() -> None:
    """Let what a stream did not take go nowhere: Python would try again at the end, and end with a code of its own."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
