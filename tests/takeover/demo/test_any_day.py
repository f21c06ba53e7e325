"""The demo can be filled on whatever day somebody tries it."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from takeover.audit import AuditEntry
from takeover.db import db
from takeover.demo.filling import fill
from takeover.instagram.models import SandboxPost
from takeover.media.store import open_store
from takeover.web import settings
from takeover.weeks.models import Week


# The days are reckoned in Python; one database is enough.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 22, 23, 5, tzinfo=UTC),  # the first minutes of a Monday in Paris
        datetime(2026, 10, 25, 22, 50, tzinfo=UTC),  # the end of a Sunday of 25 hours
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),  # half an hour after summer time began
        datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    ],
    ids=str,
)
def test_it_fills_and_nothing_lies_in_the_future(app: Flask, at: datetime) -> None:
    assert fill(open_store(settings().media_url), at=at)
    with db.sessionmaker() as session:
        assert session.scalar(select(func.count()).select_from(SandboxPost)) == 10
        assert session.scalars(select(func.max(AuditEntry.at))).one() <= at
        weeks = list(session.scalars(select(Week)))
        assert len(weeks) == 10
        assert not any(week.has(at) for week in weeks)
