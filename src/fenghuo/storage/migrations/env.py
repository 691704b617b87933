"""How Alembic runs our migrations: on the connection that `fenghuo.storage.migrate` hands over."""

from alembic import context

from fenghuo.storage.schema import metadata

# One transaction around all, opened by the caller: on SQLite too a migration is whole or absent.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
