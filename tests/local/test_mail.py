"""The mailbox of a running system takes what is sent, comes back when it is killed, and its mails are still there."""

from __future__ import annotations

import json
import os
import signal
import smtplib
from typing import Any

import httpx
import pytest

from tests.eventually import eventually
from tests.infrastructure.running import RunningMarket

pytestmark = pytest.mark.system


def listed(market: RunningMarket, to: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(market.market("mail", "list", "--to", to, "--json").stdout)["items"]
    return found


def test_a_mail_is_kept_shown_and_survives_the_mailbox(running_market: RunningMarket) -> None:
    state = running_market.state()
    assert httpx.get(f"{state['mailbox']}/readyz", trust_env=False).status_code == 200
    with smtplib.SMTP("127.0.0.1", state["ports"]["mailbox smtp"]) as line:
        line.sendmail("market@market.example", ["kept@mail.example"], b"Subject: Kept\r\n\r\nHello.\r\n")
    mailbox = next(it["pid"] for it in state["programs"] if it["name"] == "mailbox")
    os.kill(mailbox, signal.SIGKILL)
    assert [it["subject"] for it in listed(running_market, "kept@mail.example")] == ["Kept"]
    number = str(listed(running_market, "kept@mail.example")[0]["id"])
    assert running_market.market("mail", "show", number).stdout.rstrip().endswith("\nHello.")

    def shown_again() -> bool:
        answer = httpx.get(f"{state['mailbox']}/api/mails", params={"to": "kept@mail.example"}, trust_env=False)
        return bool(answer.json()["total"] == 1)

    eventually(shown_again, timeout=20)


def test_no_mail_is_an_empty_list_and_a_number_that_never_was_is_told(running_market: RunningMarket) -> None:
    assert listed(running_market, "nobody@nowhere.example") == []
    done = running_market.market("mail", "show", "999999")
    assert (done.returncode, "there is no mail 999999" in done.stderr) == (1, True)
