"""`market seed`: vendors, applicants, rejected and suspended ones, made by the public API as people would make them.

Every name, number and picture follows from its place in the list, so that two systems are seeded alike, and a second
run finds everybody there and changes nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from deploy.local.api import Person, Refused
from deploy.local.drawing import png
from deploy.local.seeds import PASSWORD, PEOPLE, await_vendor, register

AT_ONCE = 4
ADMIN = next(person for person in PEOPLE if person.role == "admin")
REASONS = {
    "rejected": "The registration document is not readable; please send it again.",
    "suspended": "Three parcels were not sent within the promised time.",
}
COUNTRIES = (
    ("GB", "London", "12 St James's Square", "SW1Y 4LB", "GB82WEST12345698765432"),
    ("DE", "Berlin", "Torstraße 49", "10119", "DE89370400440532013000"),
    ("FR", "Lyon", "8 rue Mercière", "69002", "FR1420041010050500013M02606"),
    ("NL", "Utrecht", "Oudegracht 112", "3511 AW", "NL91ABNA0417164300"),
)
SHOPS = (
    ("Blue Lamp", "Ada Lindqvist", "Lamps of brass and glass, made to order."),
    ("Copper Kettle", "Jonas Weber", "Kettles, pans and whatever else copper is good for."),
    ("North Wool", "Sigrid Halvorsen", "Jumpers and blankets of undyed wool."),
    ("Paper & Ink", "Camille Laurent", "Notebooks, pens, and the ink that goes with them."),
    ("Green Thumb", "Pieter de Vries", "Seeds of old kinds of vegetables."),
    ("Acme", "Wile Cooper", "Anvils, and what goes with them."),
    ("Acme", "Rosa Conti", "No anvils: ladders and tools for orchards."),
    ("Salt Road", "Inês Duarte", "Salt, pepper and spices by weight."),
    ("Second Page", "Tomás Novák", "Used books, described honestly."),
    ("Little Engine", "Maud Okafor", "Model trains and their spare parts."),
    ("Honey Yard", "Ewa Zielińska", "Honey from nine hives."),
    ("Loud Cellar", "Ben Hartley", "Records, turntables and needles."),
)


@dataclass(frozen=True)
class Shop:
    """One business of the seeds; `number` decides everything about it that its name does not."""

    number: int
    name: str
    owner: str
    about: str

    @property
    def email(self) -> str:
        return f"shop.{self.number:02}@market.example"

    @property
    def fate(self) -> str:
        """Every sixth waits, every fifth was rejected, every fourth of the others is suspended."""
        if self.number % 6 == 0:
            return "pending"
        if self.number % 5 == 0:
            return "rejected"
        return "suspended" if self.number % 4 == 0 else "approved"

    @property
    def application(self) -> dict[str, Any]:
        country, city, line1, postal_code, _ = COUNTRIES[self.number % len(COUNTRIES)]
        return {
            "business_name": self.name,
            "description": self.about,
            "phone": f"+44 20 7946 {self.number:04}",
            "website": f"https://{'-'.join(self.name.lower().replace('&', 'and').split())}.example",
            "tax_id": f"{country} {100_000_000 + 7919 * self.number}",
            "address": {"line1": line1, "city": city, "postal_code": postal_code, "country": country},
        }

    @property
    def bank(self) -> dict[str, str]:
        return {"holder": self.owner, "iban": COUNTRIES[self.number % len(COUNTRIES)][4]}


@dataclass
class Seeded:
    """What a run made, and what it found, by name; what it stocked the shops with, and with how many plain products."""

    made: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    stocked: str = ""
    many: int = 0


def shops(count: int = len(SHOPS)) -> list[Shop]:
    """The businesses of the seeds; beyond the named ones, the names come again with a quarter of the town."""
    quarters = ("", " East", " West", " South", " Harbour")
    return [
        Shop(number + 1, name + quarters[number // len(SHOPS) % len(quarters)], owner, about)
        for number in range(count)
        for name, owner, about in [SHOPS[number % len(SHOPS)]]
    ]


def seed(address: str, count: int = len(SHOPS)) -> Seeded:
    """Bring every shop to its fate, some side by side. Idempotent; a run that was broken off is gone on with."""
    seeded, all_of_them = Seeded(), shops(count)
    with Person(address) as admin, ThreadPoolExecutor(AT_ONCE) as pool:
        admin.sign_in(ADMIN.email, PASSWORD)
        for shop, is_new in zip(all_of_them, pool.map(lambda it: _alone(address, admin, it), all_of_them), strict=True):
            (seeded.made if is_new else seeded.found).append(f"{shop.name}: {shop.fate}")
    return seeded


def _alone(address: str, admin: Person, shop: Shop) -> bool:
    with Person(address) as owner:
        return _bring(owner, admin, shop)


def _bring(owner: Person, admin: Person, shop: Shop) -> bool:
    """Whether anything had to be done."""
    register(owner, shop.email, shop.owner)
    owner.sign_in(shop.email, PASSWORD)
    application = _application(owner)
    if application and application["status"] != "pending" and _vendor_is_so(owner, shop):
        return False
    if application is None:
        application = owner.post("/vendor/apply", shop.application)
        owner.send("POST", "/vendor/documents?name=registration.pdf", _pdf(shop))
    elif shop.fate == "pending":
        return False
    _decide(owner, admin, shop, application)
    return True


def _decide(owner: Person, admin: Person, shop: Shop, application: dict[str, Any]) -> None:
    where = f"/admin/vendors/applications/{application['id']}"
    if shop.fate == "rejected":
        admin.post(f"{where}/reject", {"reason": REASONS["rejected"]})
    elif shop.fate != "pending":
        if application["status"] == "pending":
            admin.post(f"{where}/approve", {"commission_bps": 800 + 100 * (shop.number % 5)})
        await_vendor(owner, shop.email)
        owner.patch("/vendor/profile", {"bank": shop.bank})
        owner.send("PUT", "/vendor/profile/logo", _png(shop.number, 256, 256))
        owner.send("PUT", "/vendor/profile/banner", _png(shop.number + 7, 800, 200))
        if shop.fate == "suspended":
            admin.post(f"/admin/vendors/{owner.get('/vendor/profile')['id']}/suspend", {"reason": REASONS["suspended"]})


def _application(owner: Person) -> dict[str, Any] | None:
    try:
        return owner.get("/vendor/application")
    except Refused as refusal:
        if refusal.status != 404:
            raise
        return None


def _vendor_is_so(owner: Person, shop: Shop) -> bool:
    """Whether the shop came to its end: a suspended one last of all, an approved one with its banner."""
    try:
        vendor = owner.get("/vendor/profile")
    except Refused:
        return shop.fate == "rejected"
    return bool(vendor["banner"]) and vendor["status"] == shop.fate


def _pdf(shop: Shop) -> bytes:
    """A page that says whose registration it is."""
    page = f"BT /F1 24 Tf 72 700 Td (Registration of shop number {shop.number}) Tj ET".encode("ascii")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
    ]
    whole, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(whole))
    return whole + head + table + tail


def _png(number: int, width: int, height: int) -> bytes:
    """A quiet pattern of two colours that only the number decides."""
    back, front = (bytes((number * step + base) % 160 + 64 for step in (53, 97, 31)) for base in (0, 80))
    rows = (
        b"".join(front if (x // 32 + y // 32 + number) % 3 == 0 else back for x in range(width)) for y in range(height)
    )
    return png(rows, width)
