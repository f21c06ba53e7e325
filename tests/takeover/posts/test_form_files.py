"""Files that come with the form: how many, how much, and what becomes of them when it fails."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import func, select

from rota.answering import step_down
from takeover.clock import now
from takeover.media.models import Media, MediaState
from takeover.media.uploads import limits
from takeover.posts import composing, views
from takeover.posts.arranging import MOST_PICTURES
from takeover.posts.models import Picture, Post, PostState
from takeover.web import settings
from takeover.weeks.models import Consent
from tests.cast import NOW
from tests.locks import is_free
from tests.preparing import a_draft, a_photo


def photo(text):
    return (BytesIO(a_photo(text)), f"{text}.jpg")


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_no_more_files_are_taken_than_a_post_holds(browse, cast, session):
    post = a_draft(session, cast)
    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")

    page = page.submit("Keep as draft", photos=[photo(f"n{n}") for n in range(MOST_PICTURES + 2)])

    assert page.status == 422
    assert page.says("A post holds up to 10 photos and videos. Remove one to add another.")
    assert count(session, Media) == count(session, Picture) == MOST_PICTURES


def test_a_form_takes_no_more_than_a_person_may_send(browse, cast, session, monkeypatch):
    post = a_draft(session, cast)
    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")
    monkeypatch.setattr(limits, "MOST_FILES", 1)

    page = page.submit("Keep as draft", photos=photo("two"), caption="Every word is kept")

    assert page.status == 422
    assert page.says("two.jpg: You have sent 1 files in seven days")
    assert "Every word is kept" in page.html
    assert count(session, Media) == 1


@pytest.mark.parametrize("where", ["/posts/{id}/edit", "/my-week/new"])
def test_nobody_waits_for_a_lock_while_a_file_is_stored(browse, cast, session, monkeypatch, where):
    post_id, engine = a_draft(session, cast).id, session.get_bind()
    real, found = views.open_store(settings().media_url), []

    class Watched:
        def take(self, path, **facts):
            found.append(is_free(engine, post_id))
            return real.take(path, **facts)

    monkeypatch.setattr(views, "open_store", lambda _: Watched())
    page = browse(cast.zofia).get(where.format(id=post_id))
    page.submit("Keep as draft", photos=[photo("two"), photo("three")], caption="Sparks")

    assert found == [True, True]


def test_files_for_a_week_that_has_ended_meanwhile_are_let_go_with_a_sentence(
    browse, cast, session, monkeypatch
):
    page = browse(cast.zofia).get("/my-week/new")
    keep_files, consent_id = composing.keep_files, cast.consent.id

    def and_step_down(*args, **facts):
        kept = keep_files(*args, **facts)
        theirs = facts["session"]
        step_down(theirs.get_one(Consent, consent_id), session=theirs, by=facts["by"], at=now())
        theirs.commit()
        return kept

    monkeypatch.setattr(composing, "keep_files", and_step_down)
    page = page.submit("Keep as draft", photos=photo("late"), caption="Late")

    assert page.path == "/my-week"
    assert page.says("You have stepped down, so nothing of yours goes out.")
    assert session.scalars(select(Media.state)).all() == [MediaState.CANCELLED]
    assert count(session, Post) == 0


def test_the_same_form_after_a_no_or_much_later_makes_another_post(browse, cast, session):
    zofia = browse(cast.zofia)
    form = zofia.get("/my-week/new")
    first = form.submit("Submit", photos=photo("one"), caption="Sparks")
    post = session.scalars(select(Post)).one()
    post.move(PostState.REJECTED, by=cast.amir, at=now())

    second = form.submit("Submit", photos=photo("one"), caption="Sparks")
    assert second.path != first.path
    third = form.submit("Submit", photos=photo("one"), caption="Sparks")
    assert third.path == second.path
    with time_machine.travel(NOW + timedelta(minutes=30), tick=True):
        fourth = form.submit("Submit", photos=photo("one"), caption="Sparks")

    assert fourth.path != second.path
    assert count(session, Post) == 3
