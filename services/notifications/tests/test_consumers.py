"""Everybody hears what concerns them, once, whatever comes twice, late, or out of order."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.consumers import HANDLERS
from services.notifications.domain.kinds import Kind, goes_out
from services.notifications.models import Person, Vendor
from services.notifications.tests.world import (
    LONG_AGO,
    World,
    approved,
    confirmed,
    created,
    envelope,
    erased,
    joined,
    now,
    part,
)
from shared.events.catalog import ProductStockLow
from shared.events.event import Event
from shared.events.identity import CustomerUpdated, PasswordResetRequested
from shared.events.ids import new_id
from shared.events.notifications import NotificationFailed
from shared.events.ordering import (
    OrderCancelled,
    OrderPlaced,
    OrderRejected,
    VendorOrderAccepted,
    VendorOrderCancelled,
    VendorOrderDelivered,
    VendorOrderPacked,
    VendorOrderRejected,
    VendorOrderShipped,
)
from shared.events.vendor import (
    VendorApplicationRejected,
    VendorApplicationSubmitted,
    VendorInviteRefused,
    VendorReactivated,
    VendorSuspended,
    VendorUpdated,
)

CUSTOMER, OWNER, ADMINS = "customer", "owner", "admins"


def about(vendor: UUID, customer: UUID) -> dict[str, Any]:
    """What every event of a part says."""
    return {
        "vendor_order_id": new_id(),
        "order_id": new_id(),
        "vendor_id": vendor,
        "customer_id": customer,
        "number": "VND-1",
    }


def order(customer: UUID) -> dict[str, Any]:
    return {"order_id": new_id(), "number": "ORD-1", "customer_id": customer}


def stock(vendor: UUID | None) -> ProductStockLow:
    return ProductStockLow(
        product_id=new_id(), vendor_id=vendor, title="Bowl", sku="B", available=1, threshold=5, crossed_at=now()
    )


def refused(vendor: UUID | None, customer: UUID) -> VendorInviteRefused:
    ids: dict[str, Any] = {"customer_id": customer, "vendor_id": vendor, "invite_token_id": None}
    return VendorInviteRefused(**ids, reason="expired", source="registration", refused_at=now())


def undelivered(recipient: UUID) -> NotificationFailed:
    ids: dict[str, Any] = {"delivery_id": new_id(), "message_id": new_id(), "recipient_id": recipient}
    how: dict[str, Any] = {"kind": "order_confirmed", "channel": "email", "reason": "address", "answer": "550"}
    return NotificationFailed(**ids, **how, attempts=1, failed_at=now())


def events(vendor: UUID, owner: UUID, customer: UUID) -> list[tuple[Event, dict[str, list[Kind]]]]:
    """Everything that is told, and who is told what."""
    t = now()
    mine: dict[str, Any] = {"vendor_id": vendor, "user_id": owner}
    asked: dict[str, Any] = {"application_id": new_id(), "user_id": customer, "business_name": "Acme"}
    off: dict[str, Any] = {"reason": "Broken", "cancelled_at": t}
    return [
        (VendorApplicationSubmitted(**asked, business_email="a@b.example", submitted_at=t),
         {ADMINS: [Kind.APPLICATION_SUBMITTED]}),
        (VendorApplicationRejected(**asked, reason="No", rejected_at=t), {CUSTOMER: [Kind.APPLICATION_REJECTED]}),
        (approved(owner, vendor=vendor), {OWNER: [Kind.APPLICATION_APPROVED]}),
        (VendorSuspended(**mine, reason="No", suspended_at=t), {OWNER: [Kind.VENDOR_SUSPENDED]}),
        (VendorReactivated(**mine, reactivated_at=t), {OWNER: [Kind.VENDOR_REACTIVATED]}),
        (joined(vendor, customer), {OWNER: [Kind.CUSTOMER_JOINED]}),
        (refused(vendor, customer),
         {CUSTOMER: [Kind.INVITATION_REFUSED], OWNER: [Kind.INVITATION_REFUSED_VENDOR]}),
        (refused(None, customer), {CUSTOMER: [Kind.INVITATION_REFUSED]}),
        (OrderPlaced(**order(customer), total_amount=1, currency="EUR", placed_at=t), {CUSTOMER: [Kind.ORDER_PLACED]}),
        (confirmed(customer), {CUSTOMER: [Kind.ORDER_CONFIRMED]}),
        (OrderRejected(**order(customer), reason="No", lines={}, rejected_at=t), {CUSTOMER: [Kind.ORDER_REJECTED]}),
        (OrderCancelled(**order(customer), **off), {CUSTOMER: [Kind.ORDER_CANCELLED]}),
        (part(vendor, customer), {OWNER: [Kind.VENDOR_ORDER_NEW]}),
        (VendorOrderAccepted(**about(vendor, customer), accepted_at=t), {CUSTOMER: [Kind.PART_ACCEPTED]}),
        (VendorOrderPacked(**about(vendor, customer), packed_at=t), {CUSTOMER: [Kind.PART_PACKED]}),
        (VendorOrderShipped(**about(vendor, customer), carrier="DHL", tracking_number="1", shipped_at=t),
         {CUSTOMER: [Kind.PART_SHIPPED]}),
        (VendorOrderDelivered(**about(vendor, customer), currency="EUR", earnings_amount=1, delivered_at=t),
         {CUSTOMER: [Kind.PART_DELIVERED]}),
        (VendorOrderRejected(**about(vendor, customer), reason="No", rejected_at=t), {CUSTOMER: [Kind.PART_REJECTED]}),
        (VendorOrderCancelled(**about(vendor, customer), **off, by="vendor"), {CUSTOMER: [Kind.PART_CANCELLED]}),
        (VendorOrderCancelled(**about(vendor, customer), **off, by="customer"), {OWNER: [Kind.VENDOR_ORDER_CANCELLED]}),
        (stock(vendor), {OWNER: [Kind.STOCK_LOW]}),
        (stock(None), {ADMINS: [Kind.STOCK_LOW_MARKETPLACE]}),
        (undelivered(customer), {ADMINS: [Kind.DELIVERY_FAILED]}),
        (PasswordResetRequested(reset_id=new_id(), customer_id=customer, requested_at=t, expires_at=t),
         {CUSTOMER: [Kind.PASSWORD_RESET]}),
    ]  # fmt: skip


def test_everybody_hears_what_concerns_them_and_nobody_else_does(world: World) -> None:
    (vendor, owner), customer = world.shop(), world.person()
    admins = [world.person(role="admin") for _ in range(2)]
    silent = world.person()
    told: set[Kind] = set()
    for event, heard in events(vendor, owner, customer):
        people = {CUSTOMER: [customer], OWNER: [owner], ADMINS: admins}
        before = {person: world.kinds(person) for group in people.values() for person in group}
        world.tell(event)
        for group, persons in people.items():
            for person in persons:
                assert world.kinds(person)[len(before[person]) :] == heard.get(group, []), event.type
        told |= {kind for kinds in heard.values() for kind in kinds}
    assert told == set(Kind)
    assert world.kinds(silent) == []


def test_every_message_that_goes_out_has_one_intent_however_often_it_is_told(world: World) -> None:
    (vendor, owner), customer = world.shop(), world.person()
    admin = world.person(role="admin")
    envelopes = [envelope(event) for event, _ in events(vendor, owner, customer)]
    for _ in range(3):
        world.tell(*reversed(envelopes))
        world.tell(*envelopes)
    for person in (customer, owner, admin):
        wanted = sorted(kind for kind in world.kinds(person) if goes_out(Kind(kind)))
        assert sorted(delivery.kind for delivery in world.deliveries(person)) == wanted
        assert len({(m.event_id, m.kind) for m in world.messages(person)}) == len(world.messages(person))


def test_nothing_personal_is_kept_in_a_message(world: World) -> None:
    admin = world.person(role="admin")
    asked = VendorApplicationSubmitted(
        application_id=new_id(),
        user_id=new_id(),
        business_name="Acme",
        business_email="secret@shop.example",
        submitted_at=now(),
    )
    world.tell(asked)
    assert "secret" not in str(world.messages(admin)[0].params)


def test_what_comes_before_its_shop_is_told_once_the_shop_is_known(world: World) -> None:
    vendor, owner, customer = new_id(), world.person(), world.person()
    early = [envelope(part(vendor, customer)) for _ in range(3)]
    for _ in "12":
        world.tell(*early)
    assert world.messages(owner) == []
    told = envelope(approved(owner, vendor=vendor))
    for _ in "12":
        world.tell(told, *early)
    assert sorted(world.kinds(owner)) == [Kind.APPLICATION_APPROVED, *[Kind.VENDOR_ORDER_NEW] * 3]
    assert len(world.deliveries(owner)) == 4
    late = {message.event_id: message for message in world.messages(owner)}[early[0].id]
    assert (late.occurred_at, late.params["number"]) == (early[0].occurred_at, early[0].event.number)


def test_an_admin_hears_of_what_came_after_they_had_become_one(world: World) -> None:
    early = world.person(role="admin")
    world.tell(stock(None), at=LONG_AGO - timedelta(days=1))
    assert world.kinds(early) == []
    world.tell(stock(None))
    assert world.kinds(early) == [Kind.STOCK_LOW_MARKETPLACE]


def test_news_of_people_count_by_version_in_whatever_order(session: Session, world: World) -> None:
    def renamed(key: UUID, name: str, role: str | None = None) -> CustomerUpdated:
        return CustomerUpdated(
            customer_id=key, email="new@shop.example", name=name, locale="de", updated_at=now(), role=role
        )

    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)):
        key = new_id()
        said = [
            envelope(created(key, "Ada", role="admin"), 1, LONG_AGO),
            envelope(renamed(key, "Ada King"), 2),
            envelope(renamed(key, "Ada Lovelace", "admin"), 3),
        ]
        for index in order:
            world.tell(said[index])
        known = session.get_one(Person, key)
        assert (known.name, known.locale, known.role, known.version) == ("Ada Lovelace", "de", "admin", 3)
        assert known.since == LONG_AGO


def test_several_words_on_one_person_in_one_batch_are_all_heard(session: Session, world: World) -> None:
    key, other = new_id(), new_id()
    world.tell(*(envelope(created(each, f"Name {n}"), n) for n, each in ((1, key), (2, key), (1, other))))
    assert session.get_one(Person, key).name == "Name 2"


def test_names_of_shops_count_by_version_whatever_else_is_said_of_them(session: Session, world: World) -> None:
    vendor, owner = world.shop(name="Acme")
    renamed = VendorUpdated(
        vendor_id=vendor,
        user_id=owner,
        name="Acme & Sons",
        slug="acme",
        code="ACME",
        status="approved",
        commission_bps=1,
        commission_from=now(),
        updated_at=now(),
    )
    world.tell(envelope(VendorSuspended(vendor_id=vendor, user_id=owner, reason="No", suspended_at=now()), 4))
    world.tell(envelope(renamed, 3))
    world.tell(envelope(approved(owner, "Old name", vendor), 1))
    known = session.get_one(Vendor, vendor)
    assert (known.name, known.user_id, known.version, known.described) == ("Acme & Sons", owner, 4, 3)


def test_who_has_left_is_forgotten_and_hears_nothing_that_comes_late(session: Session, world: World) -> None:
    ada = world.person()
    world.tell(confirmed(ada))
    session.execute(text("INSERT INTO preference VALUES (:p, 'order_placed', 'in_app', false, now())"), {"p": ada})
    world.tell(erased(ada))
    world.tell(confirmed(ada), envelope(created(ada), 1))
    known = session.get_one(Person, ada)
    assert (known.email, known.name, known.locale) == (None, None, None)
    assert world.messages(ada) == []
    assert {delivery.state for delivery in world.deliveries(ada)} == {"dismissed"}
    assert session.scalar(text("SELECT count(*) FROM preference WHERE person_id = :p"), {"p": ada}) == 0


def test_what_is_heard_of_late_is_listed_and_not_counted(world: World) -> None:
    ada = world.person()
    world.tell(confirmed(ada), at=now() - timedelta(days=8))
    world.tell(confirmed(ada), at=now() - timedelta(days=6))
    assert [message.read_at is None for message in world.messages(ada)] == [False, True]


def test_every_event_that_is_declared_is_listened_to_with_a_handler_of_its_own() -> None:
    assert len({id(handler) for handler in HANDLERS.values()}) == len(HANDLERS)
