"""Fuzzing of everything that reads what somebody else wrote: `python -m tools.fuzz --seconds 600`."""
