"""What orders were answered is a fact: a replay finds it and answers nobody again."""

from services.catalog.tests.shop import Shop
from services.catalog.tests.stocking import asked, confirmed, given_back, stocked

TABLES = ("stock", "stock_movement", "stock_reservation", "stock_reservation_line", "outbox", "listing")


def test_a_replay_puts_nothing_aside_again(shop: Shop) -> None:
    with shop.database.transaction() as session:
        bowl = stocked(session, 9).id
    orders = [asked({bowl: 2}) for _ in range(3)]
    shop.tell(*orders)
    numbers = [order.event.order_id for order in orders]
    shop.tell(confirmed(numbers[0]), confirmed(numbers[1]), given_back(numbers[1]), given_back(numbers[2]))
    before = {table: shop.rows(table) for table in TABLES}
    replay = shop.replay()
    found = replay.run()
    assert found.empty
    assert {table: shop.rows(table) for table in TABLES} == before
