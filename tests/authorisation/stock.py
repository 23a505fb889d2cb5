"""Every operation on stock and on files of products, what is sent to it, and what each caller is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from services.catalog.domain.importing import files
from services.catalog.domain.importing.files import File
from services.catalog.importing import Importer
from tests.authorisation.catalog import of_a_product
from tests.authorisation.statements import Says, Scene, admins, sellers

FILE = b"sku,title,price,currency\nB-1,Bowl,19.99,EUR\n"
RECEIPT = {"kind": "receipt", "quantity": 1}
FEW = {"threshold": 3}


def of_a_file(scene: Scene) -> Mapping[str, Any]:
    """A file of the owner's, checked and ready to be applied."""
    return {"job_id": sent(scene)}


def sent(scene: Scene) -> UUID:
    """Send it, and do what the job does."""
    assert scene.owner.vendor
    job_id, storage = files.new_key(), scene.market.catalog_settings.storage
    database = scene.market.databases["catalog"]
    storage.put(files.key(job_id), BytesIO(FILE), "text/csv")
    file, owner = File("a.csv", "csv", len(FILE), "0"), scene.owner
    with database.transaction() as session:
        files.begin(session, job_id, scene.owner.vendor.id, owner.user_id, file, datetime.now(UTC))
    Importer(database, storage).work()
    return job_id


STOCKED: dict[tuple[str, str], Says] = {
    ("catalog", "GET /vendor/products/{product_id}/stock"): Says(sellers(200, 403, 403), path=of_a_product()),
    ("catalog", "POST /vendor/products/{product_id}/stock"): Says(
        sellers(201, 403, 409), lambda _: RECEIPT, of_a_product()
    ),
    ("catalog", "PATCH /vendor/products/{product_id}/stock"): Says(
        sellers(200, 403, 409), lambda _: FEW, of_a_product()
    ),
    ("catalog", "GET /admin/products/{product_id}/stock"): Says(admins(), path=of_a_product(marketplace=True)),
    ("catalog", "POST /admin/products/{product_id}/stock"): Says(
        admins(201), lambda _: RECEIPT, of_a_product(marketplace=True)
    ),
    ("catalog", "PATCH /admin/products/{product_id}/stock"): Says(
        admins(), lambda _: FEW, of_a_product(marketplace=True)
    ),
    ("catalog", "POST /vendor/products/import"): Says(sellers(202, 202, 409), file=FILE),
    ("catalog", "GET /vendor/products/import"): Says(sellers(200, 200, 200)),
    ("catalog", "GET /vendor/products/import/{job_id}"): Says(sellers(200, 403, 403), path=of_a_file),
    ("catalog", "GET /vendor/products/import/{job_id}/rows"): Says(sellers(200, 403, 403), path=of_a_file),
    ("catalog", "POST /vendor/products/import/{job_id}/apply"): Says(sellers(202, 403, 409), path=of_a_file),
    ("catalog", "GET /vendor/products/import/{job_id}/errors"): Says(sellers(200, 403, 403), path=of_a_file),
    ("catalog", "GET /vendor/products/export"): Says(sellers(200, 200, 200)),
}
