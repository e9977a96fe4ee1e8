"""Fuzzes one reader in this process, which libFuzzer ends: `python -m tools.fuzz.one READER FOUND CORPUS... -flag=...`."""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
from pathlib import Path

import atheris

_MEMORY = 700 << 20
"""How much more than at the start the process may take."""


def main() -> None:
    """Fuzz; each new kind of crash is written to the folder FOUND, and the fuzzing goes on."""
    reader, found, *arguments = sys.argv[1:]
    with atheris.instrument_imports(include=["resilience_checks", "ruamel"]):
        from tools.fuzz.guard import tried
        from tools.fuzz.harnesses import HARNESSES

        folders = [Path(name) for name in arguments if not name.startswith("-")]
        for data in (path.read_bytes() for folder in folders for path in sorted(folder.iterdir())):
            tried(reader, data)  # what is imported where it is used is so imported here
    seen: set[str] = set()
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{reader}-"))

    def once(data: bytes) -> None:
        crash = tried(reader, data, folder)
        if crash is None or crash.key in seen:
            return
        seen.add(crash.key)
        name = Path(found) / f"{reader}-{hashlib.sha256(crash.key.encode()).hexdigest()[:12]}"
        name.write_bytes(data)
        name.with_suffix(".txt").write_text(f"{crash.key}\n{crash.trace}", encoding="utf-8", errors="replace")
        print(f"CRASH {reader}: {crash.key}", flush=True)

    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + _MEMORY, size + _MEMORY))
    atheris.Setup([sys.argv[0], f"-max_len={HARNESSES[reader].longest}", *arguments], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
