"""Fault trees in the Open-PSA Model Exchange Format 2.0d: read, and written."""
