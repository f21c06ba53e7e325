"""What is on the account is found by whoever may take it down, however old it is."""

from datetime import timedelta

import pytest

from takeover.instagram import views_takedown
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.preparing import an_approved_post

BEFORE = NOW - timedelta(days=1)


@pytest.fixture
def out(cast, session):
    post = an_approved_post(session, cast, slot_at=NOW)
    post.move(PostState.PUBLISHING, by=None, at=NOW)
    post.published_at = NOW
    post.move(PostState.PUBLISHED, by=None, at=NOW)
    session.commit()
    return post


@pytest.mark.parametrize("who", ["olga", "ada"])
def test_who_may_take_a_post_down_comes_to_it_from_any_page(browse, cast, out, who):
    page = browse(getattr(cast, who)).get("/").follow("On the account")

    assert page.says("@a_week_at_nordwerk")
    asked = page.follow("Sparks fly").submit("Have it taken down by hand")
    assert asked.says("Somebody has to take it down by hand")


def test_comms_comes_to_what_is_out_from_its_posts(browse, cast, out):
    page = browse(cast.amir).get("/posts").follow("All that is on the account")

    assert page.follow("Sparks fly").says("Take it down")


def test_what_is_older_is_a_page_further(browse, cast, session, out, monkeypatch):
    monkeypatch.setattr(views_takedown, "PAGE", 1)
    out.caption = "Of today"
    an_approved_post(session, cast, caption="Not out")
    older = an_approved_post(session, cast, caption="The one before", slot_at=BEFORE)
    older.move(PostState.PUBLISHING, by=None, at=NOW)
    older.published_at = BEFORE
    older.move(PostState.PUBLISHED, by=None, at=NOW)
    session.commit()

    page = browse(cast.olga).get("/posts/out")

    assert [page.says(words) for words in ("Of today", "The one before")] == [True, False]
    further = page.follow("Next page")
    assert [further.says(words) for words in ("Of today", "The one before")] == [False, True]
    assert "Next page" not in further.links
    assert not further.says("Not out")


def test_who_may_take_nothing_down_is_shown_nothing_of_it(browse, cast, out):
    assert browse(cast.hanna).get("/posts/out").status == 403
