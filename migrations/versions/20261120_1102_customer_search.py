"""Search: customers by similar name, email prefix, in alphabetical pages; messages by customer for merges."""

from alembic import op

revision = "20261120_1102"
down_revision = "20261120_1045"
branch_labels = None
depends_on = None

# The threshold belongs to the search, not to the session: 0.33 finds a wrong letter in the middle
# of a word of five ("smoth"), at a third of the trigrams. Whole words then rank before parts. The
# planner takes likeness for as cheap as "=", so it would rather read the whole table (270 ms at
# 100,000 customers) than the index (20 to 60 ms); here it may not.
SIMILAR_CUSTOMERS = """
    CREATE FUNCTION keytag_similar_customers(wanted text, swapped text[], most bigint)
    RETURNS TABLE (id uuid, likeness real) LANGUAGE sql STABLE ROWS 100
    SET pg_trgm.word_similarity_threshold = 0.33
    SET enable_seqscan = off
    SET jit = off
    AS $$
        (
            SELECT c.id, strict_word_similarity(wanted, c.name_key)
              FROM customers c
             WHERE wanted <% c.name_key AND c.deleted_at IS NULL
             ORDER BY 2 DESC, c.name_key, c.id
             LIMIT most
        )
        UNION ALL
        (
            SELECT c.id, (strict_word_similarity(s.word, c.name_key) + strict_word_similarity(wanted, c.name_key)) / 2
              FROM unnest(swapped) AS s (word) JOIN customers c ON c.name_key LIKE '%' || s.word || '%'
             WHERE c.deleted_at IS NULL
             ORDER BY 2 DESC, c.name_key, c.id
             LIMIT most
        )
    $$
"""


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_customers_name_key_id",
        "customers",
        ["name_key", "id"],
        postgresql_ops={"name_key": "text_pattern_ops"},
        postgresql_where="deleted_at IS NULL",
    )
    op.drop_index("ix_customers_email", table_name="customers")
    op.create_index("ix_customers_email", "customers", ["email"], postgresql_ops={"email": "text_pattern_ops"})
    op.create_index("ix_customers_phone", "customers", ["phone"])
    op.create_index("ix_messages_customer_id", "messages", ["customer_id"])
    # The library must be loaded before its setting can stand in a function.
    op.execute("SELECT show_limit()")
    op.execute(SIMILAR_CUSTOMERS)


def downgrade() -> None:
    """Take back."""
    op.execute("DROP FUNCTION keytag_similar_customers(text, text[], bigint)")
    op.drop_index("ix_messages_customer_id", table_name="messages")
    op.drop_index("ix_customers_phone", table_name="customers")
    op.drop_index("ix_customers_email", table_name="customers")
    op.create_index("ix_customers_email", "customers", ["email"])
    op.drop_index("ix_customers_name_key_id", table_name="customers")
