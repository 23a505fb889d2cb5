"""People at a browser: they read, type and press, and notice whatever the console complains of."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.eventually import eventually
from tests.infrastructure.running import RunningMarket

PASSWORD = "demo-password-1"
ADMIN = "admin@market.example"
NEW_PASSWORD = "a long walk by the sea"
DESKTOP, PHONE = (1280, 800), (390, 844)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
PATIENCE = 30
"""Seconds that a page and what it waits for may take where other tests keep the machine busy."""
LOUD = frozenset({"error", "warning"})


@dataclass(frozen=True)
class Market:
    """The running system and its address."""

    running: RunningMarket
    address: str

    def new_vendor(self, name: str) -> dict[str, str]:
        """Make an approved vendor with an account; the name gets a number if it is taken."""
        email = f"vendor-{uuid4().hex[:8]}@mail.example"
        made = self.running.market("create-test-vendor", name, "--email", email, "--json")
        assert made.returncode == 0, made.stderr
        found: dict[str, str] = json.loads(made.stdout)
        return found


@dataclass
class Person:
    """Somebody with a browser window of one size, in one colour scheme, with or without scripts."""

    market: Market
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def at(
        cls, browser: Browser, market: Market, size: tuple[int, int], *, scheme: str = "light", scripts: bool = True
    ) -> Person:
        """Open a window."""
        context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="en-GB",
            base_url=market.address,
        )
        context.set_default_timeout(PATIENCE * 1000)
        person = cls(market, context.new_page())
        person.page.on("console", person._hear)
        person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
        return person

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            self.complaints.append(f"{message.type}: {message.text} ({self.page.url})")

    def open(self, path: str) -> None:
        """Go to a page of the market."""
        self.page.goto(path)

    def press(self, name: str) -> None:
        """Press the button of this name in the page, not in its header."""
        self.page.locator("main").get_by_role("button", name=name).first.click()

    def fill(self, **fields: str) -> None:
        """Fill fields by their labels, with _ for spaces."""
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " ").replace("Email", "E-mail"), exact=False).first.fill(value)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Sign in on the sign-in page."""
        self.open("/login")
        self.fill(Email=email, Password=password)
        self.press("Sign in")
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def register(self, link: str, name: str) -> str:
        """Register through a link; the e-mail that was used."""
        email = f"{name.split()[0].lower()}-{uuid4().hex[:8]}@mail.example"
        self.open(link)
        self.fill(Name=name, Email=email, Password=NEW_PASSWORD)
        self.page.locator("main form button.wide").click()
        return email

    def sees(self, text: str) -> None:
        """Wait until the text can be seen in the page."""
        expect(self.page.locator("main").get_by_text(text).first).to_be_visible()

    def until(self, shown: Locator, again: Callable[[], object]) -> None:
        """Do it again until it is shown, for a page that does not keep itself up to date."""

        def there() -> bool:
            if shown.count() == 0:
                again()
            return shown.count() > 0

        eventually(there, timeout=PATIENCE, every=0.2)

    def assert_nothing_sticks_out(self) -> None:
        """Nothing is wider than the window."""
        width, window = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= window, f"{self.page.url} is {width} wide in a window of {window}"

    def picture(self, path: Path) -> None:
        """Photograph the window for the documentation, in few colours."""
        path.parent.mkdir(parents=True, exist_ok=True)
        taken = Image.open(BytesIO(self.page.screenshot()))
        taken.convert("RGB").quantize(200, dither=Image.Dither.NONE).save(path, optimize=True)

    def leave(self) -> None:
        """Close the window; whatever the console complained of fails the test."""
        self.page.context.close()
        assert self.complaints == []
