"""What is in doubt, waits for long, or cannot be addressed is named."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.reconciliations import InDoubt, Unaddressed, Undispatched
from services.notifications.tests.world import World, confirmed, part
from shared.events.ids import new_id


def test_a_mail_in_doubt_is_named_and_left_alone(session: Session, world: World) -> None:
    ada = world.person()
    world.tell(confirmed(ada))
    session.execute(
        text("UPDATE delivery SET state = 'in_doubt', handed_over_at = now() WHERE recipient_id = :p"), {"p": ada}
    )
    (found,) = InDoubt().find(session)
    assert (found.kind, found.customer_id) == ("delivery_in_doubt", ada)
    assert str(world.deliveries(ada)[0].id) in (found.remedy or "")
    assert InDoubt().heal(session) == 0
    assert len(InDoubt().find(session)) == 1


def test_mails_that_nobody_sends_are_named(session: Session, world: World) -> None:
    ada = world.person()
    world.tell(confirmed(ada), confirmed(ada))
    assert Undispatched().find(session) == []
    first = world.deliveries(ada)[0].id
    session.execute(
        text("UPDATE delivery SET next_attempt_at = now() - interval '1 hour' WHERE id = :id"), {"id": first}
    )
    (found,) = Undispatched().find(session)
    assert (found.kind, Undispatched().heal(session)) == ("delivery_waits", 0)


def test_what_has_no_owner_for_long_is_named_and_told_once_there_is_one(session: Session, world: World) -> None:
    vendor, owner = new_id(), world.person()
    world.tell(part(vendor, world.person()))
    assert Unaddressed().find(session) == []
    session.execute(text("UPDATE unaddressed SET arrived_at = now() - interval '1 hour'"))
    (found,) = Unaddressed().find(session)
    assert (found.kind, str(vendor) in found.detail) == ("message_unaddressed", True)
    assert Unaddressed().heal(session) == 0
    session.execute(
        text("INSERT INTO vendor (id, user_id, described, version) VALUES (:v, :o, 0, 1)"), {"v": vendor, "o": owner}
    )
    assert Unaddressed().heal(session) == 1
    assert world.kinds(owner) == ["vendor_order_new"]
