"""What the composer says the moment it is so, and no longer than that."""

from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from tests.journeys.conftest import OpenVisit
from tests.journeys.test_sending import (
    FILES,
    LONDON,
    PATH,
    READY,
    STREAM,
    are_ready,
    at_a_new_post,
    cards,
    choose,
)

pytestmark = pytest.mark.browser

TAKES_ONE = "A story shows one photo or one video."


def test_a_story_of_several_pictures_is_said_to_be_wrong_before_anybody_submits(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    choose(phone, LONDON, PATH)
    are_ready(phone, 2)
    phone.page.get_by_label("As a story").check()
    phone.sees(TAKES_ONE)
    phone.page.get_by_label("In the feed").check()
    expect(phone.page.get_by_text(TAKES_ONE)).to_be_hidden()

    phone.page.get_by_label("As a story").check()
    phone.press("Submit")
    phone.sees("Please look at this again")
    expect(phone.page.get_by_text(TAKES_ONE).locator("visible=true")).to_have_count(2)
    cards(phone).first.get_by_role("button", name="Remove").click()
    expect(phone.page.get_by_text(TAKES_ONE).locator("visible=true")).to_have_count(0)
    expect(phone.page.get_by_text("Please look at this again")).to_have_count(0)
    choose(phone, STREAM)
    phone.sees(TAKES_ONE)
    phone.complaints.clear()  # the browser notes every answer that is a no


def test_a_shape_that_a_story_does_not_have_gives_way_at_once_and_comes_back(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    choose(phone, LONDON)
    are_ready(phone, 1)
    with phone.page.expect_response(is_saved):
        phone.page.get_by_label("Square 1:1").check()
    phone.page.route("**/posts/*/edit", lambda route: route.abort())
    with phone.page.expect_event("requestfailed"):
        phone.page.get_by_label("As a story").check()
    expect(phone.page.get_by_label("Nothing cut off")).to_be_checked(timeout=1000)
    expect(phone.page.get_by_label("Square 1:1")).to_be_hidden()
    phone.sees("There is no “Square 1:1” there: “Nothing cut off” is chosen instead.")

    phone.page.unroute("**/posts/*/edit")
    with phone.page.expect_response(is_saved):
        phone.page.get_by_label("In the feed").check()
    expect(phone.page.get_by_label("Square 1:1")).to_be_checked()
    expect(phone.page.locator("#shape-group [data-shape-lost]")).to_be_hidden()
    phone.page.reload()
    expect(phone.page.get_by_label("Square 1:1")).to_be_checked()
    phone.complaints.clear()  # the browser notes every request that found no answer


def test_what_was_missing_is_asked_for_together_and_no_longer_than_it_is_missing(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    phone.press("Submit")
    phone.sees("Choose a photo or a video first.")
    phone.sees("Write a caption first; then submit.")

    phone.fill_in(Caption="Roofs.")
    expect(phone.page.get_by_text("Write a caption first")).to_have_count(0)
    expect(phone.page.get_by_text("Choose a photo or a video first.")).not_to_have_count(0)
    choose(phone, LONDON)
    expect(phone.page.get_by_text("Choose a photo or a video first.")).to_have_count(0)
    expect(phone.page.get_by_text("Please look at this again")).to_have_count(0)
    are_ready(phone, 1)
    phone.complaints.clear()  # the browser notes every answer that is a no


def test_what_begins_with_a_refused_form_has_its_own_address_from_then_on(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    phone.press("Submit")
    phone.sees("Choose a photo or a video first.")
    choose(phone, LONDON)
    are_ready(phone, 1)
    phone.fill_in(Caption="Roofs.")
    phone.sees("Saved")
    phone.page.reload()
    expect(cards(phone)).to_have_count(1)
    expect(phone.page.get_by_label("Caption")).to_have_value("Roofs.")
    phone.complaints.clear()  # the browser notes every answer that is a no


def test_a_refusal_is_seen_at_once_and_said_at_the_thumb_until_it_is_gone(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    choose(phone, "text_named_jpg.jpg")
    reason = phone.page.get_by_text("This is a web page")
    foot = phone.page.get_by_label("What is being sent")
    expect(reason).to_be_in_viewport(timeout=READY)
    expect(foot.get_by_text("Cannot be used: 1")).to_be_in_viewport()
    choose(phone, LONDON)
    are_ready(phone, 1)
    expect(foot.get_by_text("Cannot be used: 1")).to_be_visible()
    expect(foot.get_by_text("You can lock your phone")).to_have_count(0)

    cards(phone).first.get_by_role("button", name="Remove").click()
    expect(cards(phone)).to_have_count(1)
    expect(cards(phone).first).to_be_focused()
    expect(foot).to_be_hidden()


def test_of_eleven_one_that_is_refused_leaves_its_place_to_the_last(
    visit: OpenVisit, tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    phone = at_a_new_post(visit)
    files = [tmp_path / "empty.jpg", *[FILES / PATH] * 10]
    phone.page.get_by_label("Add photos and videos").set_input_files(files)
    expect(cards(phone)).to_have_count(10)
    refusals = phone.page.locator("[data-refusals] li")
    expect(refusals).to_have_count(1)
    expect(refusals).to_contain_text("empty.jpg")
    phone.complaints.clear()  # the browser notes every answer that is a no


def is_saved(answer: Response) -> bool:
    """Whether it is the server's answer to the form of a post that has begun."""
    return answer.request.method == "POST" and answer.url.endswith("/edit")
