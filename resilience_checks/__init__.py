"""Which faults of a Pulumi-defined estate lose which services, before it is deployed."""

__version__ = "0.1.0"
