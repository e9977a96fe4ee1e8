"""Runs the action of a command: whatever it raises becomes one clear error and its exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.cli.surroundings import Surroundings

_INTERRUPTED = 130


def guarded(action: Callable[[dict[str, Any], Path, Surroundings], int], given: dict[str, Any]) -> None:
    """Run the action and end with its exit code; whatever it raises becomes one clear error."""
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.repository import repository_root

    root = repository_root((given["paths"] or (Path(),))[0])
    around = Surroundings.read()
    try:
        code = action(given, root, around)
        progress.clear()
    except CheckError as error:
        from resilience_checks.cli import errors

        text = errors.block(error, root) + (errors.trace(error) if given["debug"] else "")
        errors.show(text, github=around.github, annotation=errors.annotation(error, around.system))
        code = error.exit_code
    except KeyboardInterrupt:
        from resilience_checks.cli import errors

        errors.show("interrupted: nothing was decided\n", github=False)
        code = _INTERRUPTED
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 no traceback reaches a user who did not ask for it
        from resilience_checks.cli import errors

        text = errors.unexpected(error) + (errors.trace(error) if given["debug"] else "")
        errors.show(text, github=around.github)
        code = 1
    sys.exit(code)
