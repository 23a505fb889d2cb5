"""Production never serves a database that has met the demonstration."""

import pytest

from services.identity.domain import demo
from services.identity.domain.demo import DemoPeopleFound
from services.identity.tests.conftest import Registers, Transaction


def test_a_database_of_strangers_is_served(registered: Registers, transaction: Transaction) -> None:
    registered()
    with transaction() as session:
        demo.refuse_people(session)


def test_the_demonstrations_people_are_refused_by_name(registered: Registers, transaction: Transaction) -> None:
    registered(email="Vendor.A@market.example")
    with pytest.raises(DemoPeopleFound, match=r"vendor\.a@market\.example"), transaction() as session:
        demo.refuse_people(session)
