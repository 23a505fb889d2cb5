"""Who fulfils a line: the product's vendor, else the customer's earliest, else the house's, else nobody."""

from services.ordering.domain.routing import Route, Rule, route
from shared.events.ids import new_id

VENDOR, FIRST, SECOND, HOUSE = (new_id() for _ in range(4))


def test_the_rules_hold_in_their_order() -> None:
    assert route(VENDOR, [FIRST], HOUSE) == Route(VENDOR, Rule.PRODUCT_VENDOR)
    assert route(None, [FIRST, SECOND], HOUSE) == Route(FIRST, Rule.LINKED_VENDOR)
    assert route(None, [], HOUSE) == Route(HOUSE, Rule.HOUSE_VENDOR)
    assert route(None, [], None) is None
