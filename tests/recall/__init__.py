"""Tests of the benchmark of recall."""
