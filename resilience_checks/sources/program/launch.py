"""Starts a program, confined, and stays until nothing of it is left; run by the checker's own Python.

    python -I -S launch.py PRIVATE

A process of its own, because what confines must be in place before the program's interpreter begins, which comes
with the repository and is not trusted either. What it achieved it writes to the descriptor `told` before
the program begins, and afterwards what it had to stop the program for.
"""

import os
import sys

sys.path.append(os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3)))

from resilience_checks.sources.program.confining.start import main

if __name__ == "__main__":
    main(sys.argv[1])
