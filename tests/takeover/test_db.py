from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, StatementError

from takeover.app import create_app
from takeover.audit import AuditEntry
from takeover.db import Instant, db
from takeover.people.models import Person
from tests.conftest import settings_for

pytestmark = pytest.mark.each_database


def test_an_instant_comes_back_in_utc(session, cast):
    tokyo = timezone(timedelta(hours=9))
    cast.programme.created_at = datetime(2026, 1, 2, 3, 4, tzinfo=tokyo)
    session.commit()

    assert cast.programme.created_at == datetime(2026, 1, 1, 18, 4, tzinfo=UTC)
    assert cast.programme.created_at.tzinfo is UTC


def test_an_instant_without_its_zone_is_refused(session, cast):
    cast.programme.created_at = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001  # that is the point

    with pytest.raises(StatementError, match="time zone"):
        session.commit()
    assert Instant.cache_ok


def test_the_database_itself_refuses_a_state_it_does_not_know(session, cast):
    with pytest.raises(DBAPIError):
        session.execute(update(Person).values(email="UPPER@EXAMPLE.COM"))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"]
)
def test_the_record_is_never_edited(session, cast, statement):
    assert session.query(AuditEntry).count() > 0

    with pytest.raises(DBAPIError, match="never edited"):
        session.connection().exec_driver_sql(statement)


def test_on_sqlite_a_commit_is_on_the_disk_before_anybody_is_told(tmp_path):
    """A power cut after a post was sent must not make us believe that it was not."""
    app = create_app(settings_for(f"sqlite:///{tmp_path}/t.db", tmp_path))

    with app.app_context():
        assert db.session.scalar(text("PRAGMA synchronous")) == 2  # FULL
