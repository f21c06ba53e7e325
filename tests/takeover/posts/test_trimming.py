"""Which part of a clip is shown: as somebody types it, who may have mistyped."""

import re

import pytest

from takeover.clock import now
from takeover.media.models import MediaState
from takeover.media.recipe import SenselessRecipe
from takeover.posts.drafting import draft
from takeover.posts.models import Shape, Surface
from takeover.posts.rules import NotKnownYet
from takeover.posts.shaping import BeginsTooLate, ClipTooLong, PartTooShort, choose, trim
from takeover.posts.submitting import ask_to_submit
from tests.clips import a_ready_clip


@pytest.fixture
def clip(session, cast):
    media = a_ready_clip(session, cast.zofia)
    media.source_duration = 3.21
    return media


@pytest.fixture
def post(session, cast, clip):
    post = draft(cast.week, clip, session=session, by=cast.zofia, at=now(), caption="Look")
    session.commit()
    return post


@pytest.fixture
def cut(cast, post):
    def to(start, end):
        picture = post.pictures[0]
        trim(post, picture, start=start, end=end, cover_at=None, by=cast.zofia, at=now())

    return to


def test_a_clip_that_begins_after_its_end_is_told_how_long_it_is(browse, cast, session, clip, post):
    where = f"/posts/{post.id}/pictures/{post.pictures[0].id}/cut"

    page = browse(cast.zofia).get(where).submit("Save", start="800")

    assert page.status == 422
    assert page.says("This clip is 3.2 seconds long; begin earlier.")
    assert clip.state is MediaState.READY
    assert clip.recipe.start is None


@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [
        (2.8, None, BeginsTooLate),
        (3.0, 9.0, BeginsTooLate),
        (1.0, 1.4, PartTooShort),
        (None, 0.4, PartTooShort),
        (2.0, 1.0, SenselessRecipe),
    ],
)
def test_half_a_second_is_left_at_least(cut, clip, start, end, rule):
    with pytest.raises(rule):
        cut(start, end)

    assert clip.state is MediaState.READY


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [(1.0, 2.0, (1.0, 2.0)), (1.0, 900.0, (1.0, 3.21)), (2.7, None, (2.7, None))],
)
def test_what_ends_after_the_clip_ends_with_it(cut, clip, start, end, kept):
    cut(start, end)

    assert (clip.recipe.start, clip.recipe.end) == kept


def test_a_very_short_clip_may_stay_as_long_as_it_is(cut, clip):
    clip.source_duration = 0.3

    cut(None, 0.3)
    cut(None, None)

    assert clip.recipe.end is None


def test_a_clip_of_which_nobody_knows_how_long_it_is_is_not_cut(cut, clip):
    clip.source_duration = None

    with pytest.raises(NotKnownYet):
        cut(1.0, 2.0)


def test_a_clip_that_is_being_shortened_can_be_submitted_meanwhile(session, cast, cut, clip, post):
    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())
    clip.move(MediaState.READY, by=None, at=now())
    clip.duration = clip.source_duration = 100.0
    with pytest.raises(ClipTooLong):
        ask_to_submit(post, by=cast.zofia, at=now())

    cut(0, 30.0)
    ask_to_submit(post, by=cast.zofia, at=now())

    assert post.submit_asked_at is not None


def test_the_cover_is_counted_on_the_same_clock_as_begin_and_end(browse, cast, session, clip, post):
    where = f"/posts/{post.id}/pictures/{post.pictures[0].id}/cut"
    zofia = browse(cast.zofia)

    zofia.get(where).submit("Save", start="1", end="3", cover_at="2.5")

    assert clip.recipe.cover_at == 1.5  # of what is published
    page = zofia.get(where)
    assert page.says("All seconds are counted from the beginning of your video")
    assert re.search(r'<input[^>]* name="cover_at"[^>]* value="2\.5"', page.html)


@pytest.mark.parametrize("cover_at", ["0.9", "3.1"])
def test_a_cover_that_is_not_shown_is_refused(browse, cast, clip, post, cover_at):
    where = f"/posts/{post.id}/pictures/{post.pictures[0].id}/cut"

    page = browse(cast.zofia).get(where).submit("Save", start="1", end="3", cover_at=cover_at)

    assert page.status == 422
    assert page.says("The cover must lie between where the clip begins and where it ends.")
    assert clip.recipe.cover_at is None


@pytest.mark.parametrize(
    ("start", "end", "cover_at"),
    [("1.004", "3", "1.004"), ("1.00049", "3", "1.00049"), ("0.3333", "2.3456", "2.3456")],
)
def test_what_was_saved_can_be_saved_again_as_it_stands(
    browse, cast, session, clip, post, start, end, cover_at
):
    where = f"/posts/{post.id}/pictures/{post.pictures[0].id}/cut"
    zofia = browse(cast.zofia)
    saved = zofia.get(where).submit("Save", start=start, end=end, cover_at=cover_at)
    assert saved.status == 200
    first = clip.recipe

    assert zofia.get(where).submit("Save").status == 200
    session.refresh(clip)
    assert clip.recipe == first


def test_seconds_are_written_and_read_as_in_the_language_of_the_page(
    browse, cast, session, clip, post
):
    cast.zofia.language = "fr"
    session.commit()
    where = f"/posts/{post.id}/pictures/{post.pictures[0].id}/cut"
    zofia = browse(cast.zofia)

    zofia.get(where).submit("Enregistrer", start="0,5", end="2.5")

    assert (clip.recipe.start, clip.recipe.end) == (0.5, 2.5)
    page = zofia.get(where)
    assert 'value="0,5"' in page.html
    clip.source_duration = 3.21
    session.commit()
    assert page.submit("Enregistrer", start="800", end="").says("3,2 secondes")
