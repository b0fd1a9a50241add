"""What Alembic runs for each command: the steps go over the connection, and in the transaction, that it is given."""

from alembic import context

from inzwa.feedback.store.schema import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite changes a column by making its table anew
)
context.run_migrations()
