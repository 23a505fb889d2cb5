"""A mail has the headers that mail programs and servers look for, and none that anybody smuggled in."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from services.notifications.domain import mails
from services.notifications.domain.kinds import Channel, Kind
from services.notifications.domain.mails import Letter, NoAddress
from services.notifications.domain.samples import AN_ID, SAMPLES
from services.notifications.domain.telling import params_of
from services.notifications.domain.unsubscribing import Subscription
from services.notifications.domain.wording import Reader, word
from services.notifications.settings import Settings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def raw(settings: Settings, kind: Kind = Kind.ORDER_CONFIRMED, to: str = "ada@shop.example", name: str = "Ada",
        language: str = "en") -> bytes:  # fmt: skip
    """A mail as it is sent."""
    reader = Reader(language, language, name)
    said = word(kind, params_of(SAMPLES[kind]), {"vendor": "Acme", "customer": name}, reader)
    return mails.compose(settings.post, Letter(AN_ID, AN_ID, kind, to, reader, said), NOON).as_bytes()


def written(settings: Settings, kind: Kind = Kind.ORDER_CONFIRMED, **rest: str) -> EmailMessage:
    """A mail as it arrives."""
    return message_from_bytes(raw(settings, kind, **rest), policy=policy.default)


def test_a_mail_has_a_text_and_the_same_in_html(settings: Settings) -> None:
    mail = written(settings, language="de")
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in mail.iter_parts()] == ["utf-8", "utf-8"]
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert "bestätigt" in plain
    assert "bestätigt" in html
    assert max(map(len, mail.as_bytes().splitlines())) <= 998, "RFC 5322 section 2.1.1"


def test_its_headers_are_all_there(settings: Settings) -> None:
    mail = written(settings, language="de", name="Zoë Łącka")
    assert mail["From"] == "Market <post@market.example>"
    assert mail["To"].addresses[0].display_name == "Zoë Łącka"
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"] == f"<{AN_ID}@market.example>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "de")
    assert mail["Subject"] == "Ihre Bestellung ORD-7K3M9QX2 ist bestätigt"


def test_the_same_delivery_has_the_same_message_id_each_time(settings: Settings) -> None:
    assert written(settings)["Message-ID"] == written(settings)["Message-ID"]


def test_one_click_switches_off_that_kind_for_that_person(settings: Settings) -> None:
    mail = written(settings)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"]
    assert f"List-Unsubscribe: {address}\r\n".encode() in raw(settings), "mail programs read no encoded words here"
    assert address.startswith("<http://localhost:8000/api/notifications/unsubscribe?token=")
    token = address.partition("token=")[2].rstrip(">")
    assert settings.unsubscribe_links.read(token) == Subscription(AN_ID, Kind.ORDER_CONFIRMED, Channel.EMAIL)
    text = mail.get_body(("plain",))
    assert text is not None
    assert "/notifications/unsubscribe?token=" in text.get_content()


def test_what_cannot_be_switched_off_offers_no_way_to_and_says_why(settings: Settings) -> None:
    mail = written(settings, Kind.VENDOR_SUSPENDED)
    assert mail["List-Unsubscribe"] is None
    text = mail.get_body(("plain",))
    assert text is not None
    assert "cannot be switched off. It decides whether you may sell" in text.get_content()
    assert "token=" not in text.get_content()


@pytest.mark.parametrize(
    "name", ["Ada\r\nBcc: everybody@shop.example", "Ada\nX: y", "\x00Ada\u2028Bcc: a@b.c", 'A" <x@y.z>']
)
def test_a_name_adds_no_header_and_no_recipient(settings: Settings, name: str) -> None:
    for kind in (Kind.ORDER_CONFIRMED, Kind.CUSTOMER_JOINED):
        mail = written(settings, kind, name=name)
        assert mail["Bcc"] is None
        assert mail["X"] is None
        assert [one.addr_spec for one in mail["To"].addresses] == ["ada@shop.example"]


@pytest.mark.parametrize("address", ["", "ada", "ada@", "@shop.example", "ada@shop.example\r\nBcc: a@b.c"])
def test_what_is_no_address_is_refused(settings: Settings, address: str) -> None:
    with pytest.raises(NoAddress):
        written(settings, to=address)


def test_a_domain_is_written_as_the_dns_knows_it(settings: Settings) -> None:
    assert written(settings, to="zoe@münchen.example")["To"].addresses[0].addr_spec == "zoe@xn--mnchen-3ya.example"
