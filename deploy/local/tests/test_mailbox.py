"""What is sent is kept as it came, shown without running any of it, and still there after a restart."""

from __future__ import annotations

import smtplib
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local import checkout, processes
from deploy.local.mailbox.letters import opened
from deploy.local.mailbox.pages import create_app
from deploy.local.mailbox.store import Store


class Mailbox:
    """A mailbox in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.smtp, self.http = folder, processes.free_port(), processes.free_port()
        self._pages = httpx.Client(base_url=f"http://localhost:{self.http}", trust_env=False)
        self.begin()

    def begin(self) -> None:
        where = [str(self._folder), f"--smtp={self.smtp}", f"--http={self.http}"]
        self._child = processes.spawn([sys.executable, "-m", "deploy.local.mailbox", *where], cwd=checkout.ROOT)
        processes.wait_for(lambda: processes.listening(self.smtp), self._child, "the mailbox")

    def end(self) -> int:
        return processes.stop(self._child)

    def send(self, letter: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp) as line:
            line.send_message(letter)

    def ask(self, path: str) -> httpx.Response:
        return self._pages.get(path)


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    made = Mailbox(tmp_path_factory.mktemp("mail"))
    yield made
    made.end()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path, kept=3)
    yield made
    made.close()


def letter(to: str, subject: str = "You are on Luca’s list", html: str = "<h1>Hello</h1>") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Market <market@market.example>", to, subject
    made["List-Unsubscribe"] = "<http://localhost:8000/unsubscribe?token=abc>"
    made.set_content("Hello Zoë, you are on the list.")
    made.add_alternative(html, subtype="html")
    return made


def test_a_mail_is_kept_with_its_text_its_html_its_headers_and_its_source(mailbox: Mailbox) -> None:
    mailbox.send(letter("zoe@mail.example"))
    found = mailbox.ask("/api/mails?to=zoe").json()
    assert (found["total"], found["before"]) == (1, None)
    assert found["items"][0]["recipients"] == ["zoe@mail.example"]
    mail: dict[str, Any] = mailbox.ask(f"/api/mails/{found['items'][0]['id']}").json()
    assert (mail["subject"], mail["text"].strip()) == ("You are on Luca’s list", "Hello Zoë, you are on the list.")
    assert mail["html"].strip() == "<h1>Hello</h1>"
    assert ["List-Unsubscribe", "<http://localhost:8000/unsubscribe?token=abc>"] in mail["headers"]
    assert "multipart/alternative" in mail["source"]


def test_mails_are_still_there_after_a_restart_and_their_numbers_go_on(mailbox: Mailbox) -> None:
    mailbox.send(letter("before@mail.example"))
    assert mailbox.end() == 0
    mailbox.begin()
    mailbox.send(letter("after@mail.example"))
    before, after = (mailbox.ask(f"/api/mails?to={name}").json()["items"][0]["id"] for name in ("before", "after"))
    assert after == before + 1


def test_no_mail_is_no_error(mailbox: Mailbox) -> None:
    answer = mailbox.ask("/?to=nobody-at-all")
    assert (answer.status_code, "None to nobody-at-all" in answer.text) == (200, True)


def test_the_html_of_a_mail_can_run_nothing_and_load_nothing(store: Store) -> None:
    number = store.keep(
        "a@x.example", ["b@x.example"], letter("b@x.example", html="<script>evil()</script>").as_bytes()
    )
    pages = create_app(store).test_client()
    whole = pages.get(f"/mails/{number}")
    assert '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox"' in whole.text
    assert "<script" not in whole.text
    assert "script-src" not in whole.headers["Content-Security-Policy"]
    policy = pages.get(f"/mails/{number}/html").headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox allow-popups allow-popups-to-escape-sandbox"} <= set(policy)


def test_a_site_that_calls_itself_by_this_address_reads_nothing(store: Store) -> None:
    pages = create_app(store).test_client()
    assert pages.get("/api/mails", headers={"Host": "evil.example:8025"}).status_code == 400
    assert pages.get("/api/mails", headers={"Host": "localhost:8025"}).status_code == 200


def test_a_subject_and_an_address_are_text_and_not_markup(store: Store) -> None:
    number = store.keep("<b>@x.example", ['"<script>"@x.example'], b"Subject: <script>evil()</script>\r\n\r\nHi")
    pages = create_app(store).test_client()
    assert all("<script>" not in pages.get(path).text for path in ("/", f"/mails/{number}?view=headers"))


def test_the_oldest_make_room(store: Store) -> None:
    for number in range(1, 6):
        store.keep("a@x.example", [f"{number}@x.example"], b"Subject: x\r\n\r\n")
    assert [it.id for it in store.page().items] == [5, 4, 3]
    assert store.one(2) is None
    assert create_app(store).test_client().get("/mails/2").status_code == 404


def test_pages_of_mails_come_newest_first_and_each_leads_to_the_next(store: Store) -> None:
    for name in ("ada", "ben", "ada"):
        store.keep("a@x.example", [f"{name}@x.example", "all@x.example"], b"\r\n")
    first = store.page("ADA@", limit=1)
    assert ([it.id for it in first.items], first.before, first.total) == ([3], 3, 2)
    second = store.page("ADA@", before=first.before, limit=1)
    assert ([it.id for it in second.items], second.before) == ([1], None)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"no headers at all \xff\xfe",
        b"Subject: =?nonsense?Q?=FF?=\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nHi \xe9",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nnot one",
    ],
)
def test_a_broken_mail_is_shown_as_far_as_it_goes(store: Store, source: bytes) -> None:
    number = store.keep("", ["b@x.example"], source)
    pages = create_app(store).test_client()
    for path in ("/", f"/mails/{number}", f"/mails/{number}?view=source", f"/api/mails/{number}"):
        assert pages.get(path).status_code == 200


def test_what_is_attached_is_given_as_a_file(store: Store) -> None:
    made = letter("b@x.example")
    made.add_attachment(b"<script>evil()</script>", maintype="text", subtype="html", filename="evil.html")
    number = store.keep("a@x.example", ["b@x.example"], made.as_bytes())
    assert [it.name for it in opened(made.as_bytes()).attachments] == ["evil.html"]
    answer = create_app(store).test_client().get(f"/mails/{number}/attachments/0")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename=evil.html"
