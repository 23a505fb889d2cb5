"""Each place where a mapping can be lost is named, with the command that mends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.inspection import remedies
from shared.inspection.client import NotThere
from shared.inspection.explain import NobodyKnown, explain, explain_token
from shared.inspection.hops import Explanation
from tests.inspection.world import World, now


def told(world: World, customer: object, **more: str) -> tuple[Explanation, dict[str, bool | None]]:
    found = explain(world.services, customer=str(customer), **more)
    return found, {hop.name: hop.ok for hop in found.hops}


def test_a_mapping_that_is_there_is_followed_from_the_registration_to_the_announcement(world: World) -> None:
    found, hops = told(world, world.joined("Ada"))
    assert list(hops) == [
        *("registered", "token given", "outbox", "published", "delivered", "handled", "outcome", "row", "announced")
    ]
    assert not [name for name, ok in hops.items() if ok is False]
    assert (found.outcome, found.on_list, found.remedy) == ("linked", True, None)
    assert "is on Vendor A" in found.sentence
    assert [hop.seconds for hop in found.hops if hop.name in {"published", "delivered", "handled"}] > [0, 0, 0]


def test_an_e_mail_is_as_good_as_an_id(world: World) -> None:
    customer = world.joined("Grace")
    email = world.identity.scalar("SELECT email FROM user_account WHERE id = :who", who=customer)
    assert told(world, email.upper())[0].customer_id == str(customer)


def test_a_registration_that_is_not_published_waits_for_the_relay(world: World) -> None:
    customer = world.register("Waits", world.link().token)
    found, hops = told(world, customer)
    assert hops["published"] is False
    assert "not published" in found.sentence
    assert found.remedy == remedies.START_RELAY.format(service="identity")
    world.publish()


def test_a_published_event_that_no_queue_was_bound_for_is_named(world: World) -> None:
    customer = world.register("Unbound", world.link().token)
    world.publish(unroutable=True)
    found, hops = told(world, customer)
    assert (hops["outbox"], hops["published"], found.remedy) == (True, False, remedies.RECONCILE)
    assert "no queue was bound" in found.sentence


def test_a_stopped_consumer_is_told_from_a_lost_event(world: World, request: pytest.FixtureRequest) -> None:
    customer = world.register("Queued", world.link().token)
    world.publish()
    found, hops = told(world, customer)
    assert (hops["published"], hops["delivered"]) == (True, False)
    assert "consumer is not at work" in found.sentence
    assert found.remedy == remedies.START_CONSUMER.format(service="vendor")
    request.getfixturevalue("vendor_at_work")
    found, hops = told(world, customer)
    assert (hops["delivered"], found.remedy) == (False, remedies.RECONCILE)
    assert "never reached" in found.sentence


@pytest.mark.usefixtures("vendor_at_work")
def test_a_handler_that_raises_is_quoted_and_a_parked_event_can_be_redriven(world: World) -> None:
    customer = world.register("Poison", world.link().token)
    world.publish()
    world.vendor.alter("ALTER TABLE vendor_customer ADD CONSTRAINT no_poison CHECK (false) NOT VALID")
    try:
        world.deliver(customer)
        found, hops = told(world, customer)
        assert (hops["delivered"], hops["handled"]) == (True, False)
        assert "no_poison" in found.sentence
        while world.consumer().retry_due():
            continue
        found, _ = told(world, customer)
    finally:
        world.vendor.alter("ALTER TABLE vendor_customer DROP CONSTRAINT no_poison")
    assert "is parked" in found.sentence
    assert found.remedy == remedies.REDRIVE.format(service="vendor", event_id=world.event_of(customer))


def test_a_row_that_is_gone_is_told_from_one_that_was_taken_off(world: World) -> None:
    customer = world.joined("Rowless")
    world.vendor.run("DELETE FROM vendor_customer WHERE customer_id = :who", who=customer)
    found, hops = told(world, customer)
    assert (hops["outcome"], hops["row"], found.remedy) == (True, False, remedies.RECONCILE)
    assert "the row on the list is gone" in found.sentence
    removed = world.joined("Removed")
    world.vendor.run("UPDATE vendor_customer SET removed_at = linked_at WHERE customer_id = :who", who=removed)
    found, hops = told(world, removed)
    assert "was taken off it" in found.sentence
    assert (found.on_list, found.remedy) == (False, None)


def test_an_inbox_row_that_is_gone_does_not_hide_a_mapping_that_is_there(world: World) -> None:
    customer = world.joined("Inboxless")
    world.vendor.run("DELETE FROM inbox WHERE aggregate_id = :who", who=customer)
    found, hops = told(world, customer)
    assert (found.on_list, hops["delivered"], hops["row"]) == (True, False, True)
    assert found.remedy == remedies.RECONCILE


@pytest.mark.parametrize(
    ("how", "outcome", "words"),
    [
        ({"expires_at": timedelta(hours=-1)}, "expired", "had expired at"),
        ({"revoked_at": timedelta(hours=-1)}, "revoked", "had revoked the link at"),
    ],
)
def test_a_refusal_gives_the_rule_and_the_moments(
    world: World, how: dict[str, timedelta], outcome: str, words: str
) -> None:
    customer = world.joined("Late", **{name: now() + passed for name, passed in how.items()})
    found, hops = told(world, customer)
    assert (found.outcome, hops["handled"], hops["outcome"]) == (outcome, True, False)
    assert words in found.sentence
    assert found.remedy is None


def test_a_link_revoked_afterwards_changes_nothing_and_is_told(world: World) -> None:
    customer = world.joined("Early")
    world.vendor.run("UPDATE vendor_invite_token SET revoked_at = clock_timestamp() WHERE vendor_id = :v",
                     v=world.seller.id)  # fmt: skip
    found, _ = told(world, customer)
    assert found.on_list is True
    assert "revoked later" in next(hop.detail for hop in found.hops if hop.name == "outcome")


def test_a_vendor_who_was_suspended_then_is_named_with_the_reason(world: World) -> None:
    link = world.link()
    world.vendor.run(
        """INSERT INTO vendor_status (vendor_id, version, status, since, reason)
           VALUES (:v, 2, 'suspended', :since, 'complaints')""",
        v=world.seller.id, since=now() - timedelta(hours=1),
    )  # fmt: skip
    customer = world.register("Sus", link.token)
    world.publish()
    world.deliver(customer)
    found, _ = told(world, customer)
    assert found.outcome == "vendor_not_approved"
    assert "complaints" in found.sentence


def test_a_token_that_nobody_made_and_a_registration_without_one(world: World) -> None:
    customer = world.register("Guess", "no-such-token")
    world.publish()
    world.deliver(customer)
    assert told(world, customer)[0].outcome == "unknown_token"
    found, hops = told(world, world.register("Plain", None))
    assert hops["token given"] is False
    assert "without an invitation" in found.sentence


@pytest.mark.parametrize("silent", ["identity", "vendor"])
def test_a_service_that_is_down_is_named_and_the_rest_is_told(world: World, silent: str) -> None:
    customer = world.joined("Half")
    getattr(world, silent).way.down = True
    found, hops = told(world, customer)
    assert f"{silent} cannot be asked" in str([hop.detail for hop in found.hops])
    if silent == "identity":
        assert (found.on_list, hops["registered"], hops["row"]) == (True, None, True)
    else:
        assert (hops["published"], hops["row"], found.remedy) == (True, None, remedies.STATUS)


def test_with_a_vendor_only_that_list_is_meant(world: World) -> None:
    customer = world.joined("Elsewhere")
    slug = world.seller.slug
    world.link()
    assert told(world, customer, vendor=slug)[0].on_list is True
    found, hops = told(world, customer, vendor=str(world.seller.id))
    assert (found.on_list, hops["outcome"]) == (None, None)
    assert "none of that vendor" in found.sentence


def test_a_token_tells_who_came_and_who_is_missing(world: World) -> None:
    token = world.link().token
    first = world.register("First", token)
    world.publish()
    world.deliver(first)
    world.register("Second", token)
    world.publish()
    found = explain_token(world.services, token)
    assert (found.outcome, found.remedy) == ("valid", remedies.RECONCILE)
    assert "1 who registered" in found.sentence
    assert explain_token(world.services, "no-such").outcome == "unknown_token"


def test_whom_nobody_knows_is_said_in_one_sentence(world: World) -> None:
    with pytest.raises(NobodyKnown, match=r"Nobody registered as nobody@x\.example\."):
        explain(world.services, customer="nobody@x.example")
    with pytest.raises(NotThere, match="No vendor is called nowhere"):
        explain(world.services, customer=str(world.joined("Here")), vendor="nowhere")
