"""The judgement of an invitation, as a table."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.vendor.domain.invites import Invite, Outcome, StatusChange, decide, status_at
from services.vendor.tests.building import HOUR, LONG_AGO, NOON
from shared.events.ids import new_id

APPROVED = (StatusChange(LONG_AGO, "approved"),)
SUSPENDED = (StatusChange(LONG_AGO, "approved"), StatusChange(NOON - HOUR, "suspended"))
TICK = timedelta(microseconds=1)


def invite(**more: Any) -> Invite:
    return Invite(id=new_id(), vendor_id=new_id(), **more)


@pytest.mark.parametrize(
    ("link", "circumstances", "expected"),
    [
        (None, {}, Outcome.UNKNOWN_TOKEN),
        (invite(), {}, Outcome.LINKED),
        (invite(expires_at=NOON + TICK), {}, Outcome.LINKED),
        (invite(expires_at=NOON), {}, Outcome.EXPIRED),
        (invite(revoked_at=NOON + TICK), {}, Outcome.LINKED),
        (invite(revoked_at=NOON), {}, Outcome.REVOKED),
        (invite(), {"history": SUSPENDED}, Outcome.VENDOR_NOT_APPROVED),
        (invite(), {"history": ()}, Outcome.VENDOR_NOT_APPROVED),
        (invite(), {"listed": True}, Outcome.ALREADY_LINKED),
        (invite(max_uses=2), {"uses": 1}, Outcome.LINKED),
        (invite(max_uses=2), {"uses": 2}, Outcome.EXHAUSTED),
        (invite(max_uses=2), {"uses": 3}, Outcome.EXHAUSTED),
    ],
)
def test_each_reason_by_itself(link: Invite | None, circumstances: dict[str, Any], expected: Outcome) -> None:
    assert decide(link, NOON, **{"history": APPROVED, **circumstances}) is expected


def test_the_first_reason_that_holds_is_the_one_given() -> None:
    everything_wrong = invite(expires_at=NOON, revoked_at=NOON, max_uses=1)
    assert decide(everything_wrong, NOON, history=SUSPENDED, listed=True, uses=1) is Outcome.EXPIRED
    in_time = invite(revoked_at=NOON, max_uses=1)
    assert decide(in_time, NOON, history=SUSPENDED, listed=True, uses=1) is Outcome.REVOKED
    standing = invite(max_uses=1)
    assert decide(standing, NOON, history=SUSPENDED, listed=True, uses=1) is Outcome.VENDOR_NOT_APPROVED
    assert decide(standing, NOON, history=APPROVED, listed=True, uses=1) is Outcome.ALREADY_LINKED
    assert decide(standing, NOON, history=APPROVED, uses=1) is Outcome.EXHAUSTED


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (LONG_AGO - TICK, None),
        (LONG_AGO, "approved"),
        (NOON - HOUR - TICK, "approved"),
        (NOON - HOUR, "suspended"),
        (NOON, "suspended"),
    ],
)
def test_the_status_of_a_past_moment(at: datetime, expected: str | None) -> None:
    assert status_at(SUSPENDED, at) == expected
