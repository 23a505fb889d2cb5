"""Only what was signed here switches anything off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.kinds import Channel, Kind
from services.notifications.domain.unsubscribing import LinkInvalid, Subscription, UnsubscribeLinks
from shared.events.ids import new_id

LINKS = UnsubscribeLinks("a secret, long enough for this", "http://localhost:8000/")
WHAT = Subscription(new_id(), Kind.STOCK_LOW, Channel.EMAIL)


def test_a_token_says_what_it_was_given_for() -> None:
    token = LINKS.token(WHAT)
    assert LINKS.read(token) == WHAT
    assert LINKS.page(WHAT) == f"http://localhost:8000/notifications/unsubscribe?token={token}"
    assert LINKS.one_click(WHAT) == f"http://localhost:8000/api/notifications/unsubscribe?token={token}"


def test_another_secret_gives_other_tokens() -> None:
    with pytest.raises(LinkInvalid):
        UnsubscribeLinks("another secret, long enough too", "").read(LINKS.token(WHAT))


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_token_that_was_touched_is_refused(place: int, letter: str) -> None:
    token = LINKS.token(WHAT)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        try:
            assert LINKS.read(changed) == WHAT, "only the bits that base64 leaves over may differ"
        except LinkInvalid:
            return


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(LinkInvalid):
        LINKS.read(text)
