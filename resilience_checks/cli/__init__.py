"""The command line: the only place that knows colours and exit codes."""
