"""Has coverage measure also what is started without our variables: `tox -e coverage` uses it, and nothing else does.

    python -m tools.measured

makes every process of this environment's Python measure itself, whatever variables it is given. What runs confined can
write in one folder alone, which ends with it: it is started with the words and variables that have it measure itself
there, and whoever waits for it fetches what it measured.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
_DATA = ".measured"
_LAUNCH = "launch.py"
_CONFINED = (_LAUNCH, "child.py")
# Python reads it before coverage's own file of this kind, which begins to measure where such a variable is there.
_START = "a0_measured.pth"


def main() -> None:
    """Have Python measure itself in this environment from its start."""
    file = str(Path(__file__).resolve())
    text = f"exec(compile(open({file!r}).read(), {file!r}, 'exec'), {{'__name__': 'measured', '__file__': {file!r}}})"
    apart = f"any(word.endswith({_CONFINED!r}) for word in sys.orig_argv)"
    line = f"import sys; {apart} or {text}\n"
    (Path(sysconfig.get_path("purelib")) / _START).write_text(line, encoding="utf-8")


def begin() -> None:
    """Measure this process, and what it starts confined."""
    import os

    os.environ.setdefault("COVERAGE_PROCESS_START", str(ROOT / "pyproject.toml"))
    os.environ.setdefault("COVERAGE_FILE", str(ROOT / ".coverage"))
    started, waited = subprocess.Popen.__init__, subprocess.Popen.wait

    def start(self: subprocess.Popen[Any], words: Any, *arguments: Any, **options: Any) -> None:
        if isinstance(words, list) and _LAUNCH in (Path(str(word)).name for word in words[:-1]):
            self.measured = Path(words[-1])  # type: ignore[attr-defined]
            options["env"] = {**options["env"], "COVERAGE_PROCESS_CONFIG": _configuration(self.measured / _DATA)}  # type: ignore[attr-defined]
            words = [word for word in words if word != "-S"]
        started(self, words, *arguments, **options)

    def wait(self: subprocess.Popen[Any], *arguments: Any, **options: Any) -> int:
        code = waited(self, *arguments, **options)
        for data in getattr(self, "measured", Path("/nowhere")).glob(f"{_DATA}.*"):
            shutil.move(data, ROOT / f".coverage.{uuid4().hex}")
        return code

    subprocess.Popen.__init__ = start  # type: ignore[method-assign,assignment]
    subprocess.Popen.wait = wait  # type: ignore[method-assign]


def _configuration(data: Path) -> str:
    from coverage import Coverage

    config = Coverage(config_file=str(ROOT / "pyproject.toml")).config
    config.data_file, config.patch = str(data), ["_exit", "execv"]
    config.source, config.source_pkgs = [str(ROOT / "resilience_checks")], []  # a program's process has other names
    return str(config.serialize())


if __name__ == "__main__":
    main()
elif __name__ == "measured" and "coverage" not in sys.modules:
    begin()
