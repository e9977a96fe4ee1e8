"""`python -m resilience_checks`."""

from resilience_checks.cli.main import main

main()
