"""What an operator does from the command line."""

import json
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner
from sqlalchemy import delete

from services.vendor import jobs
from services.vendor.consumers import HANDLERS, on_customers_created
from services.vendor.models import VendorCustomer
from services.vendor.settings import MIGRATIONS, Settings
from services.vendor.tests.building import created, invite, vendor
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.runtime.service import Service


@pytest.fixture
def service(settings: Settings) -> Service:
    return Service(
        name="vendor",
        version="test",
        settings=lambda: settings,
        web="services.vendor.app",
        migrations=MIGRATIONS,
        handlers=HANDLERS,
        jobs=jobs.JOBS,
    )


def run(service: Service, job: Command, *arguments: str) -> Any:
    done = CliRunner().invoke(job, arguments, obj=service)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_a_vendor_is_made_once_suspended_and_reactivated(service: Service) -> None:
    user = str(new_id())
    made, again = (run(service, jobs.create_vendor, "--user-id", user, "--name", "Acme") for _ in "12")
    assert made == again
    assert (made["slug"], made["status"], made["commission_bps"]) == ("acme", "approved", 1000)
    suspended = run(service, jobs.suspend_vendor, "--slug", "acme", "--reason", "Complaints")
    assert (suspended["status"], suspended["version"]) == ("suspended", 2)
    assert run(service, jobs.reactivate_vendor, "--slug", "acme")["status"] == "approved"


def test_a_refusal_is_one_sentence_and_exit_code_1(service: Service) -> None:
    done = CliRunner().invoke(jobs.reactivate_vendor, ["--slug", "nobody"], obj=service)
    assert (done.exit_code, done.output) == (1, "Error: No vendor is called nobody.\n")


def test_lost_rows_are_restored(service: Service, database: Database) -> None:
    with database.transaction() as session:
        token = invite(session, vendor(session)).token
        on_customers_created(session, [created(token) for _ in range(3)])
        session.execute(delete(VendorCustomer))
    assert run(service, jobs.restore_mappings) == {"restored": 3}
    assert run(service, jobs.restore_mappings) == {"restored": 0}


def test_pruning_says_what_it_removed(service: Service) -> None:
    assert run(service, jobs.prune) == {"idempotency_key": 0, "rate_limit": 0}
