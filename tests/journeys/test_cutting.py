"""What of a photo or video is shown: said on its card before it is made, and chosen in a dialog."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenVisit
from tests.journeys.test_sending import PATH, STREAM, are_ready, at_a_new_post, cards, choose

pytestmark = pytest.mark.browser


def test_a_single_wide_clip_is_said_to_have_borders_until_a_shape_fills_the_screen(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    choose(phone, STREAM)
    sign = cards(phone).get_by_text("With borders")
    how = phone.page.get_by_text("To do without, choose another shape")
    expect(sign).to_be_visible()
    expect(how).to_be_visible()
    are_ready(phone, 1)
    expect(sign).to_be_visible()

    phone.page.get_by_label("Tall 9:16").check()
    expect(sign).to_be_hidden()
    are_ready(phone, 1)
    expect(sign).to_be_hidden()
    expect(how).to_be_hidden()


def test_a_clip_is_trimmed_on_one_clock_and_the_dialog_says_what_it_is(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    choose(phone, STREAM, PATH)
    are_ready(phone, 2)
    trim = cards(phone).get_by_role("link", name="Trim: Video 1")
    trim.click()
    dialog = phone.page.get_by_role("dialog", name="Trim")
    expect(dialog.get_by_role("heading", name="Trim")).to_be_focused()
    expect(dialog.get_by_label("Your video")).to_be_visible()

    begin = dialog.get_by_role("slider", name="Begins at second")
    begin.fill("1")
    dialog.get_by_role("button", name="Take second 1.0 as cover").click()
    expect(dialog.get_by_text("Cover at second 1.0")).to_be_visible()
    expect(dialog.get_by_text("Length: 2.0 seconds")).to_be_visible()
    dialog.get_by_role("slider", name="Ends at second").fill("2")
    dialog.get_by_label("Your video").evaluate("clip => { clip.currentTime = 2.6 }")
    dialog.get_by_role("button", name="Take second 2.6 as cover").click()
    expect(dialog.get_by_text("Second 2.6 is not shown")).to_be_visible()
    dialog.get_by_role("slider", name="Ends at second").fill("3")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    are_ready(phone, 2)

    trim.click()
    expect(begin).to_have_value("1")
    expect(dialog.get_by_text("Cover at second 1.0")).to_be_visible()


def test_numbers_are_written_in_the_language_of_the_page(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    choose(phone, STREAM)
    are_ready(phone, 1)
    phone.page.evaluate("document.documentElement.lang = 'fr'")
    cards(phone).get_by_role("link", name="Trim").click()
    dialog = phone.page.get_by_role("dialog")
    dialog.get_by_role("slider", name="Begins at second").fill("0.7")
    expect(dialog.get_by_text("Begins at second 0,7")).to_be_visible()
    expect(dialog.get_by_text("2,3 secondes")).to_be_visible()


def test_going_back_closes_the_dialog_and_stays_on_the_page(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    choose(phone, STREAM)
    are_ready(phone, 1)
    address = phone.page.url
    trim = cards(phone).get_by_role("link", name="Trim")
    trim.click()
    expect(phone.page.get_by_role("dialog")).to_be_visible()
    phone.page.go_back()
    expect(phone.page.get_by_role("dialog")).to_have_count(0)
    expect(trim).to_be_focused()
    assert phone.page.url == address
