"""Which stacks a check with a base leaves out, as the change cannot affect them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.errors import CheckError
from resilience_checks.options import Aside

if TYPE_CHECKING:
    from resilience_checks.options import Options


def narrowed(options: Options) -> Options:
    """Return the options with the projects that a change cannot affect set aside; none where that is not known."""
    if options.base is None or options.all_stacks or options.states or options.previews or not options.paths:
        return options
    from resilience_checks.sources.affected import Change, top
    from resilience_checks.sources.worktrees import Repository

    try:
        repository = Repository(options.root)
        fork = repository.fork_point(options.base, "HEAD")
        if repository.root != options.root.resolve():
            return options
        own = (
            options.config,
            options.lookups,
            options.stack_outputs,
            options.waivers,
            *options.policies,
            *options.catalogue,
        )
        inputs = (top(repository, place) for place in own if place is not None)
        ignored = None if options.baseline is None else top(repository, options.baseline)
        change = Change(
            repository,
            fork,
            tuple(place for place in inputs if place is not None),
            () if ignored is None else (ignored,),
            one_file=options.config is not None,
        )
        directories = change.unaffected()
    except CheckError:
        return options  # told where the base is read
    return replace(options, aside=Aside(directories, f"{options.base} ({fork.short})")) if directories else options
