"""What an operator, or a schedule, has identity do: `python -m services.identity job NAME`."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta

import click

from services.identity.domain import demo, emails, password_resets, password_rules, pruning, signing_keys, users
from services.identity.domain.emails import Email
from services.identity.domain.hashing import Hashing
from services.identity.domain.password_rules import Candidate
from services.identity.domain.users import Registration
from services.identity.models import User
from services.identity.settings import Settings
from shared.kit import housekeeping
from shared.kit.database import Database
from shared.runtime.jobs import opened, say
from shared.runtime.service import Scheduled, Service


@click.command("create-user", epilog="Example: job create-user --email ada@example.org --name Ada --role admin")
@click.option("--email", required=True, help="The e-mail; whoever has it already is left as they are.")
@click.option("--name", required=True, help="The name that others see.")
@click.option("--role", type=click.Choice(["customer", "vendor", "admin"]), default="customer", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, or have one made.")
@click.pass_obj
def create_user(service: Service, email: str, name: str, role: str, *, password_stdin: bool) -> None:
    """Create a user once: the same e-mail again changes nothing. A password that was made is printed."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(15)
    with opened(service, "create-user") as (settings, database):
        parsed = emails.parse(email)
        user, created = _existing(database, parsed), False
        if user is None:
            user, created = _create(settings, database, parsed, name, role, password), True
    shown = {"password": password} if created and not password_stdin else {}
    say({"id": user.id, "email": user.email, "name": user.name, "role": user.role, "created": created, **shown})


def _existing(database: Database, email: Email) -> User | None:
    with database.transaction() as session:
        return users.by_email_key(session, email.key)


def _create(settings: Settings, database: Database, email: Email, name: str, role: str, password: str) -> User:
    demo.refuse_person(email, allowed=settings.environment == "local")
    password_rules.check(Candidate(password, email.given, name), settings.forbidden_passwords)
    password_hash = Hashing(concurrency=1, queue=0).hash(password)
    with database.transaction() as session:
        return users.register(session, Registration(email=email, name=name, role=role, password_hash=password_hash))


@click.command("rotate-keys", epilog="Example: job rotate-keys, once a month; job rotate-keys --at-once after a leak")
@click.option("--at-once", is_flag=True, help="A key has leaked: end it, and every access token, now.")
@click.pass_obj
def rotate_keys(service: Service, *, at_once: bool) -> None:
    """Make the next signing key; the present one signs until everybody has had time to fetch the next."""
    with opened(service, "rotate-keys") as (settings, database), database.transaction() as session:
        lifetime = settings.access_token_lifetime
        key = signing_keys.rotate(session, settings.seal, token_lifetime=lifetime, at_once=at_once)
    say({"kid": key.kid, "signs_from": key.signs_from})


@click.command("prune", epilog="Example: job prune; the scheduler does it every hour")
@click.pass_obj
def prune(service: Service) -> None:
    """Remove ended sign-ins, reset links, old keys, idempotency keys and rate windows."""
    with opened(service, "prune") as (_, database):
        with database.transaction() as session:
            removed = pruning.prune(session)
        say({**removed, **housekeeping.sweep(database)})


@click.command("announce-resets", epilog="Example: job announce-resets; the scheduler does it every second")
@click.pass_obj
def announce_resets(service: Service) -> None:
    """Say who has asked for a new password, so that the link is sent: later, and so in no time that tells who did."""
    with opened(service, "announce-resets") as (_, database), database.transaction() as session:
        announced = password_resets.announce(session)
    say({"announced": announced})


JOBS = (create_user, rotate_keys)
SCHEDULE = (
    Scheduled(command=announce_resets, every=timedelta(seconds=1)),
    Scheduled(command=prune, every=timedelta(hours=1)),
)
