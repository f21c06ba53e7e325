"""What the database is asked, to see that it is not asked more of for more rows."""

from collections.abc import Callable

from sqlalchemy import event

from takeover.db import db


def questions_of(do: Callable[[], object]) -> list[str]:
    """The statements that it runs meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_facts: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return asked
