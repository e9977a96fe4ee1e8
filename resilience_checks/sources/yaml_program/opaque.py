"""Texts that stand for something else: what is made of them is not known."""

from __future__ import annotations

import re
from typing import Any

from resilience_checks.sources.program.answers import MARKER

_PLACEHOLDER = re.compile(r"secure[0-9a-f]{24}")
_OTHER_STACK = re.compile("[\uf500-\uf511]")
"""What stands for another stack's output that is not known before deployment."""


def built_from(value: Any) -> str:
    """Return why something taken out of a text is unknown; empty for a text that is what it says.

    >>> built_from("lookup" + "0" * 24)
    'made from the answer of a lookup, which is not known offline'
    >>> built_from("plain")
    ''
    """
    if isinstance(value, list):
        return next((why for item in value if (why := built_from(item))), "")
    if isinstance(value, dict):
        return next((why for item in value.values() if (why := built_from(item))), "")
    if not isinstance(value, str):
        return ""
    if MARKER.search(value):
        return "made from the answer of a lookup, which is not known offline"
    if _OTHER_STACK.search(value):
        return "made from another stack's output, which is not known before deployment"
    if _PLACEHOLDER.search(value):
        return "made from a secret, which is not known offline"
    return ""
