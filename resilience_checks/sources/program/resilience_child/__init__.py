"""What watches a program from within its own interpreter; standard library and the program's `pulumi` alone."""

from __future__ import annotations


def watch(notes: object) -> None:
    """Watch constructors, serialisation, lookups and callbacks; a part that an SDK lacks is left unwatched."""
    from .configuration import watch_configuration
    from .inputs import watch_inputs, watch_resources
    from .lookups import watch_lookups
    from .skipped import watch_callbacks
    from .transforms import watch_transforms
    from .waiting import wait_together

    wait_together()
    parts = (watch_resources, watch_inputs, watch_lookups, watch_callbacks, watch_configuration, watch_transforms)
    for part in parts:
        try:
            part(notes)
        except (AttributeError, ImportError, KeyError) as error:
            if part is not watch_transforms:  # an SDK without transforms has none to reach
                notes.write(kind="unwatched", what=part.__name__, why=str(error))
