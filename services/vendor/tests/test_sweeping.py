"""Documents of those who left go, and files that nobody speaks of; what is in use or still under way stays."""

import json
import os
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from services.vendor import jobs
from services.vendor.__main__ import SERVICE
from services.vendor.consumers import on_customer_erased
from services.vendor.domain import documents, profiles
from services.vendor.domain.documents import File
from services.vendor.domain.images import Kind
from services.vendor.models import Vendor, VendorDocument
from services.vendor.settings import Settings
from services.vendor.tests.building import ADMIN, NOON, acts, applicant, approved, erased
from shared.events.ids import new_id
from shared.kit.database import Database

DIGEST, OTHER = "ab" * 32, "cd" * 32
HOURS = 3600.0


@pytest.fixture
def run(settings: Settings) -> Any:
    def run(*words: str) -> Any:
        done = CliRunner().invoke(jobs.sweep_files, words, obj=replace(SERVICE, settings=lambda: settings))
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    return run


def stored(settings: Settings, key: str, *, hours: float = 2) -> Path:
    settings.storage.put(key, BytesIO(b"content"), "application/pdf")
    place, then = settings.storage_folder / key, time.time() - hours * HOURS
    os.utime(place, (then, then))
    return place


def document(database: Database, settings: Settings, user: UUID, name: str) -> tuple[UUID, Path]:
    with database.transaction() as session:
        file = File(new_id(), BytesIO(), 7, "0" * 64, "application/pdf")
        kept = documents.add(session, user, name, file, NOON, applicant(user))
    return kept.id, stored(settings, documents.key(file))


def test_documents_of_somebody_who_left_go_and_their_rows_name_nothing(
    database: Database, settings: Settings, run: Any
) -> None:
    with database.transaction() as session:
        shops = [approved(session, name) for name in ("Leaves", "Stays")]
    papers = [document(database, settings, shop.user_id, "Ada Lovelace passport.pdf") for shop in shops]
    with database.transaction() as session:
        on_customer_erased(session, erased(shops[0].user_id))
    assert run() == {"forgotten": 1, "removed": 1}
    assert [place.exists() for _, place in papers] == [False, True]
    with database.transaction() as session:
        gone, kept = (session.get_one(VendorDocument, paper) for paper, _ in papers)
        assert (gone.name, gone.removed_at is None, kept.removed_at) == ("erased", False, None)
        assert (acts(session, gone.id)[-1].action, acts(session, gone.id)[-1].actor_role) == (
            "document.removed",
            "system",
        )
    assert run() == {"forgotten": 0, "removed": 0}


def test_what_no_row_speaks_of_goes_unless_it_may_be_under_way(
    database: Database, settings: Settings, run: Any
) -> None:
    with database.transaction() as session:
        shop = approved(session, "Pictures")
        profiles.show_picture(session, session.merge(shop), Kind.LOGO, DIGEST, NOON, ADMIN)
    shown = [stored(settings, key) for key in _pictures(shop, DIGEST)]
    orphaned = [stored(settings, key) for key in _pictures(shop, OTHER)]
    lost = [stored(settings, f"documents/{new_id().hex}"), stored(settings, "media/what-is-this")]
    young = stored(settings, f"documents/{new_id().hex}", hours=0.5)
    assert run()["removed"] == len(orphaned) + len(lost)
    assert [place.exists() for place in (*shown, young)] == [True] * (len(shown) + 1)
    assert not any(place.exists() for place in (*orphaned, *lost))
    assert run("--hours", "0")["removed"] == 1


def _pictures(shop: Vendor, digest: str) -> list[str]:
    return [profiles.key(name) for name in profiles.file_names(shop, Kind.LOGO, digest).values()]
