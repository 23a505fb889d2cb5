"""Somebody applies, adds documents, waits, is rejected, applies again and finds their shop; and looks after it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest

from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World
from gateway.web.uploads import LARGEST_FILE, Sent

PDF, PNG = b"%PDF-1.7 and so on", b"\x89PNG and so on"


def person(world: World) -> dict[str, Any]:
    return world.users["ada@x.example"]


def card(page: str) -> str:
    found: list[str] = re.findall(r'<section class="card business.*?</section>', page, re.DOTALL)
    assert len(found) == 1, page
    return found[0]


def test_the_card_has_a_state_for_everybody(world: World, customer: Visitor) -> None:
    none = card(customer.open("/profile"))
    assert "Convert to Business Account" in none
    assert 'href="/vendor/apply"' in none
    applied = world.shops.apply(person(world), business_name="Byron & Co")
    pending = card(customer.open("/profile"))
    assert "Waiting for review" in pending
    assert "Byron &amp; Co" in pending
    assert "/vendor/apply/withdraw" in pending
    applied.update(status="rejected", reason="The <papers> are unreadable.")
    rejected = card(customer.open("/profile"))
    assert "The &lt;papers&gt; are unreadable." in rejected
    assert "Apply again" in rejected
    world.shops.open(person(world), "Byron & Co", "byron-co")
    approved = card(customer.open("/profile"))
    assert "Congratulations, Byron &amp; Co is open!" in approved
    assert 'href="/vendor/dashboard"' in approved
    world.shops.shops[0].update(status="suspended", status_reason="Many complaints")
    assert "Many complaints" in card(customer.open("/profile"))


def test_an_admin_has_no_card_and_no_form(admin: Visitor) -> None:
    assert "Business account" not in admin.open("/profile")
    admin.open("/vendor/apply")
    assert "they do not sell on it" in admin.follow()


def test_an_application_goes_on_to_its_documents(world: World, customer: Visitor) -> None:
    customer.open("/vendor/apply")
    place = {"line1": "12 St James’s Square", "city": "London", "country": "GB"}
    customer.send("/vendor/apply", business_name=" Byron & Co ", website="https://byron.example", **place)
    assert customer.page.headers["Location"] == "/vendor/documents"
    assert "Your application is in." in customer.follow()
    it = world.shops.applications[0]
    assert (it["business_name"], it["address"]["line2"], it["tax_id"]) == ("Byron & Co", None, None)
    customer.open("/vendor/apply")
    assert customer.page.headers["Location"] == "/profile#business"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"business_name": ""}, "business_name", "Enter the name of your business."),
        ({"website": "nonsense"}, "website", "Must be a web address"),
        ({"line1": "12 St James’s Square"}, "city", "Enter a town or city as well"),
        ({"line1": "Somewhere", "city": "Nowhere", "country": "GB"}, "city", "There is no such town."),
    ],
)
def test_what_is_wrong_is_beside_its_field(
    world: World, customer: Visitor, given: dict[str, str], field: str, said: str
) -> None:
    customer.open("/vendor/apply")
    text = customer.send("/vendor/apply", **{"business_name": "Byron & Co", "phone": "+44 20 1", **given})
    assert customer.status == 422
    assert said in text.split(f'id="{field}-wrong"')[1].split("</p>")[0]
    assert 'value="+44 20 1"' in text
    assert "<title>Error: " in text
    assert world.shops.applications == []


def test_a_rejected_application_is_the_beginning_of_the_next(world: World, customer: Visitor) -> None:
    before = world.shops.apply(person(world), business_name="Byron & Co", description="Engines")
    before.update(status="rejected", reason="Say more.")
    text = customer.open("/vendor/apply")
    assert "Say more." in text
    assert 'value="Byron &amp; Co"' in text
    customer.send("/vendor/apply", business_name="Byron & Co", description="Analytical engines")
    assert [it["description"] for it in world.shops.applications] == ["Analytical engines", "Engines"]


def test_a_second_application_is_refused_in_words(world: World, customer: Visitor) -> None:
    customer.open("/vendor/apply")
    world.shops.apply(person(world), business_name="Elsewhere")
    text = customer.send("/vendor/apply", business_name="Byron & Co")
    assert customer.status == 409
    assert "You have an application that is not decided yet." in text


def test_an_application_is_withdrawn_once(world: World, customer: Visitor) -> None:
    world.shops.apply(person(world), business_name="Byron & Co")
    customer.open("/profile")
    customer.send("/vendor/apply/withdraw")
    assert "Your application is withdrawn." in customer.follow()
    assert "You withdrew your application for Byron &amp; Co" in customer.text
    customer.send("/vendor/apply/withdraw")
    assert "your application is decided" in customer.follow()


def test_documents_are_sent_opened_and_removed(world: World, customer: Visitor) -> None:
    assert "Nothing to prove at present" in customer.open("/vendor/documents")
    world.shops.apply(person(world), business_name="Byron & Co")
    customer.open("/vendor/documents")
    customer.send("/vendor/documents", files=[(BytesIO(PDF), "a pass.pdf"), (BytesIO(PDF * 9000), "proof.pdf")])
    assert "Your 2 documents are kept." in customer.follow()
    assert world.shops.bodies == [
        ("a pass.pdf", len(PDF), "application/pdf"),
        ("proof.pdf", len(PDF) * 9000, "application/pdf"),
    ]
    kept = next(iter(world.shops.documents))
    customer.open(f"/vendor/documents/{kept}")
    assert customer.page.headers["Location"].endswith(f"/api/vendor/documents/{kept}/content?signature=s")
    customer.open("/vendor/documents")
    customer.send(f"/vendor/documents/{kept}/remove")
    assert "The document is removed." in customer.follow()
    assert kept not in world.shops.documents


def test_files_that_are_not_taken_are_named_with_the_reason(world: World, customer: Visitor) -> None:
    world.shops.apply(person(world), business_name="Byron & Co")
    customer.open("/vendor/documents")
    large = BytesIO(b"x" * (LARGEST_FILE + 1))
    text = customer.send(
        "/vendor/documents", files=[(BytesIO(PDF), "good.pdf"), (BytesIO(b"MZ"), "run.exe"), (large, "large.pdf")]
    )
    assert customer.status == 422
    assert "1 of your files is kept." in text
    assert "run.exe: Send a PDF or a JPEG or a PNG." in text
    assert "large.pdf: It is larger than 10 MB." in text
    assert "Choose a file first." in customer.send("/vendor/documents")
    assert [name for name, *_ in world.shops.bodies] == ["good.pdf", "run.exe"]


def test_a_decided_document_stays_and_says_why(world: World, customer: Visitor) -> None:
    world.shops.apply(person(world), business_name="Byron & Co")
    customer.open("/vendor/documents")
    customer.send("/vendor/documents", files=(BytesIO(PDF), "decided.pdf"))
    customer.follow()
    customer.send(f"/vendor/documents/{next(iter(world.shops.documents))}/remove")
    assert "decided with this document in view" in customer.follow()


def test_only_pages_that_take_files_take_much(world: World, customer: Visitor) -> None:
    customer.open("/vendor/apply")
    customer.send("/vendor/apply", business_name="x" * 100_000)
    assert customer.status == 413
    customer.open("/profile")
    customer.send("/profile/name", name="Ada", more=(BytesIO(b"x" * 100_000), "more.bin"))
    assert customer.status == 413


def test_somebody_approved_a_moment_ago_is_asked_to_wait(world: World, customer: Visitor) -> None:
    world.shops.open(person(world), "Byron & Co", "byron-co")
    assert "Byron &amp; Co is approved" in customer.open("/vendor/dashboard")
    assert customer.status == 202
    person(world)["role"] = "vendor"
    assert "Who came lately" in customer.open("/vendor/dashboard")


def test_a_shop_says_something_else(world: World, vendor: Visitor) -> None:
    vendor.open("/vendor/profile")
    vendor.send("/vendor/profile", description="Bread.\n\nAnd more bread.", email="hello@luca.example")
    assert "Your shop’s page is changed." in vendor.follow()
    assert (world.shops.shops[0]["description"], world.shops.shops[0]["phone"]) == ("Bread.\n\nAnd more bread.", None)
    assert "Bread.\n\nAnd more bread.</div>" in vendor.open("/vendor/store/lucas-bakery")
    assert "Change this page" in vendor.text


def test_a_shop_charges_for_shipping_in_each_currency_apart(world: World, vendor: Visitor) -> None:
    assert "You charge nothing for it." in vendor.open("/vendor/profile")
    text = vendor.send("/vendor/profile/shipping", amount="4.999", currency="EUR")
    assert "EUR has 2 decimals." in text.split('id="shipping-amount-wrong"')[1].split("</p>")[0]
    vendor.send("/vendor/profile/shipping", amount="4,90", currency="EUR")
    assert "€4.90" in vendor.follow()
    vendor.send("/vendor/profile/shipping", amount="700", currency="JPY")
    vendor.follow()
    euros, yen = {"amount": 490, "currency": "EUR"}, {"amount": 700, "currency": "JPY"}
    assert world.shops.shops[0]["shipping"] == [euros, yen]
    vendor.send("/vendor/profile/shipping", amount="", currency="EUR")
    assert world.shops.shops[0]["shipping"] == [yen]


def test_bank_details_are_kept_masked_and_forgotten(world: World, vendor: Visitor) -> None:
    vendor.open("/vendor/profile")
    text = vendor.send("/vendor/profile/bank", holder="Luca Moretti", iban="IT60")
    assert "look at its digits" in text.split('id="iban-wrong"')[1].split("</p>")[0]
    vendor.send("/vendor/profile/bank", holder="Luca Moretti", iban="IT60X0542811101000000123456")
    text = vendor.follow()
    assert "IT•• •••• 3456" in text
    assert "X0542811101" not in text
    vendor.send("/vendor/profile/bank/remove")
    assert "Where your earnings shall go." in vendor.follow()


@pytest.mark.parametrize("kind", ["logo", "banner"])
def test_a_picture_is_shown_or_refused(world: World, vendor: Visitor, kind: str) -> None:
    vendor.open("/vendor/profile")
    text = vendor.send(f"/vendor/profile/{kind}", file=(BytesIO(b"GIF89a"), "picture.png"))
    assert vendor.status == 415
    assert "Send JPEG or PNG or WEBP." in text.split(f'id="{kind}-file-wrong"')[1].split("</p>")[0]
    assert "Choose a picture first." in vendor.send(f"/vendor/profile/{kind}")
    vendor.send(f"/vendor/profile/{kind}", file=(BytesIO(PNG), "picture.png"))
    assert f"/api/vendor/media/{kind}-{len(PNG)}.webp" in vendor.follow()
    vendor.send(f"/vendor/profile/{kind}/remove")
    text = vendor.follow()
    assert f"Your {kind} is removed." in text
    assert f"Remove the {kind}" not in text


def test_a_vendor_chooses_which_contact_everybody_sees(world: World, vendor: Visitor, visitor: Visitor) -> None:
    text = vendor.open("/vendor/profile")
    ticked = [name for name in ("email", "phone", "website", "city") if f'checked id="show_{name}"' in text]
    assert ticked == ["website", "city"]
    said = {"email": "hello@luca.example", "phone": "+39 011 555 0100", "website": "https://luca.example/"}
    vendor.send("/vendor/profile", **said, show_email="y", show_phone="y")
    text = visitor.open("/vendor/store/lucas-bakery")
    assert 'href="mailto:hello@luca.example"' in text
    assert 'href="tel:+390115550100"' in text
    assert "luca.example/" not in text


def test_a_suspended_vendor_is_told_on_every_page_and_changes_nothing(world: World, vendor: Visitor) -> None:
    world.shops.shops[0].update(status="suspended", status_reason="Many complaints")
    for path in ("/vendor/dashboard", "/vendor/invites", "/vendor/customers", "/vendor/profile"):
        assert "Reason: Many complaints" in vendor.open(path)
        assert "Make a link</button>" not in vendor.text
    assert '<fieldset class="form bare" disabled>' in vendor.text
    assert 'enctype="multipart/form-data"' not in vendor.text
    assert "Reason: Many complaints" not in vendor.open("/")
    vendor.open("/vendor/store/lucas-bakery")
    assert vendor.status == 404
    assert "There is no such shop" in vendor.text


def test_a_change_that_a_suspended_vendor_still_tries_is_explained(world: World, vendor: Visitor) -> None:
    vendor.open("/vendor/profile")
    world.shops.shops[0].update(status="suspended", status_reason="Many complaints")
    vendor.send("/vendor/profile/bank/remove")
    assert vendor.status == 403
    assert "Your shop is suspended" in vendor.text


def test_the_profile_of_somebody_approved_offers_a_vendors_pages_at_once(world: World, customer: Visitor) -> None:
    world.shops.open(person(world), "Byron & Co", "byron-co")
    person(world)["role"] = "vendor"
    assert 'href="/vendor/customers"' in customer.open("/profile")


def test_a_file_can_be_sent_again_from_its_beginning() -> None:
    sent = Sent(BytesIO(PDF * 9000), "proof.pdf", len(PDF) * 9000, "application/pdf")
    assert b"".join(sent) == b"".join(sent) == PDF * 9000


def test_a_store_is_shown_to_anybody_with_what_it_has(world: World, visitor: Visitor) -> None:
    owner = world.user("Mina Harker", "mina@x.example", "vendor")
    world.shops.open(owner, "Mina’s Books", "minas-books", website="https://www.mina.example/")
    text = visitor.open("/vendor/store/minas-books")
    assert "Turin, Italy" in text
    assert ">mina.example</a>" in text
    assert "Nothing on show yet" in text
    assert "Change this page" not in text


def test_a_page_names_the_part_that_is_down(world: World, customer: Visitor, ways: dict[str, Breakable]) -> None:
    ways["vendor"].down = True
    assert "cannot show your invitations, nor your business account" in customer.open("/profile")
    customer.open("/vendor/apply")
    assert customer.status == 503
    assert "cannot show your documents" in customer.open("/vendor/documents")
    assert customer.status == 200
