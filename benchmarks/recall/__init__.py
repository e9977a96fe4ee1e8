"""Whether the policies catch what weakens a sound stack, and are silent where nothing is weaker.

Operators edit the sound stacks: programs' source, registered resources, declarations. They are derived from the
model (what there is to lose), and so is the truth of each edit (`harm`); the policies are only listened to.
"""
