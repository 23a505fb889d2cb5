"""A mail server is spoken to as it wants it: encrypted, signed in, dots doubled; what it says is kept clean."""

import socket
import ssl
import subprocess
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, Envelope

from services.notifications.post_office import IDLE_SECONDS, PostOffice, Rejected, ServerDown, clean
from services.notifications.tests.mailbox import Mailbox, serving


def mail(body: str = "Hello", to: str = "ada@shop.example") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Message-ID"] = "post@market.example", to, "<1@market.example>"
    made.set_content(body)
    return made


def send(office: PostOffice, *mails: EmailMessage) -> None:
    for one in mails:
        office.begin(one)
        office.finish()


def signed_in(_server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"market", b"p@ss/word"), handled=False)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that is trusted here."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, *named, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    body = ".\r\n..two\r\n.end of it\r\nlast\r\n"
    box = Mailbox()
    with serving(box) as url:
        office = PostOffice(url, 5)
        send(office, mail(body), mail("second"))
        office.leave()
    assert box.mails[0].get_content().replace("\r\n", "\n") == body.replace("\r\n", "\n")
    assert len(box.mails) == 2


def test_it_signs_in_over_starttls(certificate: ssl.SSLContext) -> None:
    box = Mailbox()
    with serving(box, tls_context=certificate, authenticator=signed_in, auth_required=True) as url:
        where = url.removeprefix("smtp://")
        office = PostOffice(f"smtp+starttls://market:p%40ss%2Fword@{where}", 5)
        send(office, mail())
        office.leave()
        with pytest.raises(ServerDown, match="535"):
            PostOffice(f"smtp+starttls://market:wrong@{where}", 5).begin(mail())
    assert len(box.mails) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving(Mailbox(), tls_context=certificate) as url, pytest.raises(ServerDown, match="certificate"):
        PostOffice(url.replace("smtp://", "smtp+starttls://"), 5).begin(mail())


def test_a_connection_that_was_quiet_is_asked_whether_it_still_is_one() -> None:
    box = Mailbox()
    with serving(box) as url:
        office = PostOffice(url, 5)
        send(office, mail())
        office._used_at -= IDLE_SECONDS + 1
        assert office._server
        assert office._server.sock
        office._server.sock.shutdown(socket.SHUT_RDWR)
        send(office, mail())
        office.leave()
    assert (len(box.mails), box.connections) == (2, 2)


def test_letters_beyond_ascii_in_an_address_need_a_server_that_knows_them() -> None:
    box = Mailbox()
    with serving(box) as url:
        send(PostOffice(url, 5), mail(to="zoë@shop.example"))
    assert box.envelopes[0].rcpt_tos == ["zoë@shop.example"]
    with serving(Mailbox(), unicode=False) as url, pytest.raises(Rejected, match="letters like these") as refused:
        PostOffice(url, 5).begin(mail(to="zoë@shop.example"))
    assert refused.value.reason == "address"


def test_after_a_refusal_the_next_mail_is_sent_over_the_same_connection() -> None:
    box = Mailbox()
    answers = iter(["550 no", "250 OK"])
    box.at_recipient = lambda _: next(answers)
    with serving(box) as url:
        office = PostOffice(url, 5)
        with pytest.raises(Rejected):
            office.begin(mail())
        send(office, mail())
        office.leave()
    assert (len(box.mails), box.connections) == (1, 1)


def test_what_a_server_says_is_kept_on_one_line_without_addresses() -> None:
    said = "550 5.1.1 <ada@shop.example>: user\r\n ada@shop.example unknown\0 in table"
    assert clean(said) == "550 5.1.1 <[address]>: user [address] unknown in table"
    assert len(clean("x" * 1000)) == 300


def test_an_envelope_holds_one_recipient() -> None:
    box = Mailbox()
    seen: list[Envelope] = box.envelopes
    with serving(box) as url:
        send(PostOffice(url, 5), mail(), mail(to="eve@shop.example"))
    assert [envelope.rcpt_tos for envelope in seen] == [["ada@shop.example"], ["eve@shop.example"]]
