"""Evaluates policies once for each set of parameters that services have, where some stacks or tiers have their own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.policy.document import causes
from resilience_checks.policy.pack import questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.answers import Answers
    from resilience_checks.model.question import Question, Statement
    from resilience_checks.policy.matter import Matter
    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings
    from resilience_checks.topology.estate import Estate, Service


@dataclass(frozen=True, slots=True)
class Round:
    """One evaluation: how each policy is set in it, off where it takes no part.

    `judged` are the services that a policy with several sets of parameters judges in this round; another judges all.
    What is about no service is judged in the first round.
    """

    number: int
    settings: Mapping[str, Settings]
    judged: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def judges(self, policy: str, service: str) -> bool:
        """Return whether the policy judges this service in this round."""
        return policy not in self.judged or service in self.judged[policy]

    def own(self, policy: str, item: Mapping[str, Any], services: Mapping[str, Service]) -> Mapping[str, Any] | None:
        """Return a reported item with the services that are judged here, None where it is judged in another round."""
        if policy not in self.judged:
            return item
        mine = [name for name in item["services"] if name in self.judged[policy]]
        mine += [name for name in item["services"] if self.number == 0 and name not in services]
        if not mine and (self.number or item["services"]):
            return None
        return {**item, "services": mine}

    def read(self, data: Mapping[str, Any], matter: Matter) -> Mapping[str, Any]:
        """Return the document with the parameters of this round, and the causes of loss of the services judged in it."""
        if not self.judged:
            return data
        judged = [one for one in matter.answers.statements if self.judges(_policy(one.question), one.service)]
        none: dict[str, Any] = {question: {} for question in data["causes"]}
        parameters = {name: dict(item.parameters) for name, item in self.settings.items()}
        return {**data, "settings": parameters, "causes": none | causes(matter, judged)}


def rounds(settings: Mapping[str, Settings], estate: Estate, stacks: Sequence[str]) -> tuple[Round, ...]:
    """Return the rounds of an estate of these stacks: one, but where parameters differ between services."""
    shares = {name: _shares(item, estate, stacks) for name, item in settings.items() if item.enabled and item.varies}
    shares = {name: share for name, share in shares.items() if share}
    found = []
    for number in range(max(map(len, shares.values()), default=1)):
        taking = {name: share[number] for name, share in shares.items() if number < len(share)}
        off = {name: replace(item, enabled=item.enabled and number == 0) for name, item in settings.items()}
        own = {name: replace(settings[name], parameters=parameters) for name, (parameters, _) in taking.items()}
        found.append(Round(number, off | own, {name: services for name, (_, services) in taking.items()}))
    return tuple(found)


def _shares(
    settings: Settings, estate: Estate, stacks: Sequence[str]
) -> list[tuple[Mapping[str, Any], frozenset[str]]]:
    """Return each set of parameters with its services: first that of what is about no service."""
    home = settings.within(None, stacks).parameters
    found: dict[str, tuple[Mapping[str, Any], set[str]]] = {_key(home): (home, set())}
    for service in estate.services.values():
        of = (service.stack,) if service.stack is not None else tuple(stacks)
        parameters = settings.within(service.tier, of).parameters
        found.setdefault(_key(parameters), (parameters, set()))[1].add(service.id)
    return [(parameters, frozenset(services)) for parameters, services in found.values()]


def _key(parameters: Mapping[str, Any]) -> str:
    return json.dumps(dict(parameters), sort_keys=True, default=str)


def _policy(question: str) -> str:
    return question.partition(".")[0]


class Asked:
    """The questions of all rounds, each asked once, and the answers to each as those of the round that judges a service."""

    def __init__(self, pack: Pack, played: Sequence[Round]) -> None:
        """Gather what is to be asked; what several rounds ask alike keeps the name that it has in the first."""
        self._rounds = played
        self._names: list[dict[str, str]] = []
        alike: dict[Question, str] = {}
        for one in played:
            asked = questions(pack, one.settings)
            own = ((item, f"{item.id}@{one.number}" if one.number else item.id) for item in asked)
            self._names.append({item.id: alike.setdefault(item, name) for item, name in own})
        self.questions = tuple(replace(item, id=name) for item, name in alike.items())

    def of(self, policy: str, service: str) -> tuple[Question, ...]:
        """Return what a policy asks of a service."""
        round_ = next(one for one in self._rounds if one.judges(policy, service))
        known = {item.id: item for item in self.questions}
        return tuple(known[name] for item, name in self._names[round_.number].items() if _policy(item) == policy)

    def answered(self, answers: Answers) -> Answers:
        """Return the answers with one statement for each question of a policy and each service."""
        if len(self._rounds) == 1:
            return answers
        found = {(one.question, one.service): one for one in answers.statements}
        services = dict.fromkeys(one.service for one in answers.statements)
        return replace(answers, statements=tuple(self._statements(found, services)))

    def _statements(self, found: Mapping[tuple[str, str], Statement], services: Iterable[str]) -> Iterator[Statement]:
        for question in self._names[0]:
            for service in services:
                round_ = next(one for one in self._rounds if one.judges(_policy(question), service))
                yield replace(found[self._names[round_.number][question], service], question=question)
