"""What a place gives to those that send users to it."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Place:
    """Where the service answers, and the address of its database there."""

    host: pulumi.Output[str]
    database: pulumi.Output[str]
