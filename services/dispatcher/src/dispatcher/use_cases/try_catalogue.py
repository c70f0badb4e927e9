"""Try a new dispatch catalogue against the appeals of the last month, before it takes effect."""

from datetime import timedelta

from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.catalogue_trial import Trial
from dispatcher.domain.row import instant
from dispatcher.domain.view import fold
from dispatcher.ports import OrderNumbers, Orders, Standing

DAYS = 31
PAGE = 200
MOST = 20_000
"""Appeals of one trial, the oldest of the month first; it says how many it read."""


async def try_catalogue(orders: Orders, numbers: OrderNumbers, standing: Standing, fresh: Catalogue) -> Trial:
    """Nothing is changed by it."""
    now = orders.now()
    where = {"row.since": {"$gte": instant(now - timedelta(days=DAYS)), "$lte": instant(now)}}
    trial, cursor = Trial(), None
    for _ in range(MOST // PAGE):
        rows, cursor = await numbers.page(where, "since", cursor, PAGE)
        views = [fold(document.facts) for document in await numbers.documents([row["_id"] for row in rows])]
        trial.add(views, standing.tables(), fresh, now)
        if cursor is None:
            break
    return trial
