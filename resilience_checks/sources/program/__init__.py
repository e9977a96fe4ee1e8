"""Runs a Pulumi Python program offline: no CLI, account, plugin or network."""
