"""Stock: what there is of each SKU, the movements that it is the sum of, and what is put aside for which order."""

from alembic import op

revision = "catalog_0002"
down_revision = "catalog_0001"
branch_labels = None
depends_on = None

KINDS = """
    (kind = 'receipt' AND on_hand > 0 AND reserved = 0)
    OR (kind = 'adjustment' AND on_hand <> 0 AND reserved = 0 AND reason IS NOT NULL)
    OR (kind = 'reservation' AND on_hand = 0 AND reserved > 0 AND order_id IS NOT NULL)
    OR (kind = 'release' AND on_hand = 0 AND reserved < 0 AND order_id IS NOT NULL)
    OR (kind = 'sale' AND on_hand < 0 AND reserved IN (0, on_hand) AND order_id IS NOT NULL)
    OR (kind = 'return' AND on_hand > 0 AND reserved = 0 AND order_id IS NOT NULL)
"""


def upgrade() -> None:
    for statement in (*STOCK, *MOVEMENT, *RESERVATION):
        op.execute(statement)


STOCK = (
    """
    CREATE TABLE stock (
        product_id uuid PRIMARY KEY REFERENCES product_sku (id),
        on_hand bigint NOT NULL DEFAULT 0 CONSTRAINT stock_never_negative CHECK (on_hand >= 0),
        reserved bigint NOT NULL DEFAULT 0 CONSTRAINT stock_reserved_not_negative CHECK (reserved >= 0),
        threshold bigint NOT NULL DEFAULT 5 CONSTRAINT stock_threshold_not_negative CHECK (threshold >= 0),
        low boolean NOT NULL DEFAULT true,
        CONSTRAINT stock_reserved_is_there CHECK (reserved <= on_hand)
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE FUNCTION give_sku_a_stock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO stock (product_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER product_sku_has_stock AFTER INSERT ON product_sku
    FOR EACH ROW EXECUTE FUNCTION give_sku_a_stock()
    """,
    "INSERT INTO stock (product_id) SELECT id FROM product_sku ORDER BY id ON CONFLICT DO NOTHING",
    """
    CREATE FUNCTION refuse_sums_without_movement() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'stock is the sum of its movements: insert one' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER stock_is_a_sum BEFORE UPDATE OF on_hand, reserved ON stock
    FOR EACH ROW EXECUTE FUNCTION refuse_sums_without_movement()
    """,
)
MOVEMENT = (
    f"""
    CREATE TABLE stock_movement (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL CONSTRAINT stock_movement_once UNIQUE,
        product_id uuid NOT NULL REFERENCES stock (product_id),
        kind text NOT NULL,
        on_hand bigint NOT NULL,
        reserved bigint NOT NULL,
        on_hand_after bigint NOT NULL,
        reserved_after bigint NOT NULL,
        reason text,
        order_id uuid,
        actor_id uuid,
        cause_id uuid,
        at timestamptz NOT NULL,
        CONSTRAINT stock_movement_sound CHECK ({KINDS})
    )
    """,
    "CREATE INDEX stock_movement_product ON stock_movement (product_id, seq DESC)",
    "CREATE INDEX stock_movement_order ON stock_movement (order_id) WHERE order_id IS NOT NULL",
    """
    CREATE FUNCTION add_movement_to_stock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE stock s SET on_hand = s.on_hand + NEW.on_hand, reserved = s.reserved + NEW.reserved
        WHERE s.product_id = NEW.product_id
        RETURNING s.on_hand, s.reserved INTO NEW.on_hand_after, NEW.reserved_after;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER stock_movement_counts BEFORE INSERT ON stock_movement
    FOR EACH ROW EXECUTE FUNCTION add_movement_to_stock()
    """,
    """
    COMMENT ON TABLE stock_movement IS
    'append-only: the role of the service may insert and read, nobody changes a row'
    """,
    """
    CREATE TRIGGER stock_movement_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past()
    """,
    "ALTER TABLE stock_movement ENABLE ALWAYS TRIGGER stock_movement_is_append_only",
)
RESERVATION = (
    """
    CREATE TABLE stock_reservation (
        order_id uuid PRIMARY KEY,
        state text NOT NULL CONSTRAINT stock_reservation_state_known
            CHECK (state IN ('held', 'sold', 'released', 'expired', 'rejected', 'withdrawn')),
        reason text,
        cause_id uuid NOT NULL,
        requested_at timestamptz NOT NULL,
        expires_at timestamptz,
        version bigint NOT NULL,
        CONSTRAINT stock_reservation_held_expires CHECK (state <> 'held' OR expires_at IS NOT NULL)
    )
    """,
    "CREATE INDEX stock_reservation_due ON stock_reservation (expires_at) WHERE state = 'held'",
    """
    CREATE TABLE stock_reservation_line (
        order_id uuid NOT NULL REFERENCES stock_reservation (order_id),
        product_id uuid NOT NULL REFERENCES stock (product_id),
        quantity bigint NOT NULL CONSTRAINT stock_reservation_line_some CHECK (quantity > 0),
        released bigint NOT NULL DEFAULT 0 CONSTRAINT stock_reservation_line_released CHECK (released >= 0),
        expired bigint NOT NULL DEFAULT 0 CONSTRAINT stock_reservation_line_expired CHECK (expired >= 0),
        sold bigint NOT NULL DEFAULT 0 CONSTRAINT stock_reservation_line_sold CHECK (sold >= 0),
        returned bigint NOT NULL DEFAULT 0 CONSTRAINT stock_reservation_line_returned CHECK (returned >= 0),
        CONSTRAINT stock_reservation_line_pkey PRIMARY KEY (order_id, product_id),
        CONSTRAINT stock_reservation_line_not_more
            CHECK (released + expired + sold <= quantity AND returned <= sold)
    )
    """,
    "CREATE INDEX stock_reservation_line_product ON stock_reservation_line (product_id)",
)


def downgrade() -> None:
    op.execute("DROP TRIGGER product_sku_has_stock ON product_sku")
    for table in ("stock_reservation_line", "stock_reservation", "stock_movement", "stock"):
        op.execute(f"DROP TABLE {table}")
    for function in ("give_sku_a_stock", "refuse_sums_without_movement", "add_movement_to_stock"):
        op.execute(f"DROP FUNCTION {function}")
