"""`media verify`: whether every file that a row names is there, and none besides."""

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.web import settings
from tests import buckets
from tests.cast import NOW
from tests.movies import MOVIE, a_movie

NOBODYS = b"nobody names this"


@pytest.fixture(autouse=True)
def folder(app, monkeypatch, tmp_path):
    """A store of this test's own."""
    changed = replace(settings(), media_url=str(tmp_path / "files"))
    monkeypatch.setitem(app.extensions, "settings", changed)
    return tmp_path / "files"


@pytest.fixture
def store(folder):
    return open_store(str(folder))


@pytest.fixture
def movie(cast, session):
    return a_movie(session, cast.zofia)


@pytest.fixture
def verify(app):
    """Run it: its exit code, and its lines; the last one is the sum."""

    def run(*words):
        result = app.test_cli_runner().invoke(args=["media", "verify", *words])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout.splitlines()

    return run


def aged(folder, key, at):
    os.utime(folder / key, (at.timestamp(),) * 2)


def an_orphan(store, *, at: datetime):
    key = store.put(NOBODYS, suffix=".jpg")
    aged(store.folder, key, at)
    return key


def test_nothing_is_wrong_where_every_file_is_as_it_was_put(verify, movie):
    assert verify() == (0, ["files=2 missing=0 altered=0 orphaned=0 erased=0"])


def test_it_finds_a_file_that_is_missing(verify, movie, store):
    store.delete(movie.original_key)

    assert verify() == (
        1,
        [
            f"missing key={movie.original_key} media={movie.id} kind=original",
            "files=2 missing=1 altered=0 orphaned=0 erased=0",
        ],
    )


@pytest.mark.parametrize("content", [b"", MOVIE[:-1], MOVIE + b"x", b"x" + MOVIE[1:]])
def test_it_finds_a_file_whose_content_is_not_what_its_name_says(verify, movie, folder, content):
    key = movie.rendition(RenditionKind.FEED).key
    (folder / key).write_bytes(content)

    code, lines = verify()
    assert code == 1
    assert lines[0] == f"altered key={key} media={movie.id} kind=feed"


def test_it_finds_a_file_whose_row_says_something_else(verify, movie, session):
    movie.sha256 = "0" * 64
    session.commit()

    code, lines = verify()
    assert code == 1
    assert lines[0].startswith(f"altered key={movie.original_key}")


def test_it_finds_a_file_that_no_row_names(verify, movie, store):
    key = an_orphan(store, at=NOW - timedelta(hours=2))

    assert verify() == (
        1,
        [
            f"orphaned key={key} bytes={len(NOBODYS)}",
            "files=2 missing=0 altered=0 orphaned=1 erased=0",
        ],
    )
    assert store.exists(key)


def test_it_erases_what_no_row_names_where_it_is_told_to(verify, movie, store):
    key = an_orphan(store, at=NOW - timedelta(hours=2))

    code, lines = verify("--erase-orphans")

    assert code == 0
    assert lines[-1] == "files=2 missing=0 altered=0 orphaned=0 erased=1"
    assert not store.exists(key)
    assert store.exists(movie.original_key)


@pytest.mark.parametrize("words", [(), ("--erase-orphans",)])
def test_a_file_that_has_just_come_may_be_named_any_moment(verify, movie, store, words):
    key = an_orphan(store, at=NOW - timedelta(minutes=30))

    assert verify(*words)[0] == 0
    assert store.exists(key)


def test_an_original_that_was_erased_is_not_missing(verify, movie, session, store):
    movie.original_erased_at = NOW
    session.commit()
    store.delete(movie.original_key)

    assert verify() == (0, ["files=1 missing=0 altered=0 orphaned=0 erased=0"])


def test_the_file_of_an_erased_original_is_one_too_many(verify, movie, session, folder):
    movie.original_erased_at = NOW
    session.commit()
    aged(folder, movie.original_key, NOW - timedelta(days=30))

    code, lines = verify()
    assert code == 1
    assert lines[0].startswith(f"orphaned key={movie.original_key}")


def test_it_says_the_same_to_a_machine(verify, movie, store):
    store.delete(movie.original_key)
    orphan = an_orphan(store, at=NOW - timedelta(hours=2))

    code, lines = verify("--json")

    assert code == 1
    assert [json.loads(line) for line in lines] == [
        {
            "trouble": "missing",
            "key": movie.original_key,
            "media": movie.id,
            "kind": "original",
        },
        {"trouble": "orphaned", "key": orphan, "bytes": len(NOBODYS)},
        {"files": 2, "missing": 1, "altered": 0, "orphaned": 1, "erased": 0},
    ]


def test_it_looks_at_more_than_one_page_of_rows_and_files(verify, monkeypatch, cast, session):
    monkeypatch.setattr("takeover.media.verifying.BATCH", 2)
    monkeypatch.setattr("takeover.media.erasing.BATCH", 2)
    for number in range(5):
        a_movie(session, cast.zofia, text=str(number))

    assert verify() == (0, ["files=10 missing=0 altered=0 orphaned=0 erased=0"])


def test_it_reads_a_bucket_as_well(verify, app, cast, session, monkeypatch):
    with buckets.running() as server:
        changed = replace(settings(), media_url=buckets.make_bucket(server, "verified"))
        monkeypatch.setitem(app.extensions, "settings", changed)
        movie = a_movie(session, cast.zofia)
        open_store(settings().media_url).delete(movie.original_key)

        code, lines = verify()

    assert code == 1
    assert lines[0].startswith(f"missing key={movie.original_key}")


def test_a_store_that_cannot_be_read_gets_a_sentence(app, cast, monkeypatch):
    changed = replace(settings(), media_url="ftp://somewhere")
    monkeypatch.setitem(app.extensions, "settings", changed)

    result = app.test_cli_runner().invoke(args=["media", "verify"])

    assert result.exit_code == 1
    assert "The store cannot be read" in result.stderr
