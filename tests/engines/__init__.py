"""Equality with the real Pulumi engine."""
