"""How Alembic runs the migrations: on the application's own engine, the same revisions on SQLite and PostgreSQL."""

from alembic import context
from sqlalchemy import text

from qa_app.db import Database
from qa_app.models import Base

database: Database = context.config.attributes["database"]

with database.engine.connect() as connection:
    # Batch mode rebuilds SQLite tables, which foreign keys would forbid; the check below runs before the commit.
    if database.sqlite:
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=database.sqlite)
    with context.begin_transaction():
        if not database.sqlite:
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(7200571)"))
        context.run_migrations()
        if database.sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("The migration would leave rows that point at nothing; nothing was changed.")
    if database.sqlite:
        connection.connection.cursor().execute("PRAGMA foreign_keys = ON")
