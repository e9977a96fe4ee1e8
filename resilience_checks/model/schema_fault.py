"""What of data that somebody else wrote does not fit its JSON Schema."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema.exceptions import ValidationError

_MOST = 1000
"""How many faults are looked at: a list of a million wrong values has as many, and minutes would pass over them."""


def fault(schema: Mapping[str, Any], data: Any) -> ValidationError | None:
    """Return what tells best why data does not fit, of the faults that come first; None where it does.

    >>> fault({"items": {"type": "integer"}}, [1, "2"]).message
    "'2' is not of type 'integer'"
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    found: ValidationError | None = best_match(islice(Draft202012Validator(schema).iter_errors(data), _MOST))
    return found
