"""Migrations go up and down, with data, on every database."""

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from takeover.app import create_app
from takeover.db import db
from takeover.migrating import alembic_of
from tests import cast as company
from tests.conftest import settings_for


def test_they_go_down_and_up_again_with_data(database, tmp_path):
    """From the newest down to nothing, and up: on a database of its own."""
    url = _fresh(database, tmp_path)
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        alembic = alembic_of(app)
        alembic.upgrade()
        company.gather(db.session)
        db.session.close()

        for revision in list(alembic.script_directory.walk_revisions()):
            alembic.downgrade(revision.down_revision or "base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}

        alembic.upgrade()
        company.gather(db.session)
        db.session.close()
        db.engine.dispose()


def _fresh(database, tmp_path) -> str:
    if database.url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/migrating.db"
    engine = create_engine(database.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrating"))
        connection.execute(text("CREATE DATABASE migrating"))
    return str(database.url).replace("/postgres?", "/migrating?")
