"""Alembic's entry: runs the revisions on the connection it was handed, or prints them as SQL (`--sql`)."""

from alembic import context

# One transaction per revision: a lock wait that gives up loses one step, and a retry goes on from there.
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
else:
    context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)

with context.begin_transaction():
    context.run_migrations()
