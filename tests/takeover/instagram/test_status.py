"""`flask publish status`: what goes out, what went out, and what was taken down again."""

import json
from datetime import timedelta

import pytest

from takeover.clock import now
from takeover.instagram.models import Publication, Takedown
from takeover.posts.models import Post, PostState
from takeover.schedule import run_once
from tests.cast import NOW
from tests.preparing import an_approved_post


@pytest.fixture
def status(app):
    def run(*words):
        result = app.test_cli_runner().invoke(args=["publish", "status", *words])
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture
def published(app, session, cast):
    post = an_approved_post(session, cast, caption="Sparks", slot_at=NOW - timedelta(minutes=1))
    run_once(app, "publish")
    session.expire_all()
    assert post.state is PostState.PUBLISHED
    return post


def test_it_says_of_each_post_all_that_another_program_needs(status, session, cast, published):
    slot = NOW + timedelta(hours=3)
    coming = an_approved_post(session, cast, caption="Tomorrow", slot_at=slot)

    first, second = json.loads(status("--json"))

    assert first == {
        "id": published.id,
        "caption": "Sparks",
        "state": "published",
        "tries": 1,
        "media_id": first["media_id"],
        "permalink": published.permalink,
        "reason": "",
        "programme": "a-week-in-a-life",
        "account": "a_week_at_nordwerk",
        "due_at": "2026-11-25T09:59:00+00:00",
        "next_try_at": None,
        "published_at": published.published_at.isoformat(),
    }
    assert first["media_id"].startswith("sandbox-")
    assert (second["id"], second["state"]) == (coming.id, "approved")
    assert (second["due_at"], second["published_at"]) == ("2026-11-25T13:00:00+00:00", None)


def test_a_post_that_waits_says_when_it_is_tried_next(status, session, cast):
    post = an_approved_post(session, cast, caption="Sparks", slot_at=NOW - timedelta(minutes=1))

    again = NOW + timedelta(minutes=10)
    session.add(Publication(post_id=post.id, tries=2, next_try_at=again, trouble="no answer"))
    session.commit()

    (one,) = json.loads(status("--json"))

    assert (one["tries"], one["reason"]) == (2, "no answer")
    assert one["next_try_at"] == "2026-11-25T10:10:00+00:00"


def test_what_was_taken_down_is_still_listed(app, status, session, cast, published):
    session.add(
        Takedown(post_id=published.id, asked_at=now(), asked_by_id=cast.amir.id, next_try_at=now())
    )
    session.commit()
    run_once(app, "publish")
    session.expire_all()
    assert session.get(Post, published.id).state is PostState.TAKEN_DOWN

    (one,) = json.loads(status("--json"))

    assert (one["id"], one["state"]) == (published.id, "taken_down")


def test_the_plain_list_says_what_its_columns_are(status, published):
    head, line = status().splitlines()

    named = dict(zip(head.split("\t"), line.split("\t"), strict=True))
    assert named["POST"] == str(published.id)
    assert named["PROGRAMME"] == "a-week-in-a-life"
    assert named["STATE"] == "published"
    assert named["DUE"] == "2026-11-25T09:59:00+00:00"
    assert named["WHERE"] == published.permalink
