"""Several people take the last use of a link at the same moment: exactly one gets it, however they come."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from services.vendor.consumers import on_customers_created
from services.vendor.domain import invitations
from services.vendor.tests.building import NOON, announced, created, invite, vendor
from shared.events.ids import new_id
from shared.kit.database import Database

RIVALS = 8


@pytest.mark.parametrize("left", [1, 3])
def test_a_use_is_given_once(database: Database, left: int) -> None:
    with database.transaction() as session:
        link = invite(session, vendor(session), max_uses=left)
    together = Barrier(RIVALS)

    def rival(number: int) -> None:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
            together.wait()
            if number % 2:
                on_customers_created(session, [created(link.token)])
            else:
                invitations.accept(session, link.token, new_id(), NOON)

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(rival, range(RIVALS)))
    with database.transaction() as session:
        ask = text("SELECT outcome FROM invite_outcome WHERE invite_token_id = :link")
        found = Counter(session.scalars(ask, {"link": link.id}))
    assert found == {"linked": left, "exhausted": RIVALS - left}


def test_one_person_taking_two_ways_in_at_once_is_listed_once(database: Database) -> None:
    with database.transaction() as session:
        seller = vendor(session)
        link = invite(session, seller)
    person, together = new_id(), Barrier(RIVALS)

    def way(number: int) -> None:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
            together.wait()
            if number % 2:
                on_customers_created(session, [created(link.token, customer=person)])
            else:
                invitations.accept(session, link.token, person, NOON)

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(way, range(RIVALS)))
    with database.transaction() as session:
        ask = text("SELECT outcome FROM invite_outcome WHERE customer_id = :person")
        found = Counter(session.scalars(ask, {"person": person}))
        said = [news for news in announced(session, "vendor_customer.linked") if news["customer_id"] == str(person)]
    assert found == {"linked": 1, "already_linked": RIVALS - 1}
    assert len(said) == 1
