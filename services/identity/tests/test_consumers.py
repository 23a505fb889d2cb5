"""What identity does when vendor says something."""

from __future__ import annotations

from datetime import UTC, datetime

from services.identity.consumers import HANDLERS, on_vendor_approved
from services.identity.domain import users
from services.identity.tests.conftest import Registers, Transaction
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.vendor import VendorApproved

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_an_approval_makes_the_user_a_vendor_however_often_it_is_told(
    registered: Registers, transaction: Transaction
) -> None:
    user, vendor_id = registered(), new_id()
    approved = VendorApproved(
        vendor_id=vendor_id, user_id=user.id, name="A", slug="a", code="AAA", commission_bps=1000, approved_at=NOW
    )
    envelope = Envelope(
        id=new_id(),
        source="vendor",
        aggregate_id=vendor_id,
        aggregate_version=1,
        occurred_at=NOW,
        correlation_id="test",
        event=approved,
    )
    for _ in range(2):
        with transaction() as session:
            on_vendor_approved(session, envelope)
    with transaction() as session:
        assert users.present(session, user.id).role == "vendor"


def test_the_table_of_handlers_says_what_is_listened_to() -> None:
    assert dict(HANDLERS) == {VendorApproved: on_vendor_approved}
