"""Admins look at what people are told: every kind, each language, a mail apart from the page it is shown on."""

from __future__ import annotations

import re

from gateway.web.tests.conftest import Breakable, Visitor

PATH = "/admin/deliveries/templates"


def test_everything_is_listed_by_who_hears_it(admin: Visitor) -> None:
    page = admin.open(PATH)
    assert re.findall(rf'href="{PATH}/([a-z_]+)"', page) == [
        "order_placed",
        "part_shipped",
        "password_reset",
        "customer_joined",
        "delivery_failed",
    ]
    assert re.findall("<h2[^>]*>(What [^<]+)<", page) == [
        f"What {who}s are told" for who in ("customer", "vendor", "admin")
    ]
    assert f'href="{PATH}"' in admin.open("/admin/deliveries")


def test_one_is_shown_in_each_language_as_a_mail_and_in_the_app(admin: Visitor) -> None:
    page = admin.open(f"{PATH}/part_shipped?language=de")
    assert f'<iframe class="letter" sandbox src="{PATH}/part_shipped/mail?language=de"' in page
    assert (
        '<pre class="letter-text" tabindex="0" role="region" aria-label="Its text" lang="de">part_shipped in de' in page
    )
    assert f'href="{PATH}/part_shipped?language=en"' in page
    assert (f'href="{PATH}/order_placed?language=de"' in page, f'href="{PATH}/password_reset?language=de"' in page) == (
        True,
        True,
    )
    assert "<iframe" not in admin.open(f"{PATH}/order_placed")
    assert "In the list of notifications" not in admin.open(f"{PATH}/password_reset")


def test_a_mail_is_shown_where_nothing_runs_and_nothing_is_ours(admin: Visitor) -> None:
    frame = admin.open(f"{PATH}/part_shipped/mail?language=de")
    policy = admin.page.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'", "sandbox"} < {*policy}
    assert "script" not in " ".join(policy)
    assert '<base target="_blank">' in frame
    assert "part_shipped in de" in frame
    admin.open(f"{PATH}/part_shipped")
    assert "frame-ancestors 'none'" in admin.page.headers["Content-Security-Policy"]
    assert "unsafe" not in admin.page.headers["Content-Security-Policy"]


def test_what_there_is_not_is_told(admin: Visitor, ways: dict[str, Breakable]) -> None:
    for path in (f"{PATH}/nothing", f"{PATH}/nothing/mail", f"{PATH}/part_shipped?language=xx"):
        admin.open(path)
        assert admin.status == 404, path
    ways["notifications"].down = True
    assert "we cannot show what people are told" in admin.open(PATH)
    admin.open(f"{PATH}/part_shipped")
    assert admin.status == 503


def test_they_are_the_admins_alone(customer: Visitor) -> None:
    for path in (PATH, f"{PATH}/part_shipped", f"{PATH}/part_shipped/mail"):
        customer.open(path)
        assert customer.status == 403
