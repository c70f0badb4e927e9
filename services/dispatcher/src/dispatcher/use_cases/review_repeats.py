"""What a person does with proposed repeats: reads them, merges by the command of the merge, or says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatcher.domain.guard import Person, open_to
from dispatcher.domain.likeness import Proposal
from dispatcher.ports import OrderRows, Orders, Proposals
from dispatcher.use_cases.propose_repeats import may_join
from dispatcher.use_cases.record_attempt import record_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A proposal with both orders as desks list them."""

    proposal: Proposal
    repeat: Mapping[str, Any]
    main: Mapping[str, Any]

    @property
    def rows(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Both rows by the part they play."""
        return (("repeat", self.repeat), ("main", self.main))


async def waiting_pairs(
    proposals: Proposals, orders: OrderRows, person: Person, after: str | None, limit: int
) -> tuple[list[Pair], str | None]:
    """One page, best first, and the cursor of the next. What can be merged no more is taken off the list.

    Who must recuse from one of the two does not see the pair.
    """
    found = await proposals.waiting(after, limit)
    pairs = await paired([one for _, one in found], orders)
    still = {pair.proposal.id for pair in pairs}
    await proposals.settle([one.id for _, one in found if one.id not in still], {"how": "gone"})
    return visible(pairs, person), found[-1][0] if len(found) == limit else None


def visible(pairs: list[Pair], person: Person) -> list[Pair]:
    """Those that the guard lets the person see."""
    return [pair for pair in pairs if all(open_to(row, person) for _, row in pair.rows)]


async def paired(found: list[Proposal], orders: OrderRows) -> list[Pair]:
    """The proposals that could still be followed."""
    rows = await orders.rows_of([subject for one in found for subject in (one.repeat, one.main)])
    return [
        Pair(proposal=one, repeat=rows[one.repeat], main=rows[one.main])
        for one in found
        if may_join(one.repeat, one.main, rows)
    ]


async def dismiss(proposals: Proposals, rows: OrderRows, orders: Orders, proposal: str, person: Person) -> bool:
    """Not the same matter; False where no such proposal was made. Saying so twice changes nothing.

    There is none for who must recuse from one of the two, either; that is recorded with the order.
    """
    found = await rows.rows_of(proposal.split("~"))
    closed = {subject: row for subject, row in found.items() if not open_to(row, person)}
    for subject, row in closed.items():
        unit = person.unit if person.unit in row.get("barred", ()) else None
        await record_attempt(orders, subject, "dismiss_repeat", person, unit)
    if closed:
        return False
    if await proposals.settle([proposal], {"how": "dismissed", "by": person.user, "at": orders.now()}):
        return True
    return await proposals.known(proposal)
