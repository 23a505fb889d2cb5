"""How far a delivery is, and from where an admin may take it on."""

from enum import StrEnum


class State(StrEnum):
    """due → claimed → handed_over → sent, or one of the other ends.

    `handed_over` is written before the last byte that makes a mail server responsible (RFC 5321 section 4.1.1.4): what
    ends there without an answer may have arrived, is `in_doubt`, and is never sent again by itself.
    """

    DUE = "due"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    LAPSED = "lapsed"
    DISMISSED = "dismissed"


STUCK = (State.FAILED, State.IN_DOUBT, State.LAPSED)
"""What waits for an admin to decide."""
RESENDABLE = (*STUCK, State.DISMISSED)
