"""Every outcome has its words, for everybody who asks."""

import pytest

from services.vendor.domain import sentences
from services.vendor.domain.invites import Outcome, Source
from services.vendor.domain.sentences import Story
from services.vendor.tests.building import NOON


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("source", Source)
def test_nobody_is_left_without_a_sentence(outcome: Outcome, source: Source) -> None:
    story = Story(
        outcome=outcome, at=NOON, source=source, vendor="Vendor A", customer="Ada", expired=NOON, revoked=NOON
    )
    for tell in (sentences.to_the_customer, sentences.to_the_vendor):
        assert "1 March 2026" in tell(story)
        assert tell(story)[-1] == "."


def test_a_visitor_is_told_of_everything_but_being_listed() -> None:
    for outcome in set(Outcome) - {Outcome.ALREADY_LINKED}:
        assert sentences.to_a_visitor(Story(outcome=outcome, at=NOON, vendor="Vendor A", expired=NOON))
