"""Migrations go up and down, with data, on every database."""

import pytest
from flask_alembic import Alembic
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from takeover.app import create_app
from takeover.db import db
from takeover.instagram.models import SandboxItem, SandboxPost
from takeover.media.changing import refuse
from takeover.media.models import Media, MediaState
from takeover.media.refusals import Empty
from takeover.migrating import alembic_of
from tests import cast as company
from tests.cast import NOW
from tests.conftest import settings_for

pytestmark = pytest.mark.each_database


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


def test_what_is_on_the_sandbox_account_stays_there(database, tmp_path):
    app = create_app(settings_for(_fresh(database, tmp_path), tmp_path))
    with app.app_context():
        alembic = alembic_of(app)
        alembic.upgrade()
        post = SandboxPost(account="a", client_id="1", caption="Kept", published_at=NOW)
        post.items = [
            SandboxItem(position=n, alt_text=f"Alt {n}", picture=b"JPEG %d" % n) for n in range(2)
        ]
        db.session.add(post)
        db.session.commit()
        db.session.close()

        alembic.downgrade("1795400000")
        before = db.session.execute(text("SELECT caption, alt_text, photo FROM sandbox_posts"))
        (caption, alt_text, photo) = before.one()
        assert (caption, alt_text, bytes(photo)) == ("Kept", "Alt 0", b"JPEG 0")
        db.session.close()

        alembic.upgrade()
        (item,) = db.session.query(SandboxPost).one().items
        assert (item.alt_text, item.picture) == ("Alt 0", b"JPEG 0")
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


def test_posts_and_photos_outlive_new_kinds_of_media_and_their_taking_back(database, tmp_path):
    """With rows that point at each other, on tables that SQLite makes anew."""
    app = create_app(settings_for(_fresh(database, tmp_path), tmp_path))
    with app.app_context():
        alembic = alembic_of(app)
        _write_the_old_way(alembic)

        alembic.upgrade()
        _change("UPDATE media SET state = 'cancelled' WHERE id = 2")
        _change(
            "INSERT INTO renditions (id, media_id, kind, key, sha256, content_type, width, height,"
            " bytes) VALUES (2, 1, 'cover', 'k', 's', 'image/jpeg', 1, 1, 1)"
        )
        facts = "SELECT surface, shape, state FROM posts"
        assert _all(facts) == [("feed", "own", "submitted")]
        facts = "SELECT state, repeats, progress, enlarged, duration FROM media ORDER BY id"
        assert _all(facts) == [("ready", 1, 0, False, None), ("cancelled", 1, 0, False, None)]
        assert _all("SELECT post_id, media_id FROM pictures") == [(1, 1)]
        with pytest.raises(IntegrityError):
            _change("UPDATE media SET original_key = '' WHERE id = 1")
        with pytest.raises(IntegrityError):
            _change("UPDATE posts SET shape = '3:4'")

        alembic.downgrade("1795330000")
        assert _all("SELECT id, kind FROM renditions") == [(1, "feed")]
        assert _all("SELECT state FROM media ORDER BY id") == [("ready",), ("refused",)]
        assert _all("SELECT post_id, media_id FROM pictures") == [(1, 1)]
        with pytest.raises(IntegrityError):
            _change("UPDATE media SET state = 'arriving'")
        db.engine.dispose()


def test_what_was_refused_before_stays_readable_and_what_is_refused_now_is_on_the_way_back(
    database, tmp_path
):
    app = create_app(settings_for(_fresh(database, tmp_path), tmp_path))
    with app.app_context():
        alembic = alembic_of(app)
        _write_the_old_way(alembic)
        _change("UPDATE media SET state = 'refused', refusal = 'Trop petite.' WHERE id = 2")

        alembic.upgrade()
        assert db.session.get_one(Media, 2).refusal == "Trop petite."
        one = db.session.get_one(Media, 1)
        one.move(MediaState.RECEIVED, by=None, at=NOW)
        refuse(one, Empty(), at=NOW)
        db.session.commit()
        db.session.close()
        with pytest.raises(IntegrityError):
            _change("UPDATE media SET refusal = '' WHERE id = 1")
        for table, column in (("media", "original_key"), ("renditions", "key")):
            assert [column] in [
                one["column_names"] for one in inspect(db.engine).get_indexes(table)
            ]

        alembic.downgrade("1795410000")
        assert _all("SELECT refusal FROM media ORDER BY id") == [
            ("We could not use this file. Choose another one.",),
            ("Trop petite.",),
        ]
        db.engine.dispose()


def test_names_of_files_outlive_the_move_from_their_uploads_and_back(database, tmp_path):
    app = create_app(settings_for(_fresh(database, tmp_path), tmp_path))
    with app.app_context():
        alembic = alembic_of(app)
        _write_the_old_way(alembic)
        alembic.upgrade("1795500000")
        _change(
            "INSERT INTO uploads (id, token, media_id, bytes, name, created_at, expires_at) VALUES"
            " (1, 't', 2, 1, 'été.jpg', '2026-11-20 10:00:00', '2026-11-20 10:00:00')"
        )

        alembic.upgrade()
        facts = "SELECT name, whole_at FROM media ORDER BY id"
        assert _all(facts) == [("", None), ("été.jpg", None)]
        assert "name" not in [one["name"] for one in inspect(db.engine).get_columns("uploads")]
        with pytest.raises(IntegrityError):
            _change("UPDATE media SET original_key = '' WHERE id = 1")
        _change("UPDATE media SET name = 'IMG_1.jpg'")

        alembic.downgrade("1795500000")
        assert _all("SELECT media_id, name FROM uploads") == [(2, "IMG_1.jpg")]
        assert "whole_at" not in [one["name"] for one in inspect(db.engine).get_columns("media")]
        db.engine.dispose()


def test_posts_on_their_way_outlive_steered_publishing_and_its_taking_back(database, tmp_path):
    app = create_app(settings_for(_fresh(database, tmp_path), tmp_path))
    at = "'2026-11-20 10:00:00'"
    with app.app_context():
        alembic = alembic_of(app)
        _write_the_old_way(alembic)
        alembic.upgrade("1795510000")
        approver = _all("SELECT max(id) FROM people")[0][0]
        copied = "programme_id, week_id, author_id, caption, created_at, permalink"
        states = ("publishing", "uncertain", "published")
        for number, state in enumerate(states, 2):
            went_out = at if state == "published" else "NULL"
            _change(
                f"INSERT INTO posts (id, {copied}, state, approved_digest, approved_by_id, slot_at,"
                f" published_at) SELECT {number}, {copied}, '{state}', 'd', {approver},"
                f" '2026-11-20 1{number}:00:00', {went_out} FROM posts WHERE id = 1"
            )
            sent = "NULL" if state == "publishing" else at
            _change(
                "INSERT INTO publications (post_id, fence, handle, sent_at, tries, trouble)"
                f" VALUES ({number}, 1, '{{}}', {sent}, 1, '')"
            )

        alembic.upgrade()
        ordered = "SELECT state FROM posts ORDER BY id"
        assert _all(ordered) == [("submitted",), ("approved",), ("uncertain",), ("published",)]
        looked = "SELECT post_id FROM publications WHERE next_try_at = sent_at"
        assert _all(looked) == [(3,)]
        _change("UPDATE posts SET state = 'taken_down' WHERE id = 4")
        with pytest.raises(IntegrityError):
            _change("UPDATE posts SET published_at = NULL WHERE id = 4")

        alembic.downgrade("1795510000")
        assert _all(ordered) == [("submitted",), ("approved",), ("uncertain",), ("published",)]
        assert _all("SELECT fence FROM publications WHERE post_id = 2") == [(0,)]
        with pytest.raises(IntegrityError):
            _change("UPDATE posts SET state = 'taken_down' WHERE id = 4")
        db.engine.dispose()


def test_a_hold_on_an_account_outlives_its_waits_and_their_taking_back(database, tmp_path):
    app = create_app(settings_for(_fresh(database, tmp_path), tmp_path))
    with app.app_context():
        alembic = alembic_of(app)
        alembic.upgrade()
        company.gather(db.session)
        db.session.close()
        alembic.downgrade("1795600000")
        _change("INSERT INTO account_holds (programme_id, fence) SELECT id, 7 FROM programmes")

        alembic.upgrade()
        held = "SELECT fence, waits, wait_until, wait_of FROM account_holds"
        assert _all(held) == [(7, 0, None, "")]
        _change(
            "UPDATE account_holds SET waits = 2, wait_until = '2026-11-20 10:00:00',"
            " wait_of = 'graph 1'"
        )

        alembic.downgrade("1795710000")
        assert _all("SELECT fence, waits FROM account_holds") == [(7, 2)]
        alembic.upgrade()
        assert _all("SELECT waits, wait_of FROM account_holds") == [(2, "")]
        alembic.downgrade("1795600000")
        assert _all("SELECT fence FROM account_holds") == [(7,)]
        db.engine.dispose()


def _write_the_old_way(alembic: Alembic) -> None:
    at = "'2026-11-20 10:00:00'"
    alembic.upgrade()
    company.gather(db.session)
    db.session.close()
    alembic.downgrade("1795330000")
    programme, week, person = _all("SELECT programme_id, id, person_id FROM weeks")[0]
    _change(
        "INSERT INTO media (id, owner_id, state, format, sha256, bytes, original_key, width,"
        " height, padded, refusal, received_at, tries) VALUES"
        f" (1, {person}, 'ready', 'jpeg', 'a', 1, 'k1', 9, 9, false, '', {at}, 1),"
        f" (2, {person}, 'received', 'jpeg', 'b', 1, 'k2', 0, 0, false, '', {at}, 0)"
    )
    _change(
        "INSERT INTO renditions (id, media_id, kind, key, sha256, content_type, width, height,"
        " bytes) VALUES (1, 1, 'feed', 'k3', 'c', 'image/jpeg', 9, 9, 1)"
    )
    _change(
        "INSERT INTO posts (id, programme_id, week_id, author_id, state, caption, created_at,"
        f" permalink) VALUES (1, {programme}, {week}, {person}, 'submitted', 'x', {at}, '')"
    )
    _change(
        "INSERT INTO pictures (id, post_id, media_id, position, alt_text) VALUES (1, 1, 1, 0, '')"
    )


def _all(statement: str) -> list[tuple[object, ...]]:
    with db.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def _change(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))
