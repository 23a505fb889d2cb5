"""A past for both services: every table on the way of a registration filled with so many rows, made by the server."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from benchmarks.stage import Store

_ID = """
    CREATE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
        SELECT ('0' || to_hex(1700000000000 + n) || '7' || substr(md5(kind || n), 1, 3)
                || '8' || substr(md5(kind || n), 4, 15))::uuid
    $$
"""
_EVENT = """
    json_build_object('specversion', '1.0', 'id', {id}, 'source', {source}, 'type', {type}, 'subject', {subject},
                      'time', {at}, 'datacontenttype', 'application/json', 'schemaversion', 1, 'aggregateversion', 1,
                      'correlationid', {id}, 'data', json_build_object('customer_id', pg_temp.made('customer', n),
                                                                       'filler', repeat('x', 200)))
"""
_AT = "timestamptz '2026-01-01' + n * interval '1 second'"
_CREATED = _EVENT.format(
    id="pg_temp.made('created', n)",
    source="'/identity'",
    type="'customer.created'",
    subject="pg_temp.made('customer', n)",
    at=_AT,
)
_LINKED = _EVENT.format(
    id="pg_temp.made('linked', n)",
    source="'/vendor'",
    type="'vendor_customer.linked'",
    subject="pg_temp.made('mapping', n)",
    at=_AT,
)
_OUTBOX = """
    INSERT INTO outbox (event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope,
                        published_at, log_position)
    SELECT pg_temp.made('{kind}', n), '{type}', pg_temp.made('{aggregate}', n), 1, {at},
           pg_temp.made('correlation', n)::text, {envelope}, {at}, nextval('outbox_log_position')
    FROM generate_series(1, :rows) n
"""
IDENTITY = {
    "user_account": f"""
        INSERT INTO user_account (id, email, email_key, name, locale, role, password_hash, version, registered_at,
                                  updated_at)
        SELECT pg_temp.made('customer', n), 'p' || n || '@past.example', 'p' || n || '@past.example', 'Past ' || n,
               'en', 'customer', '-', 1, {_AT}, {_AT}
        FROM generate_series(1, :rows) n""",
    "outbox": _OUTBOX.format(kind="created", type="customer.created", aggregate="customer", at=_AT, envelope=_CREATED),
}
VENDOR = {
    "vendor": f"""
        INSERT INTO vendor (id, user_id, name, slug, code, status, commission_bps, version, created_at)
        SELECT pg_temp.made('vendor', n), pg_temp.made('user', n), 'Past ' || n, 'past-' || n, 'PAST' || n, 'approved',
               1000, 1, {_AT}
        FROM generate_series(1, :rows) n""",
    "vendor_status": f"""
        INSERT INTO vendor_status (vendor_id, version, status, since)
        SELECT pg_temp.made('vendor', n), 1, 'approved', {_AT} FROM generate_series(1, :rows) n""",
    "vendor_invite_token": f"""
        INSERT INTO vendor_invite_token (id, vendor_id, token, created_at)
        SELECT pg_temp.made('invite', n), pg_temp.made('vendor', n), md5('token' || n), {_AT}
        FROM generate_series(1, :rows) n""",
    "customer": """
        INSERT INTO customer (id, email, name, version)
        SELECT pg_temp.made('customer', n), 'p' || n || '@past.example', 'Past ' || n, 1
        FROM generate_series(1, :rows) n""",
    "vendor_customer": f"""
        INSERT INTO vendor_customer (id, vendor_id, customer_id, invite_token_id, source, event_id, created_at,
                                     linked_at, version)
        SELECT pg_temp.made('mapping', n), pg_temp.made('vendor', n), pg_temp.made('customer', n),
               pg_temp.made('invite', n), 'registration', pg_temp.made('created', n), {_AT}, {_AT}, 1
        FROM generate_series(1, :rows) n""",
    "invite_outcome": f"""
        INSERT INTO invite_outcome (event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id,
                                    source, outcome, occurred_at)
        SELECT pg_temp.made('created', n), pg_temp.made('customer', n), md5('token' || n), pg_temp.made('vendor', n),
               pg_temp.made('invite', n), pg_temp.made('mapping', n), 'registration', 'linked', {_AT}
        FROM generate_series(1, :rows) n""",
    "inbox": f"""
        INSERT INTO inbox (event_id, type, source, aggregate_id, aggregate_version, occurred_at, correlation_id,
                           envelope, status, handled_at)
        SELECT pg_temp.made('created', n), 'customer.created', 'identity', pg_temp.made('customer', n), 1, {_AT},
               pg_temp.made('correlation', n)::text, {_CREATED}, 'handled', {_AT}
        FROM generate_series(1, :rows) n""",
    "outbox": _OUTBOX.format(
        kind="linked", type="vendor_customer.linked", aggregate="mapping", at=_AT, envelope=_LINKED
    ),
}


def crowd(identity: Store, vendor: Store, rows: int, say: Callable[[str], None]) -> None:
    """Fill both services' tables, then vacuum and analyse them; minutes for a million rows each."""
    for store, tables in ((identity, IDENTITY), (vendor, VENDOR)):
        with store.engine.connect() as connection:
            connection.execute(text("SET synchronous_commit = off"))
            connection.execute(text(_ID))
            connection.commit()
            for name, statement in tables.items():
                say(f"{rows:,} rows into {store.service}'s {name}")
                connection.execute(text(statement), {"rows": rows})
                connection.commit()
        store.vacuum()
