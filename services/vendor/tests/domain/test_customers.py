"""A vendor's customer list."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customers_created
from services.vendor.domain import customers
from services.vendor.models import Customer, Vendor
from services.vendor.tests.building import HOUR, NOON, announced, created, invite, vendor
from shared.events.ids import new_id


def names(session: Session, seller: Vendor, search: str | None = None) -> list[str | None]:
    return [row.name for row in customers.page(session, seller.id, q=search).items]


@pytest.fixture
def seller(session: Session) -> Vendor:
    made = vendor(session)
    link = invite(session, made, label="Fair")
    people = ("Ada Lovelace", "Grace_Hopper", "Grace Hopper")
    on_customers_created(session, [created(link.token, name=name, at=NOON + n * HOUR) for n, name in enumerate(people)])
    other = invite(session, vendor(session, "Vendor B"))
    on_customers_created(session, [created(other.token, name="Somebody else")])
    return made


def test_the_list_is_the_vendors_own_newest_first(session: Session, seller: Vendor) -> None:
    assert names(session, seller) == ["Grace Hopper", "Grace_Hopper", "Ada Lovelace"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("love", ["Ada Lovelace"]),
        ("lace", []),
        ("GRACE", ["Grace Hopper", "Grace_Hopper"]),
        ("hop gr", ["Grace Hopper", "Grace_Hopper"]),
        ("ada lovelace@X", ["Ada Lovelace"]),
        ("lovelace@x.exam", ["Ada Lovelace"]),
        ("@", ["Grace Hopper", "Grace_Hopper", "Ada Lovelace"]),
        ("%", []),
        ("\\", []),
        ("a'", ["Ada Lovelace"]),
        ("' & !'zzz", []),
        ("ada:*|grace", []),
        ("\x01", []),
        ("Somebody", []),
    ],
)
def test_how_words_of_a_name_or_address_begin_finds_people(
    session: Session, seller: Vendor, search: str, found: list[str]
) -> None:
    assert names(session, seller, search) == found


def test_what_many_have_is_found_as_what_few_have(
    session: Session, seller: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {search: names(session, seller, search) for search in ("gr", "hop gr", "x", "lace", "' & !'zzz", "%")}
    monkeypatch.setattr(customers, "FEW", 0)
    assert {search: names(session, seller, search) for search in few} == few


def test_pages_follow_each_other(session: Session, seller: Vendor) -> None:
    first = customers.page(session, seller.id, limit=2)
    rest = customers.page(session, seller.id, cursor=first.next_cursor, limit=2)
    assert [row.name for row in [*first.items, *rest.items]] == names(session, seller)


def test_a_mapping_is_listed_before_its_name_arrives(session: Session, seller: Vendor) -> None:
    session.execute(delete(Customer))
    assert names(session, seller) == [None, None, None]


def test_removing_takes_off_the_list_once(session: Session, seller: Vendor) -> None:
    (row,) = customers.page(session, seller.id, q="Ada").items
    customers.remove(session, seller.id, row.customer_id, NOON + 9 * HOUR)
    assert "Ada Lovelace" not in names(session, seller)
    (said,) = announced(session, "vendor_customer.unlinked")
    assert (said["reason"], said["vendor_customer_id"]) == ("removed_by_vendor", str(row.id))
    with pytest.raises(customers.NotOnYourList):
        customers.remove(session, seller.id, row.customer_id, NOON + 9 * HOUR)


def test_nobody_is_removed_from_another_vendors_list(session: Session, seller: Vendor) -> None:
    person = customers.page(session, seller.id).items[0].customer_id
    for stranger in (vendor(session, "Vendor C").id, new_id()):
        with pytest.raises(customers.NotOnYourList):
            customers.remove(session, stranger, person, NOON + 9 * HOUR)
    assert len(names(session, seller)) == 3
