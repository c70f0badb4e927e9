"""Facts sorted the way folds want them: per source, by sequence, once each."""

from collections.abc import Sequence

from contracts.envelope import Fact
from contracts.events import Event
from contracts.words import Service

Facts = Sequence[Fact[Event]]


def of_source(facts: Facts, source: Service) -> list[Fact[Event]]:
    """The facts of one source in the order in which it decided them; how sources interleave cannot matter."""
    known = {fact.id: fact for fact in facts if fact.source is source}
    return sorted(known.values(), key=lambda fact: fact.sequence)


def gapless(facts: Facts, source: Service) -> list[Fact[Event]]:
    """As ``of_source``, but only up to the first number that has not come yet.

    For sources of which this service reads every fact: a later fact never acts before an earlier one is known.
    """
    found: list[Fact[Event]] = []
    for fact in of_source(facts, source):
        if fact.sequence != len(found) + 1:
            break
        found.append(fact)
    return found
