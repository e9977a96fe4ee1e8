"""From what the policies report to results: places, chains and words that no rule needs to repeat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from resilience_checks.model.location import Related
from resilience_checks.model.result import Outcome, Result
from resilience_checks.policy.engine import EngineFault
from resilience_checks.policy.rounds import rounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import Cut, Statement, Step
    from resilience_checks.policy.document import Document
    from resilience_checks.policy.engine import Engine
    from resilience_checks.policy.matter import Matter
    from resilience_checks.policy.pack import Pack, Policy
    from resilience_checks.policy.settings import Settings


def decide(pack: Pack, document: Document, matter: Matter, engine: Engine) -> tuple[Result, ...]:
    """Evaluate every enabled policy and return its results, in an order that depends on nothing but them."""
    settings = matter.settings
    completer = _Completer(matter, document)
    results: list[Result] = []
    for policy, report in _reports(pack, document, matter, engine):
        if isinstance(report, EngineFault):
            results.append(_failed(policy, settings[policy.id], report, completer))
        else:
            held = ((item, completer.held(settings[policy.id], item["services"])) for item in report)
            results += (completer.complete(policy, how, item) for item, how in held if how)
    return tuple(
        sorted(
            results,
            key=lambda result: (result.policy, _RANK[result.outcome], result.target, result.cause),
        )
    )


def _reports(
    pack: Pack, document: Document, matter: Matter, engine: Engine
) -> Iterator[tuple[Policy, Sequence[Mapping[str, Any]] | EngineFault]]:
    """Yield what each enabled policy reports; what several sets of parameters say alike is told once, of all its services."""
    said: dict[str, dict[str, Mapping[str, Any]]] = {}
    services = matter.estate.services
    for one in rounds(matter.settings, matter.estate, [graph.name for graph in matter.graphs]):
        enabled = [policy for policy in pack.policies if one.settings[policy.id].enabled]
        data = one.read(document.data, matter)
        packages = {policy.id: policy.package for policy in enabled}
        reports = engine.evaluate(pack.modules, json.dumps(data, sort_keys=True).encode(), packages)
        for policy in enabled:
            report = _in_shape(reports.get(policy.id, EngineFault(f"the engine did not answer for {policy.id}")))
            if isinstance(report, EngineFault) or policy.id not in one.judged:
                yield policy, report
                continue
            mine = said.setdefault(policy.id, {})
            for item in filter(None, (one.own(policy.id, item, services) for item in report)):
                key = json.dumps({**item, "services": []}, sort_keys=True)
                others = mine[key]["services"] if key in mine else ()
                mine[key] = {**item, "services": [*others, *item["services"]]}
    yield from ((policy, tuple(said[policy.id].values())) for policy in pack.policies if policy.id in said)


_SHAPE: Mapping[str, type | tuple[type, ...]] = {
    "outcome": str,
    "target": str,
    "message": str,
    "question": str,
    "services": list,
    "cause": list,
}


def _in_shape(report: Sequence[Any] | EngineFault) -> Sequence[Mapping[str, Any]] | EngineFault:
    """Return the report where each item of it is a result, as what the library makes is; else what is wrong with it."""
    if isinstance(report, EngineFault):
        return report
    outcomes = {str(one) for one in Outcome}
    for item in report:
        whole = isinstance(item, dict) and all(isinstance(item.get(key), kind) for key, kind in _SHAPE.items())
        if not whole or item["outcome"] not in outcomes:
            return EngineFault(f"it reports what is no result of lib.result: {json.dumps(item)[:200]}")
    return report


_RANK = {outcome: number for number, outcome in enumerate(Outcome)}
_LIMIT = "a limit of time or size stopped the analysis: there are at least these"


_OF_ABSENCE = frozenset({"capacity", "recovery", "stores"})
"""Sections in which something more, such as another replica or member, would make good what is violated."""
_FILES = {
    "preview": "check the program itself, or write the preview with `pulumi preview --json --show-sames`",
    "state": "check the program itself, or write the state again when no operation is under way (`pulumi stack export`)",
}
"""What makes a file whole that leaves resources out."""


class _Completer:
    """Adds to each report what the analysis knows of it."""

    def __init__(self, matter: Matter, document: Document) -> None:
        self._answers, self._estate, self._places = matter.answers, matter.estate, document.places
        statements = matter.answers.statements
        self._statements = {(statement.question, statement.service): statement for statement in statements}
        self._stacks = tuple(graph.name for graph in matter.graphs)
        self._today = matter.today
        self._partial = [why for graph in matter.graphs if (why := self._left_out(graph)) is not None]
        self.anchor = next(iter(matter.estate.anchors.values()), None)

    def _left_out(self, graph: ResourceGraph) -> str | None:
        """Return why the stack may make more than is shown, in steps of its own or in components of unknown type."""
        unknown = [resource for resource in graph.hidden if resource.type not in self._estate.coverage.known]
        if unknown:
            names = ", ".join(f"{resource.type} {resource.name}" for resource in unknown)
            remedy = "check a preview or a state of it, or add a catalogue entry for their types"
            return f"no run of {graph.name} shows what its plugins make in {names}; to make it known: {remedy}"
        if graph.capabilities.complete:
            return None
        if graph.source in _FILES:
            why = f"{graph.name} is read from a {graph.source} that leaves resources out"
            return f"{why}; to make it known: {_FILES[graph.source]}"
        why = f"how many resources {graph.name} makes hangs on answers that are not known before it is deployed"
        return f"{why}; to make it known: give the answers of its lookups with --lookups"

    def held(self, settings: Settings, services: Iterable[str]) -> tuple[tuple[int | None, Settings], ...]:
        """Return how the policy is set for each of the services that it is on for, with its tier; without services once."""
        known = [self._estate.services[name] for name in services if name in self._estate.services]
        of = dict.fromkeys((one.tier, (one.stack,) if one.stack is not None else self._stacks) for one in known)
        found = ((tier, settings.within(tier, stacks)) for tier, stacks in of or [(None, self._stacks)])
        return tuple((tier, how) for tier, how in found if how.enabled)

    def complete(self, policy: Policy, held: Sequence[tuple[int | None, Settings]], item: Mapping[str, Any]) -> Result:
        """Return the result as the strictest of the services' settings wants it."""
        item = self._as_far_as_shown(policy, item)
        outcome = Outcome(item["outcome"])
        services = tuple(sorted(item["services"]))
        cause = tuple(sorted(item["cause"]))
        statements = [found for service in services if (found := self._statements.get((item["question"], service)))]
        cut = self._cut(statements, cause)
        named = [step for key in item.get("at", ()) if (step := self._places.get(key)) is not None and step.location]
        consumers = self._cut_off(statements, cause)
        location = named[0].location if named else self._location(cause, services, consumers)
        return Result(
            policy=policy.id,
            outcome=outcome,
            severity=max((how.severity for _, how in held), key=lambda severity: severity.rank),
            target=item["target"],
            title=policy.title,
            message=item["message"],
            location=location,
            related=self._related(named, cause, services, consumers, location) if outcome is Outcome.VIOLATION else (),
            services=services,
            cause=cause,
            chain=cut.chain if cut is not None else (),
            remediation=policy.remediation if outcome is Outcome.VIOLATION else "",
            depends_on=_depends_on(statements, item) if outcome is Outcome.UNKNOWN else (),
            assumed=tuple(dict.fromkeys(reason.text for statement in statements for reason in statement.assumed)),
            evidence={
                **({"question": item["question"]} if item["question"] else {}),
                **({"consumers": list(consumers)} if consumers else {}),
                "controls": list(policy.controls),
                **item.get("evidence", {}),
                **self._likelihood(cause),
                **self._resources(cause),
                **({} if all(one.complete for one in statements) else {"limit": _LIMIT}),
            },
            blocks_when_unknown=outcome is Outcome.UNKNOWN
            and (item.get("must_be_known", False) or any(how.unknown_blocks(tier) for tier, how in held)),
            advisory=(*self._not_enforced([how for _, how in held]), *item.get("advisory", ())),
        )

    def _as_far_as_shown(self, policy: Policy, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return as unknown what resources could change that an input leaves out: passes, and violations by absence.

        Answers to questions about faults take that into account themselves.
        """
        absence = item["outcome"] == Outcome.VIOLATION and not _OF_ABSENCE.isdisjoint(policy.reads)
        if not self._partial or item["question"] or not (item["outcome"] == Outcome.PASS or absence):
            return item
        return {
            **item,
            "outcome": "unknown",
            "cause": [],
            "message": f"as far as is shown, {item['message']}",
            "hangs_on": self._partial,
        }

    def _not_enforced(self, held: Sequence[Settings]) -> tuple[str, ...]:
        """Return why the result blocks nothing yet: the policy is not enforced for any of its services."""
        why = [how.not_enforced(self._today) for how in held]
        return tuple(dict.fromkeys(text for texts in why for text in texts)) if all(why) else ()

    def _cut(self, statements: Iterable[Statement], cause: tuple[str, ...]) -> Cut | None:
        return next(
            (cut for statement in statements for cut in statement.cuts if tuple(sorted(cut.events)) == cause), None
        )

    @staticmethod
    def _cut_off(statements: Iterable[Statement], cause: tuple[str, ...]) -> tuple[str, ...]:
        """Return the consumers that a cause cuts off from any of the services, where each was asked about."""
        cuts = (cut for statement in statements for cut in statement.cuts if tuple(sorted(cut.events)) == cause)
        return tuple(dict.fromkeys(name for cut in cuts for name in cut.consumers))

    def _location(
        self, cause: tuple[str, ...], services: tuple[str, ...], consumers: tuple[str, ...]
    ) -> Location | None:
        """Return the line to change: of consumers that are cut off the last of their own links, else that of a fault."""
        access = {f"link {link}" for name in consumers for link in self._estate.consumers[name].access or ()}
        found = [self._answers.events[event] for event in cause if event in self._answers.events]
        own = [step.location for event in found for step in event.members if step.part in access and step.location]
        if own:
            return own[-1]
        for event in found:
            if event.primary is not None:
                return event.primary
        places = (self._estate.services[name].location for name in services if name in self._estate.services)
        return next((place for place in places if place is not None), self.anchor)

    def _likelihood(self, cause: tuple[str, ...]) -> dict[str, dict[str, dict[str, str]]]:
        """Return how likely each fault of the cause is held to be, and on what that rests."""
        stated = {event: self._estate.likelihood(event) for event in cause if event in self._answers.events}
        told = {
            event: {"class": str(found.likelihood), "basis": str(found.reason.basis), "why": found.reason.text}
            for event, found in stated.items()
        }
        return {"likelihood": told} if told else {}

    def _resources(self, cause: tuple[str, ...]) -> dict[str, list[str]]:
        """Return the URNs of the resources where the faults begin, which stand beside the place in the code."""
        events = (self._answers.events.get(event) for event in cause)
        urns = dict.fromkeys(event.urn for event in events if event is not None and event.urn is not None)
        return {"resources": list(urns)} if urns else {}

    def _related(
        self,
        named: Iterable[Step],
        cause: tuple[str, ...],
        services: tuple[str, ...],
        consumers: tuple[str, ...],
        primary: Location | None,
    ) -> tuple[Related, ...]:
        places = [Related(step.text, step.location) for step in named if step.location]
        members = [
            Related(step.text, step.location)
            for event in cause
            if event in self._answers.events
            for step in self._answers.events[event].members
            if step.location
        ]
        cut_off = [
            Related(f"{name} is cut off", place)
            for name in consumers
            if (place := self._estate.consumers[name].location)
        ]
        says = "is lost" if cause and cause[0] in self._answers.events else "is concerned"
        lost = [
            Related(f"{name} {says}", place) for name in services if (place := self._estate.services[name].location)
        ]
        return tuple(dict.fromkeys(item for item in (*places, *members, *cut_off, *lost) if item.location != primary))


def _depends_on(statements: Sequence[Statement], item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return each fact that the result hangs on once, in the order of the first time."""
    return tuple(dict.fromkeys((*_doubts(statements), *item.get("hangs_on", ()))))


def _doubts(statements: Iterable[Statement]) -> tuple[str, ...]:
    doubts = [doubt for statement in statements for doubt in statement.depends_on]
    texts = (doubt.text for doubt in doubts)
    return tuple(dict.fromkeys(texts))


def _failed(policy: Policy, settings: Settings, fault: EngineFault, completer: _Completer) -> Result:
    return Result(
        policy=policy.id,
        outcome=Outcome.ERROR,
        severity=settings.severity,
        target=policy.id,
        title=policy.title,
        message=f"the policy could not be evaluated: {fault.message}",
        location=completer.anchor,
        remediation="correct the policy; nothing is known of what it would have found",
    )
