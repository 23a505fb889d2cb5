"""Products by the file, from the upload to the last product, and back."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from services.catalog.domain.sheets import writing
from services.catalog.importing import Importer
from services.catalog.settings import Settings
from services.catalog.tests.api.conftest import Client, Headers, Seller, problem
from services.catalog.tests.stocking import said
from shared.events.ids import new_id
from shared.kit.database import Database

PATH = "/vendor/products/import"
HEADING = ["sku", "title", "price", "currency", "stock", "status", "colour"]
Send = Callable[..., dict[str, Any]]


def sheet(*rows: list[str], heading: list[str] = HEADING) -> bytes:
    page = io.StringIO()
    csv.writer(page).writerows([heading, *rows])
    return page.getvalue().encode()


FILE = sheet(
    ["B-1", "Bowl", "19.99", "EUR", "7", "active", "red"],
    ["B-2", "Cup", "5", "eur", "", "", ""],
    ["B-3", "Jug", "-5", "EUR", "1.5", "sold", ""],
    ["B-1", "Bowl again", "1", "EUR", "", "", ""],
    ["", "Nameless", "1", "XXX", "", "", ""],
)


@pytest.fixture
def importer(database: Database, settings: Settings) -> Importer:
    return Importer(database, settings.storage)


@pytest.fixture
def sent(client: Client, seller: Seller, importer: Importer) -> Send:
    """Sends a file and has it checked, and applied if wanted; returns the job."""

    def send(content: bytes, *, apply: bool = False, name: str = "spring.csv") -> dict[str, Any]:
        answer = client.post(f"{PATH}?name={name}", data=content, headers=seller[1])
        assert answer.status_code == 202, answer.json
        job = f"{PATH}/{answer.json['id']}"
        importer.work()
        if apply:
            assert client.post(f"{job}/apply", headers=seller[1]).status_code == 202
            importer.work()
        return dict(client.get(job, headers=seller[1]).json)

    return send


def of(client: Client, seller: Seller, job: dict[str, Any], more: str) -> Any:
    return client.get(f"{PATH}/{job['id']}{more}", headers=seller[1])


def test_a_file_is_checked_shown_and_applied(client: Client, seller: Seller, sent: Send) -> None:
    job = sent(FILE)
    assert (job["state"], job["name"], job["format"], job["ignored"]) == ("ready", "spring.csv", "csv", ["colour"])
    assert (job["rows"]["checked"], job["rows"]["create"], job["rows"]["faulty"]) == (5, 2, 3)
    first, *_ = of(client, seller, job, "/rows?state=create").json["items"]
    assert (first["row"], first["sku"]) == (2, "B-1")
    assert {"field": "price", "before": None, "after": {"amount": 1999, "currency": "EUR"}} in first["change"]
    assert "B-1" not in client.get("/vendor/products/export", headers=seller[1]).text
    job = sent(FILE, apply=True)
    assert (job["state"], job["rows"]["created"], job["rows"]["faulty"]) == ("done", 2, 3)
    exported = client.get("/vendor/products/export", headers=seller[1])
    rows = list(csv.DictReader(io.StringIO(exported.data.decode("utf-8-sig"))))
    assert [(row["sku"], row["price"], row["currency"], row["stock"], row["status"]) for row in rows] == [
        ("B-1", "19.99", "EUR", "7", "active"),
        ("B-2", "5.00", "EUR", "0", "draft"),
    ]


def test_what_is_wrong_is_named_by_row_and_column_and_can_be_sent_again(
    client: Client, seller: Seller, sent: Send
) -> None:
    job = sent(FILE, apply=True)
    faulty = of(client, seller, job, "/rows?state=faulty").json["items"]
    named = {(row["row"], fault["column"], fault["field"]) for row in faulty for fault in row["faults"]}
    assert named == {
        *((4, "C", "price"), (4, "E", "stock"), (4, "F", "status")),
        *((5, "A", "sku"), (6, "A", "sku"), (6, "D", "currency")),
    }
    answer = of(client, seller, job, "/errors")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="errors.csv"'
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == [*HEADING, "row", "problem"]
    assert rows[1][:3] == ["B-3", "Jug", "'-5"]
    assert rows[1][-2] == "4"
    assert rows[1][-1].startswith("Column C (price): A price is never negative. Column E (stock): Must be")
    mended = answer.data.replace(b"'-5", b"5").replace(b"1.5", b"2").replace(b"sold", b"active")
    again = sent(mended, apply=True)
    assert (again["rows"]["created"], again["rows"]["updated"], again["ignored"]) == (1, 1, ["colour"])


def test_a_file_sent_back_unchanged_changes_nothing(client: Client, seller: Seller, sent: Send) -> None:
    sent(FILE, apply=True)
    for kind in ("csv", "xlsx"):
        exported = client.get(f"/vendor/products/export?format={kind}", headers=seller[1]).data
        job = sent(exported)
        assert (job["format"], job["rows"]["unchanged"], job["rows"]["checked"]) == (kind, 2, 2)
        assert problem(client.post(f"{PATH}/{job['id']}/apply", headers=seller[1])) == (409, "nothing-to-apply")


def test_a_known_sku_is_an_update_of_what_the_row_says(
    client: Client, seller: Seller, sent: Send, importer: Importer, database: Database
) -> None:
    sent(FILE, apply=True)
    job = sent(sheet(["B-1", "", "21", "", "3"], heading=HEADING[:5]))
    (row,) = of(client, seller, job, "/rows").json["items"]
    assert [(each["field"], each["before"], each["after"]) for each in row["change"]] == [
        ("price", {"amount": 1999, "currency": "EUR"}, {"amount": 2100, "currency": "EUR"}),
        ("stock", 7, 3),
    ]
    client.post(f"{PATH}/{job['id']}/apply", headers=seller[1])
    importer.work()
    path = f"/vendor/products/{row['product_id']}/stock"
    shown = client.get(path, headers=seller[1]).json
    assert (shown["on_hand"], shown["items"][0]["reason"]) == (3, "Import of spring.csv")
    with database.transaction() as session:
        (news,) = said(session, row["product_id"], "product.updated")
    assert news[1]["price_amount"] == 2100


def test_an_export_holds_no_formula(client: Client, seller: Seller, sent: Send) -> None:
    evil = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "'x"]
    sent(sheet(*([sku, f"{sku} title", "1", "EUR"] for sku in evil), heading=HEADING[:4]), apply=True)
    exported = client.get("/vendor/products/export", headers=seller[1]).data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(exported)) for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r")] == []
    book = client.get("/vendor/products/export?format=xlsx", headers=seller[1]).data
    page = openpyxl.load_workbook(io.BytesIO(book)).active
    assert page is not None
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert [cell.value for cell in page["A"]][1:] == [f"'{sku}" for sku in evil]
    assert sent(book)["rows"]["unchanged"] == 5


def test_everybody_sees_their_own_imports_only(client: Client, sellers: Callable[..., Seller], sent: Send) -> None:
    job, other = sent(FILE), sellers()[1]
    path = f"{PATH}/{job['id']}"
    for more in ("", "/rows", "/errors"):
        assert problem(client.get(path + more, headers=other)) == (403, "not-your-import")
    assert problem(client.post(f"{path}/apply", headers=other)) == (403, "not-your-import")
    assert problem(client.get(f"{PATH}/{new_id()}", headers=other)) == (404, "unknown-import")
    assert client.get(PATH, headers=other).json["items"] == []


def test_a_suspended_vendor_sends_nothing_and_downloads_all(client: Client, sellers: Callable[..., Seller]) -> None:
    headers: Headers = sellers(status="suspended")[1]
    assert problem(client.post(PATH, data=FILE, headers=headers)) == (409, "vendor-suspended")
    assert client.get("/vendor/products/export", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "This is no spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old or an encrypted Excel file"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_at_once(client: Client, seller: Seller, content: bytes, said: str) -> None:
    answer = client.post(PATH, data=content, headers=seller[1])
    assert problem(answer) == (422, "unreadable-sheet")
    assert answer.json["detail"].startswith(said)


@pytest.mark.parametrize(
    ("content", "state", "said"),
    [
        (b"title;price\nBowl;1\n", "failed", "The first row must name the columns"),
        (b"sku,price,SKU\n1,1,1\n", "failed", "The column sku is there twice"),
        (b"\n\n", "failed", "The file is empty"),
        (b"PK\x03\x04 and then nothing", "failed", "This is no XLSX file"),
        (b"".join(writing.as_xlsx([["sku"], ["A"]]))[:-90], "failed", "This is no XLSX file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(sent: Send, content: bytes, state: str, said: str) -> None:
    job = sent(content)
    assert job["state"] == state
    assert job["problem"].startswith(said)


def test_a_vendor_waits_for_the_files_that_are_worked_on(client: Client, seller: Seller, importer: Importer) -> None:
    answers = [client.post(PATH, data=FILE, headers=seller[1]) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 409]
    assert problem(answers[3]) == (409, "too-many-imports")
    job = f"{PATH}/{answers[0].json['id']}"
    assert problem(client.post(f"{job}/apply", headers=seller[1])) == (409, "not-ready")
    importer.work()
    assert [each["state"] for each in client.get(PATH, headers=seller[1]).json["items"]] == ["ready"] * 3


def test_nothing_is_left_of_a_file_once_it_is_checked(sent: Send, settings: Settings, database: Database) -> None:
    sent(FILE)
    assert not list((settings.storage_folder / "imports").iterdir())
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM import_job WHERE state = 'checking'")) == 0
