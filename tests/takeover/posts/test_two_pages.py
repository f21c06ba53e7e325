"""The same post on two pages: what one has changed, the other does not undo unasked."""

import pytest

from takeover.clock import now
from takeover.media.recipe import Box
from takeover.posts.drafting import edit
from takeover.posts.models import Shape, Surface
from takeover.posts.shaping import choose, crop
from tests.preparing import a_draft

pytestmark = pytest.mark.each_database


@pytest.fixture
def post(session, cast):
    return a_draft(session, cast, caption="Sparks")


@pytest.fixture
def old_page(browse, cast, post):
    return browse(cast.zofia).get(f"/posts/{post.id}/edit")


@pytest.fixture
def on_the_other_page(session, cast, post):
    def change(caption):
        edit(post, by=cast.zofia, at=now(), caption=caption)
        session.commit()

    return change


def test_an_old_page_leaves_shape_and_cut_as_another_has_chosen_them(cast, session, post, old_page):
    choose(post, Surface.FEED, Shape.SQUARE, by=cast.zofia, at=now())
    crop(post, post.pictures[0], Box(0, 0, 0.9, 0.9), by=cast.zofia, at=now())

    old_page.submit("Keep as draft")

    assert post.shape is Shape.SQUARE
    assert post.pictures[0].media.recipe.crop == Box(0, 0, 0.9, 0.9)


def test_what_is_chosen_on_an_old_page_holds_and_the_rest_stays(cast, session, post, old_page):
    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())

    old_page.submit("Keep as draft", shape="9:16")

    assert (post.surface, post.shape) == (Surface.STORY, Shape.TALL)


def test_an_untouched_caption_of_an_old_page_changes_nothing(post, old_page, on_the_other_page):
    on_the_other_page("Written elsewhere")

    assert old_page.submit("Keep as draft").status == 200

    assert post.caption == "Written elsewhere"


def test_two_captions_are_both_kept_until_somebody_decides(post, old_page, on_the_other_page):
    on_the_other_page("Written elsewhere")

    page = old_page.submit("Submit", caption="Written here")

    assert page.status == 422
    assert page.says(
        "It was changed on another page meanwhile, and reads there: “Written elsewhere”"
    )
    (typed,) = [e.text for e in page.tree.iter("textarea") if e.get("name") == "caption"]
    assert typed.strip() == "Written here"
    assert post.caption == "Written elsewhere"

    page.submit("Keep as draft")

    assert post.caption == "Written here"


def test_words_whose_answer_was_lost_are_not_lost_to_another_page(
    post, old_page, on_the_other_page
):
    on_the_other_page("Written elsewhere")

    page = old_page.submit("Submit", caption="Lost", was_caption=["Sparks", "Lost"])

    assert page.status == 422
    assert "Lost" in page.html


def test_a_page_that_cannot_know_whether_its_words_were_saved_meets_no_stranger(
    browse, cast, post, old_page, on_the_other_page
):
    on_the_other_page("Saved, but the answer was lost")

    page = old_page.submit(
        "Keep as draft",
        caption="Typed since",
        was_caption=["Sparks", "Saved, but the answer was lost"],
    )

    assert page.status == 200
    assert post.caption == "Typed since"


@pytest.fixture
def alt_text(post):
    return f"picture-{post.pictures[0].id}-alt_text"


@pytest.fixture
def describe(session, cast, post):
    def describe_elsewhere(words):
        all_words = {post.pictures[0].id: words}
        edit(post, by=cast.zofia, at=now(), caption=post.caption, alt_texts=all_words)
        session.commit()

    return describe_elsewhere


def test_an_untouched_description_of_an_old_page_changes_nothing(post, old_page, describe):
    describe("Described elsewhere")

    assert old_page.submit("Keep as draft", caption="Other words").status == 200

    assert post.caption == "Other words"
    assert post.pictures[0].alt_text == "Described elsewhere"


def test_two_descriptions_are_both_shown_until_somebody_decides(post, old_page, alt_text, describe):
    describe("Described elsewhere")

    page = old_page.submit("Keep as draft", **{alt_text: "Described here"})

    assert page.status == 422
    assert page.says("and reads there: “Described elsewhere”")
    assert "Described here" in page.html
    assert post.pictures[0].alt_text == "Described elsewhere"

    page.submit("Keep as draft")

    assert post.pictures[0].alt_text == "Described here"
