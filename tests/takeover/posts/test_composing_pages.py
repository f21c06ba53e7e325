"""What the pages of a post tell the scripts that send its files and let its pictures be cut."""

import re
from urllib.parse import quote

import pytest

from takeover.clock import now
from takeover.media.changing import refuse
from takeover.media.models import Media, MediaState
from takeover.media.refusals import Empty
from takeover.media.uploads.models import Upload
from takeover.posts.arranging import add_picture
from takeover.posts.drafting import draft
from takeover.posts.models import Shape, Surface
from takeover.posts.shaping import choose
from tests.clips import a_ready_clip
from tests.preparing import a_draft, media_of, ready_media


@pytest.fixture
def post(session, cast):
    made = a_draft(session, cast)
    session.commit()
    return made


def arriving(session, cast, post, *, name="IMG_2041.MOV"):
    """A picture of which the first bytes are under way."""
    media = Media(
        owner_id=cast.zofia.id, state=MediaState.ARRIVING, bytes=4711, name=name, received_at=now()
    )
    session.add(media)
    session.flush()
    media.begin(by=cast.zofia, at=now())
    add_picture(post, media, by=cast.zofia, at=now())
    facts = {"bytes": media.bytes, "created_at": now(), "expires_at": now()}
    session.add(Upload(token="a-token", media=media, **facts))
    session.commit()


def test_each_card_names_the_upload_by_which_its_file_comes(browse, cast, session, post):
    arriving(session, cast, post)
    card = 'data-upload="a-token" data-name="IMG_2041.MOV" data-bytes="4711"'

    assert card in browse(cast.zofia).get(f"/posts/{post.id}/edit").html
    list_alone = f"/posts/{post.id}/arriving"
    assert card in browse(cast.zofia).fetch(list_alone).get_data(as_text=True)
    assert browse(cast.amir).fetch(list_alone).status_code == 403


def test_only_the_shapes_that_instagram_shows_there_are_offered(browse, cast, session, post):
    def offered():
        html = browse(cast.zofia).get(f"/posts/{post.id}/edit").html
        return re.findall(r'data-offer="([^"]+)"(?! hidden)', html)

    assert offered() == ["own", "4:5", "1:1", "1.91:1"]

    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())
    session.commit()

    assert offered() == ["own", "9:16"]


def test_a_photo_is_cut_only_once_a_shape_is_chosen(browse, cast, session, post):
    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")
    assert "Crop" not in page.links

    choose(post, Surface.FEED, Shape.SQUARE, by=cast.zofia, at=now())
    session.commit()

    page = page.browser.get(page.path).follow("Crop")
    assert 'data-ratio="1.0"' in page.html
    assert page.says("Show all of it, with borders")


def test_a_card_says_that_borders_will_be_added_and_the_form_how_to_do_without(
    browse, cast, session, post
):
    def cards_with_borders():
        html = browse(cast.zofia).get(f"/posts/{post.id}/edit").html
        assert "To do without, choose another shape" in html
        return len(re.findall(r"<p [^>]*data-bordered>", html))

    assert cards_with_borders() == 0

    post.pictures[0].media.padded = True
    session.commit()

    assert cards_with_borders() == 1


def test_the_buttons_of_each_card_name_its_picture_where_there_are_several(
    browse, cast, session, post
):
    choose(post, Surface.FEED, Shape.SQUARE, by=cast.zofia, at=now())
    add_picture(post, a_ready_clip(session, cast.zofia), by=cast.zofia, at=now())
    session.commit()

    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")

    for words in ("Crop: Photo 1", "Crop and trim: Video 2"):
        assert f'aria-label="{words}"' in page.html
    for words in ("Later: Photo 1", "Remove: Photo 1", "Earlier: Video 2", "Remove: Video 2"):
        assert f">{words}<" in page.html


def test_nothing_is_cut_before_anybody_knows_how_large_it_is(browse, cast, session):
    media = media_of(session, cast.zofia, text="new", size=(1200, 800))
    post = draft(cast.week, media, session=session, by=cast.zofia, at=now())
    choose(post, Surface.FEED, Shape.SQUARE, by=cast.zofia, at=now())
    session.commit()
    where = f"/posts/{post.id}/pictures/{post.pictures[0].id}/cut"

    page = browse(cast.zofia).get(where).submit("Save", x="10", y="0", width="50")

    assert page.status == 422
    assert page.says("We are still looking at it. Try again in a moment.")
    assert media.recipe.fill


def test_all_of_it_with_borders_can_be_asked_for_at_once(browse, cast, session):
    media = media_of(session, cast.zofia, text="new", size=(1200, 800))
    post = draft(cast.week, media, session=session, by=cast.zofia, at=now())
    choose(post, Surface.FEED, Shape.SQUARE, by=cast.zofia, at=now())
    session.commit()
    where = f"/posts/{post.id}/pictures/{post.pictures[0].id}/cut"

    assert browse(cast.zofia).get(where).submit("Save", whole="y").status == 200

    assert not media.recipe.fill


def test_enter_in_a_field_removes_nothing(browse, cast, session, post):
    add_picture(post, ready_media(session, cast.zofia, text="two"), by=cast.zofia, at=now())
    session.commit()

    html = browse(cast.zofia).get(f"/posts/{post.id}/edit").html

    form = html[html.index("data-composer") :]
    assert re.search(r'name="go" value="([^"]+)"', form)[1] == "apply"


@pytest.fixture
def refused(session, cast, post):
    """A post with a picture that cannot be used, whose file the phone called so."""

    def made(name):
        arriving(session, cast, post, name=name)
        refuse(post.pictures[-1].media, Empty(), at=now())
        session.commit()
        return post

    return made


def test_a_file_without_a_name_is_refused_in_a_sentence_alone(browse, cast, refused):
    post = refused("\u202e\x1b")

    page = browse(cast.zofia).get(f"/posts/{post.id}")
    card = browse(cast.zofia).get(f"/posts/{post.id}/edit")

    assert page.says("This file is empty.")
    assert not page.says(": This file is empty.")
    assert card.says("This file is empty.")
    assert not re.search(r"<b>\s*</b>", card.html)


def test_a_files_name_is_shown_in_one_line_as_it_reads_and_kept_as_the_phone_wrote_it(
    browse, cast, refused
):
    name = "in\x1bvoice\n\u202egpj.exe"
    post = refused(name)

    page = browse(cast.zofia).get(f"/posts/{post.id}")
    card = browse(cast.zofia).get(f"/posts/{post.id}/edit")

    assert "\u202e" not in page.html
    assert page.says("invoice gpj.exe: This file is empty.")
    assert "<b>invoice gpj.exe</b>" in card.html
    assert f'data-name="{quote(name)}"' in card.html
    assert 'data-called="invoice gpj.exe"' in card.html


def test_a_form_says_whose_it_is(browse, cast, session, post):
    mark = f'data-author="{cast.zofia.id}"'

    assert mark in browse(cast.zofia).get("/my-week/new").html
    assert mark in browse(cast.zofia).get(f"/posts/{post.id}/edit").html
