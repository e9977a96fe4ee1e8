"""`python -m resilience_checks`."""

from resilience_checks.cli.main import main

if __name__ == "__main__":  # worker processes load this module, too
    main()
