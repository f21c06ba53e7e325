"""The database session, the base of all models, and the column types they share."""

import sqlite3
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from flask import has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Enum, MetaData, TypeDecorator, event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_BUSY_MS = 10_000

_WRITES = "takeover.writes"
"""In the environment of a request that writes, though its method is of those that read."""

db = SQLAlchemy()


class Instant(TypeDecorator[datetime]):
    """An instant: aware and in UTC on this side, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it off the class
        datetime: Instant(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[int]: JSON(),
    }


Id = Annotated[int, mapped_column(primary_key=True)]


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds one of the enum's values, and that the database itself checks."""
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_")
    return Enum(
        kind,
        name=f"{name}_known",
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we begin transactions ourselves, below
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # a power cut must not undo that a post was sent: decision 0027
        "foreign_keys = ON",
        f"busy_timeout = {SQLITE_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "handle_error")
def _forget_values(context: ExceptionContext) -> None:
    """PostgreSQL adds "Key (email)=(…) already exists.", or the whole row, to what it refuses; an
    error's text goes into the log, where names must not."""
    error = context.original_exception
    told = getattr(getattr(error, "diag", None), "message_primary", None)
    if told:
        error.args = (told,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(error).__name__}) {told}",)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    # A transaction that reads first and writes later cannot wait for another writer: SQLite
    # refuses it at once. So whoever may write takes the lock when it begins.
    connection.exec_driver_sql("BEGIN" if _only_reads() else "BEGIN IMMEDIATE")


def write_from_here() -> None:
    """A GET writes all the same: the transactions that begin from here on may wait for other
    writers. One that is open has read, and must be over."""
    request.environ[_WRITES] = True


def _only_reads() -> bool:
    is_get = has_request_context() and request.method in {"GET", "HEAD", "OPTIONS"}
    return is_get and _WRITES not in request.environ
