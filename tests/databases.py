"""Migrated databases that are as new for each test, empty or with the cast in them.

The cast is gathered once for each database, by the verbs that everybody uses; after that its rows
are put back as they were, which takes milliseconds.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, text

from config import Settings
from takeover.app import create_app
from takeover.db import Model, db
from takeover.migrating import alembic_of


class Database(Protocol):
    url: str

    def empty(self) -> None:
        """Leave nothing in it but its tables."""

    def fill(self, gather: Callable[[], None]) -> None:
        """Put in what `gather` puts into an empty one."""


class SqliteDatabase:
    """A file, put back page by page: connections that are open go on with what it holds then."""

    def __init__(self, folder: Path) -> None:
        self._pristine, self._filled = folder / "pristine.db", folder / "filled.db"
        self._used = folder / "used.db"
        self.url = f"sqlite:///{self._used}"
        migrate(f"sqlite:///{self._pristine}")

    def empty(self) -> None:
        copy(self._pristine, self._used)

    def fill(self, gather: Callable[[], None]) -> None:
        if not self._filled.exists():
            gather()
            copy(self._used, self._filled)
        db.session.close()
        copy(self._filled, self._used)


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as full, closing(sqlite3.connect(target)) as other:
        other.execute("PRAGMA synchronous = OFF")
        full.backup(other)


class PostgresDatabase:
    """A database of a server of ours, put back by one round of deletes and inserts."""

    def __init__(self, url: str) -> None:
        self.url = url
        migrate(url)
        # Superusers may pass by triggers and foreign keys: the rows put back are known to be right.
        self._connection = create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            connect_args={"options": "-c session_replication_role=replica"},
        ).connect()
        self._tables = list(Model.metadata.tables)
        self._empty = "".join(f"DELETE FROM {table};" for table in self._tables)
        self._restart = ""
        self._fill = ""
        query = text("SELECT sequencename FROM pg_sequences")
        sequences = self._connection.scalars(query).all()
        self._restart = "SELECT " + ", ".join(f"setval('{s}', 1, false)" for s in sequences)
        self._sequences = sequences

    def empty(self) -> None:
        self._run(self._empty + self._restart)

    def fill(self, gather: Callable[[], None]) -> None:
        db.session.close()
        if not self._fill:
            gather()
            db.session.close()
            self._fill = self._keep(self._connection)
            return
        self._run(self._fill)

    def close(self) -> None:
        self._connection.close()
        self._connection.engine.dispose()

    def _keep(self, connection: Connection) -> str:
        """Keep a copy of all rows; gives the statements that put them back."""
        connection.execute(text("CREATE SCHEMA filled"))
        statements = []
        for table in self._tables:
            connection.execute(text(f"CREATE TABLE filled.{table} AS TABLE {table}"))
            if connection.scalar(text(f"SELECT count(*) FROM {table}")):
                statements.append(f"INSERT INTO {table} SELECT * FROM filled.{table};")
        reached = {
            name: connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()
            for name in self._sequences
        }
        values = [f"setval('{n}', {value}, {called})" for n, (value, called) in reached.items()]
        return "".join(statements) + "SELECT " + ", ".join(values)

    def _run(self, statements: str) -> None:
        self._connection.exec_driver_sql(statements)


def migrate(url: str) -> None:
    app = create_app(Settings(database_url=url, queue_url="now:"))
    with app.app_context():
        alembic_of(app).upgrade()
        db.session.close()
        db.engine.dispose()
