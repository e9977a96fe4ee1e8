"""Pulumi YAML programs: parsed, put in order and evaluated as the language host does, without an engine."""
