"""A vendor service with a past: so many registrations in its inbox, and the tables that they made, all by SQL."""

from __future__ import annotations

from sqlalchemy import Connection, text

from benchmarks import people
from benchmarks.stage import Store
from services.vendor.domain import mappings, replica

_AT = "timestamptz '2026-03-01 11:00Z' + n * interval '1 millisecond'"
_TIME = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_ID = """
    CREATE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
        SELECT (lpad(to_hex(1772362800000 + n), 12, '0') || '7' || substr(md5(kind || n), 1, 3)
                || '8' || substr(md5(kind || n), 4, 15))::uuid
    $$
"""
_INBOX = f"""
    INSERT INTO inbox (event_id, type, source, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope,
                       status, handled_at)
    SELECT event, 'customer.created', 'identity', customer, 1, at, 'past', json_build_object(
               'specversion', '1.0', 'id', event, 'source', '/identity', 'type', 'customer.created',
               'subject', customer, 'time', {_TIME}, 'datacontenttype', 'application/json', 'schemaversion', 1,
               'aggregateversion', 1, 'correlationid', 'past', 'data', json_build_object(
                   'customer_id', customer, 'email', 'p' || n || '@shop.example', 'name', 'Person ' || n,
                   'locale', 'en', 'registered_at', {_TIME}, 'metadata', json_build_object('invite_token', token))),
           'handled', at
    FROM (SELECT n, pg_temp.made('event', n) AS event, pg_temp.made('customer', n) AS customer, {_AT} AS at,
                 (CAST(:tokens AS text[]))[1 + n % cardinality(CAST(:tokens AS text[]))] AS token
          FROM generate_series(1, :rows) n) registered
"""
_OUTCOME = """
    INSERT INTO invite_outcome (event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id, source,
                                outcome, occurred_at)
    SELECT event_id, aggregate_id, i.token, i.vendor_id, i.id, pg_temp.made('mapping', seq), 'registration', 'linked',
           occurred_at
    FROM inbox JOIN vendor_invite_token i ON i.token = envelope->'data'->'metadata'->>'invite_token'
"""
_DAMAGE = (
    "DELETE FROM vendor_customer WHERE id IN (SELECT id FROM vendor_customer ORDER BY id LIMIT :some)",
    "UPDATE customer SET name = 'Wrong' WHERE id IN (SELECT id FROM customer ORDER BY id LIMIT :some)",
)


def make(store: Store, rows: int) -> None:
    """Fill inbox, outcomes, names and lists with so many people, then vacuum and analyse; a minute for a million."""
    tokens = people.invite(store)
    with store.engine.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        connection.execute(text(_ID))
        connection.execute(text("UPDATE vendor_status SET since = '2020-01-01'"))
        connection.execute(text(_INBOX), {"rows": rows, "tokens": tokens})
        connection.execute(text(_OUTCOME))
        connection.execute(text(f"INSERT INTO customer {replica.DEFINITION}"), {"of": None})
        connection.execute(text(f"INSERT INTO vendor_customer {mappings.DEFINITION}"), {"of": None})
    store.vacuum()


def damage(connection: Connection, some: int) -> None:
    """Lose some places on lists and spoil some names."""
    for statement in _DAMAGE:
        connection.execute(text(statement), {"some": some})
