"""Asking to sell: once at a time, as often as needed, with the account's e-mail unless another is given."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customer_erased, on_customers_created
from services.vendor.domain import applications, decisions
from services.vendor.domain.applications import AlreadyApplied, NoApplication, WrongApplicationStatus
from services.vendor.domain.replica import AccountErased
from services.vendor.domain.vendors import AlreadyVendor
from services.vendor.tests.building import (
    ADMIN,
    HOUR,
    NOON,
    acts,
    announced,
    applicant,
    application,
    approved,
    created,
    erased,
    newest,
)
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.errors import Invalid


def test_an_application_waits_is_announced_and_noted(session: Session) -> None:
    made = application(session, "  Blue   Lamp ", business_email="lamp@blue.example")
    assert (made.business_name, made.status, made.version) == ("Blue Lamp", "pending", 1)
    (said,) = announced(session, "vendor_application.submitted")
    assert (said["application_id"], said["user_id"]) == (str(made.id), str(made.user_id))
    assert (said["business_name"], said["business_email"]) == ("Blue Lamp", "lamp@blue.example")
    (act,) = acts(session, made.id)
    assert (act.action, act.actor_id, act.address) == ("application.submitted", made.user_id, "203.0.113.8")


def test_the_e_mail_is_the_account_s_unless_one_is_given_also_when_its_news_comes_later(session: Session) -> None:
    news = created(name="Ada")
    made = application(session, user_id=news.event.customer_id)
    assert applications.e_mail(session, made) is None
    on_customers_created(session, [news])
    assert applications.e_mail(session, made) == "ada@x.example"
    other = application(session, business_email="other@x.example")
    assert applications.e_mail(session, other) == "other@x.example"


def test_a_second_one_is_refused_while_the_first_is_open(session: Session) -> None:
    made = application(session)
    with pytest.raises(AlreadyApplied) as refusal:
        application(session, "Other", made.user_id)
    assert refusal.value.facts == {"from": "pending", "to": "pending"}
    assert len(announced(session, "vendor_application.submitted")) == 1


def test_of_many_at_once_one_is_taken(database: Database) -> None:
    user = new_id()

    def one(number: int) -> bool:
        try:
            with database.transaction() as session:
                application(session, f"Shop {number}", user)
        except AlreadyApplied:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(16))) == 1


def test_one_applies_again_after_a_rejection_and_after_a_withdrawal(session: Session) -> None:
    first = application(session)
    decisions.reject(session, first.id, "Not readable", NOON, ADMIN)
    second = application(session, user_id=first.user_id)
    applications.withdraw(session, first.user_id, NOON + HOUR, applicant(first.user_id))
    third = application(session, user_id=first.user_id)
    assert [first.status, second.status, third.status] == ["rejected", "withdrawn", "pending"]
    assert [act.action for act in acts(session, second.id)] == ["application.submitted", "application.withdrawn"]


def test_who_sells_does_not_apply(session: Session) -> None:
    vendor = approved(session)
    with pytest.raises(AlreadyVendor, match="You sell as"):
        application(session, user_id=vendor.user_id)


def test_what_is_decided_is_not_withdrawn(session: Session) -> None:
    made = application(session)
    decisions.reject(session, made.id, "Not readable", NOON, ADMIN)
    with pytest.raises(WrongApplicationStatus) as refusal:
        applications.withdraw(session, made.user_id, NOON, applicant(made.user_id))
    assert refusal.value.facts == {"from": "rejected", "to": "withdrawn"}
    with pytest.raises(NoApplication):
        applications.withdraw(session, new_id(), NOON, ADMIN)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_business_has_a_name(session: Session, name: str) -> None:
    with pytest.raises(Invalid):
        application(session, name)


def test_who_leaves_the_marketplace_withdraws_and_leaves_no_way_to_be_reached(session: Session) -> None:
    made = application(session, phone="+44 20 7930 7705", address={"city": "London"})
    for _ in range(2):
        on_customer_erased(session, erased(made.user_id))
    session.refresh(made)
    assert (made.status, made.version, made.decided_at) == ("withdrawn", 2, NOON + 5 * HOUR)
    assert (made.phone, made.address, made.business_email) == (None, None, None)
    with pytest.raises(AccountErased):
        application(session, user_id=made.user_id)


def test_a_rejection_is_announced_in_the_application_s_order(session: Session) -> None:
    made = application(session)
    decisions.reject(session, made.id, " Not readable ", NOON - HOUR, ADMIN)
    told = newest(session, made.id)
    assert (told["type"], told["version"], told["data"]["reason"]) == (
        "vendor_application.rejected",
        2,
        "Not readable",
    )
    assert made.decided_at == NOON, "never decided before it was made"
