import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.documents import INDEXES
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from contracts.words import Service

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
async def store(mongo_url: str) -> AsyncIterator[Store]:
    """A database of the test's own, with the indexes of documents."""
    async with connect(mongo_url) as client:
        store = Store(client, f"test_{uuid4().hex[:12]}", Metrics(Service.DISPATCHER))
        await store.ensure({"orders": INDEXES})
        yield store
        await client.drop_database(store.database.name)
