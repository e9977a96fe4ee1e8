"""The shapes of expressions: what is left of them when it does not matter which nodes they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import Choice, Move, Ref, Threshold

if TYPE_CHECKING:
    from collections.abc import Hashable

    from resilience_checks.analysis.expressions import Expression

_REF = 0


class Shapes:
    """Numbers shapes: two expressions have one number if they are equal but for their references and reasons."""

    def __init__(self) -> None:
        """Know no shape but that of a reference."""
        self._numbers: dict[Hashable, int] = {}

    def of(self, expression: Expression) -> int:
        """Return the number of an expression's shape; the same references in it stand at other places of `scan`.

        >>> from resilience_checks.topology.gates import Nature
        >>> one, other = Ref(1, Nature.PATH), Ref(2, Nature.NEED)
        >>> shapes = Shapes()
        >>> shapes.of(Threshold(1, (one, other))) == shapes.of(Threshold(1, (other, other)))
        True
        >>> shapes.of(Threshold(1, (one, other))) == shapes.of(Threshold(2, (one, other)))
        False
        """
        match expression:
            case Ref():
                return _REF
            case Threshold(k=k, items=items):
                return self._number((k, *[_REF if isinstance(item, Ref) else self.of(item) for item in items]))
            case Choice(fact=fact, branches=branches):
                return self._number((fact, *((value, self.of(item)) for value, item in branches.items())))
            case Move(gate=gate, mover=mover, seconds=seconds, lag=lag):
                return self._number(("move", seconds, lag, self.of(gate), self.of(mover)))

    def _number(self, shape: Hashable) -> int:
        return self._numbers.setdefault(shape, len(self._numbers) + 1)
