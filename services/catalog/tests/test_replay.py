"""A replay shows what is missing of the replicas, mends exactly that, and each table is what its definition says."""

import pytest

from services.catalog.projections import PROJECTIONS
from services.catalog.tests import building
from services.catalog.tests.building import HOUR, NOON
from services.catalog.tests.shop import Shop
from shared.events.ids import new_id
from shared.messaging.replay.projection import Projection
from shared.messaging.replay.rebuild import Rebuild

TABLES = [table.table for table in PROJECTIONS.tables]


@pytest.fixture
def told(shop: Shop) -> Shop:
    """Three vendors in three standings, and people who came, left and came back."""
    vendors = [(new_id(), new_id()) for _ in range(3)]
    shop.tell(*(building.approved(vendor, user) for vendor, user in vendors))
    shop.tell(building.suspended(*vendors[1], version=2), building.updated(*vendors[2], "deleted", version=3))
    shop.tell(building.suspended(*vendors[2], version=2))
    pairs = [(vendors[n % 3][0], new_id(), new_id()) for n in range(9)]
    shop.tell(*(building.linked(vendor, customer, pair=pair) for vendor, customer, pair in pairs))
    for version, make in ((2, building.unlinked), (3, building.linked)):
        shop.tell(
            *(
                make(vendor, customer, pair=pair, version=version, at=NOON + version * HOUR)
                for vendor, customer, pair in pairs[: 8 - version]
            )
        )
    return shop


def test_what_is_whole_shows_no_difference(told: Shop) -> None:
    found = told.replay().run()
    assert found.empty
    assert {table: found.counts[table]["same"] for table in TABLES} == {
        "vendor": 3,
        "vendor_status": 6,
        "link": 9,
        "link_change": 20,
    }


@pytest.mark.parametrize("table", TABLES)
def test_lost_rows_are_named_and_come_back_byte_for_byte(told: Shop, table: str) -> None:
    before = told.rows(table)
    told.do(f"DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} LIMIT 2)")  # noqa: S608
    replay = told.replay()
    found = replay.run()
    assert found.counts[table]["insert"] == 2
    replay.apply(found.digest)
    assert told.rows(table) == before


@pytest.mark.parametrize("table", PROJECTIONS.tables, ids=lambda table: table.table)
def test_a_table_made_from_its_definition_is_the_one_that_the_handlers_wrote(told: Shop, table: Projection) -> None:
    found = Rebuild(told.owner_url, table).run(swap=True)
    assert found.difference.empty
    assert (found.rows, found.swapped) == (len(told.rows(table.table)), False)
    told.do(f"DELETE FROM {table.table}")  # noqa: S608
    assert Rebuild(told.owner_url, table).run(swap=True).swapped
    assert Rebuild(told.owner_url, table).run().difference.empty
