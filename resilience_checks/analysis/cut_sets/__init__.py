"""Minimal cut sets of coherent fault trees."""
