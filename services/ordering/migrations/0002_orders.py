"""Orders, the way of each, and their split.

The database itself keeps what must never be wrong: parts add up to their order, each item is in exactly one part, and
what was agreed is not changed.
"""

from alembic import op

revision = "ordering_0002"
down_revision = "ordering_0001"
branch_labels = None
depends_on = None

PAST = "append-only: the role of the service may insert and read, nobody changes a row"
APPEND_ONLY = ("order_item", "saga_step", "vendor_order_step")


def upgrade() -> None:
    for statement in (*ORDERS, *PARTS, REFUSE_TO_CHANGE_THE_PAST, *AGREED, *WHOLE):
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(f"COMMENT ON TABLE {table} IS '{PAST}'")
        op.execute(f"""
            CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past()
        """)
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only")


ORDERS = (
    """
    CREATE TABLE customer_order (
        id uuid PRIMARY KEY,
        number text NOT NULL CONSTRAINT customer_order_number UNIQUE,
        customer_id uuid NOT NULL,
        cart_id uuid NOT NULL,
        status text NOT NULL CONSTRAINT customer_order_status_known
            CHECK (status IN ('pending', 'confirmed', 'rejected', 'cancelled')),
        currency text NOT NULL,
        items bigint NOT NULL CONSTRAINT customer_order_items_positive CHECK (items >= 1),
        subtotal bigint NOT NULL,
        shipping bigint NOT NULL,
        discount bigint NOT NULL,
        total bigint NOT NULL,
        discount_code_id uuid REFERENCES discount_code (id),
        shipping_address jsonb NOT NULL,
        plan jsonb NOT NULL,
        reason text,
        refused jsonb,
        placed_at timestamptz NOT NULL,
        decided_at timestamptz,
        version bigint NOT NULL,
        CONSTRAINT customer_order_adds_up CHECK (
            total = subtotal + shipping - discount AND subtotal >= 0 AND shipping >= 0
            AND discount BETWEEN 0 AND subtotal),
        CONSTRAINT customer_order_pending_is_undecided CHECK ((status = 'pending') = (decided_at IS NULL)),
        CONSTRAINT customer_order_ended_has_reason CHECK (status IN ('pending', 'confirmed') OR reason IS NOT NULL)
    )
    """,
    "CREATE INDEX customer_order_customer ON customer_order (customer_id, id)",
    "CREATE INDEX customer_order_status ON customer_order (status, id)",
    """
    CREATE TABLE order_saga (
        order_id uuid PRIMARY KEY REFERENCES customer_order (id),
        state text NOT NULL CONSTRAINT order_saga_state_known
            CHECK (state IN ('reserving', 'paying', 'confirmed', 'rejected', 'cancelled')),
        since timestamptz NOT NULL,
        deadline timestamptz,
        CONSTRAINT order_saga_open_has_deadline CHECK ((state IN ('reserving', 'paying')) = (deadline IS NOT NULL))
    )
    """,
    "CREATE INDEX order_saga_due ON order_saga (deadline) WHERE deadline IS NOT NULL",
    """
    CREATE TABLE saga_step (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL,
        step text NOT NULL,
        at timestamptz NOT NULL,
        noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        cause_id uuid,
        why text NOT NULL
    )
    """,
    "CREATE INDEX saga_step_order ON saga_step (order_id, id)",
)
PARTS = (
    """
    CREATE TABLE vendor_order_count (
        vendor_id uuid NOT NULL,
        day date NOT NULL,
        last bigint NOT NULL,
        CONSTRAINT vendor_order_count_pkey PRIMARY KEY (vendor_id, day)
    )
    """,
    """
    CREATE TABLE vendor_order (
        id uuid PRIMARY KEY,
        number text NOT NULL CONSTRAINT vendor_order_number UNIQUE,
        order_id uuid NOT NULL REFERENCES customer_order (id),
        vendor_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        status text NOT NULL CONSTRAINT vendor_order_status_known
            CHECK (status IN ('pending', 'accepted', 'packed', 'shipped', 'delivered', 'cancelled', 'rejected')),
        currency text NOT NULL,
        subtotal bigint NOT NULL,
        shipping bigint NOT NULL,
        discount bigint NOT NULL,
        total bigint NOT NULL,
        commission_bps bigint NOT NULL,
        rate_version bigint NOT NULL,
        commission bigint NOT NULL,
        earnings bigint NOT NULL,
        carrier text,
        tracking_number text,
        reason text,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        version bigint NOT NULL,
        CONSTRAINT vendor_order_of_order UNIQUE (order_id, vendor_id),
        CONSTRAINT vendor_order_adds_up CHECK (
            total = subtotal + shipping - discount AND earnings = subtotal - commission
            AND subtotal >= 0 AND shipping >= 0 AND discount BETWEEN 0 AND subtotal),
        CONSTRAINT vendor_order_commission_is_half_up CHECK (
            commission_bps BETWEEN 0 AND 10000
            AND commission = div(subtotal::numeric * commission_bps + 5000, 10000)),
        CONSTRAINT vendor_order_shipped_is_traceable CHECK (
            status NOT IN ('shipped', 'delivered') OR num_nonnulls(carrier, tracking_number) = 2),
        CONSTRAINT vendor_order_off_has_reason CHECK (
            status NOT IN ('cancelled', 'rejected') OR reason IS NOT NULL)
    )
    """,
    "CREATE INDEX vendor_order_vendor ON vendor_order (vendor_id, id)",
    "CREATE INDEX vendor_order_vendor_status ON vendor_order (vendor_id, status, id)",
    """
    CREATE TABLE order_item (
        id uuid PRIMARY KEY,
        vendor_order_id uuid NOT NULL REFERENCES vendor_order (id),
        product_id uuid NOT NULL,
        title text NOT NULL,
        sku text NOT NULL,
        picture text,
        routed_by text NOT NULL CONSTRAINT order_item_routed_by_known
            CHECK (routed_by IN ('product_vendor', 'linked_vendor', 'house_vendor')),
        quantity bigint NOT NULL CONSTRAINT order_item_quantity_positive CHECK (quantity >= 1),
        unit_price bigint NOT NULL CONSTRAINT order_item_unit_price_not_negative CHECK (unit_price >= 0),
        subtotal bigint NOT NULL,
        discount bigint NOT NULL,
        CONSTRAINT order_item_adds_up CHECK (subtotal = unit_price * quantity AND discount BETWEEN 0 AND subtotal)
    )
    """,
    "CREATE INDEX order_item_vendor_order ON order_item (vendor_order_id)",
    """
    CREATE TABLE vendor_order_step (
        vendor_order_id uuid NOT NULL REFERENCES vendor_order (id),
        version bigint NOT NULL,
        status text NOT NULL,
        at timestamptz NOT NULL,
        actor_id uuid,
        actor_role text NOT NULL,
        reason text,
        CONSTRAINT vendor_order_step_pkey PRIMARY KEY (vendor_order_id, version)
    )
    """,
)
REFUSE_TO_CHANGE_THE_PAST = """
    CREATE FUNCTION refuse_to_change_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END
    $$
"""
AGREED = (
    """
    CREATE FUNCTION refuse_to_change_what_was_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'what was agreed in % stays: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    """
    CREATE TRIGGER customer_order_stays BEFORE DELETE OR UPDATE OF
        number, customer_id, currency, items, subtotal, shipping, discount, total, plan ON customer_order
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_was_agreed()
    """,
    """
    CREATE TRIGGER vendor_order_stays BEFORE DELETE OR UPDATE OF
        number, order_id, vendor_id, currency, subtotal, shipping, discount, total, commission_bps, rate_version,
        commission, earnings ON vendor_order
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_was_agreed()
    """,
)
WHOLE = (
    """
    CREATE FUNCTION refuse_unless_whole(orders uuid[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        broken text;
    BEGIN
        SELECT o.number INTO broken FROM customer_order o
        LEFT JOIN LATERAL (
            SELECT sum(v.subtotal) AS subtotal, sum(v.shipping) AS shipping, sum(v.discount) AS discount,
                   sum(v.total) AS total, sum(i.items) AS items,
                   bool_and(i.subtotal = v.subtotal AND i.discount = v.discount AND v.currency = o.currency
                            AND v.customer_id = o.customer_id) AS sound
            FROM vendor_order v CROSS JOIN LATERAL (
                SELECT count(*) AS items, sum(n.subtotal) AS subtotal, sum(n.discount) AS discount
                FROM order_item n WHERE n.vendor_order_id = v.id
            ) i
            WHERE v.order_id = o.id
        ) p ON true
        WHERE o.id = ANY (orders) AND o.status = 'confirmed'
          AND (p.subtotal, p.shipping, p.discount, p.total, p.items, p.sound)
              IS DISTINCT FROM (o.subtotal, o.shipping, o.discount, o.total, o.items, true)
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'the parts of order % do not add up to it', broken USING ERRCODE = 'check_violation';
        END IF;
    END
    $$
    """,
    """
    CREATE FUNCTION refuse_orders_that_are_not_whole() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM refuse_unless_whole(array_agg(n.id)) FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.status = 'confirmed' AND o.status <> 'confirmed';
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE FUNCTION refuse_parts_that_are_too_many() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM refuse_unless_whole(array_agg(DISTINCT order_id)) FROM new_rows;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE FUNCTION refuse_items_that_are_too_many() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM refuse_unless_whole(array_agg(DISTINCT v.order_id))
        FROM new_rows n JOIN vendor_order v ON v.id = n.vendor_order_id;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER customer_order_is_whole AFTER UPDATE ON customer_order
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_orders_that_are_not_whole()
    """,
    """
    CREATE TRIGGER vendor_order_is_of_a_whole AFTER INSERT ON vendor_order REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_that_are_too_many()
    """,
    """
    CREATE TRIGGER order_item_is_of_a_whole AFTER INSERT ON order_item REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_items_that_are_too_many()
    """,
)


def downgrade() -> None:
    op.execute("""
        DROP TABLE vendor_order_step, order_item, vendor_order, vendor_order_count, saga_step, order_saga,
            customer_order
    """)
    for function in (
        "refuse_items_that_are_too_many()",
        "refuse_parts_that_are_too_many()",
        "refuse_orders_that_are_not_whole()",
        "refuse_unless_whole(uuid[])",
        "refuse_to_change_what_was_agreed()",
        "refuse_to_change_the_past()",
    ):
        op.execute(f"DROP FUNCTION {function}")
