"""Runs a Pulumi TypeScript or JavaScript program offline, with the SDK of its own node_modules."""
