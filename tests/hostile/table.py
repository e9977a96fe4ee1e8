"""All hostile programs, by what they do it with."""

from __future__ import annotations

from tests.hostile import changing, ending, forging, keeping, placing, reaching, scripts, speaking, using_up, versions

GROUPS = {
    "Reaches for what is not its own": reaching.ATTACKS,
    "Uses up what there is": using_up.ATTACKS,
    "Looks finished and is not": ending.ATTACKS,
    "Speaks to the engine itself": speaking.ATTACKS,
    "Writes beside the protocol": forging.ATTACKS,
    "Changes files while the check runs": changing.ATTACKS,
    "Is a repository that is the attack": (*placing.ATTACKS, *versions.ATTACKS),
    "Is written in TypeScript": scripts.ATTACKS,
    "Tampers with what is kept": keeping.ATTACKS,
}
ATTACKS = tuple(attack for attacks in GROUPS.values() for attack in attacks)
