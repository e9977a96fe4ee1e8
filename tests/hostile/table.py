"""All hostile programs, by what they do it with."""

from __future__ import annotations

from tests.hostile import changing, ending, forging, speaking

GROUPS = {"Looks finished and is not": ending.ATTACKS, "Writes beside the protocol": forging.ATTACKS, "Speaks to the engine itself": speaking.ATTACKS, "Changes files while the check runs": changing.ATTACKS}
ATTACKS = tuple(attack for attacks in GROUPS.values() for attack in attacks)
