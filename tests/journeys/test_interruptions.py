"""What comes between a phone and its upload: a sign-out, a pause, a second tab."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import OpenVisit
from tests.journeys.test_full_disk import BEGINNINGS
from tests.journeys.test_keeping_words import type_and_leave
from tests.journeys.test_sending import (
    FILES,
    LONDON,
    TRAIN,
    are_ready,
    at_a_new_post,
    cards,
    choose,
    percent,
    sends_some,
    slow,
    unhurried,
)
from tests.journeys.visiting import Visit

pytestmark = pytest.mark.browser

NEW_POST = re.compile(r"/my-week/new")
LIST = re.compile(r"/posts/\d+/arriving")


def test_signing_out_elsewhere_is_said_and_signing_in_again_goes_on_with_words_and_bytes(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    network = slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    was = percent(phone)
    sign_out_elsewhere(phone)

    unhurried(phone, network)
    phone.sees("You are signed out")
    slow(phone, network)
    phone.fill_in(Caption="Typed while nobody was signed in.")
    phone.press("Keep as draft")
    expect(phone.page.get_by_text("This page has been open too long")).to_have_count(0)
    expect(phone.page.get_by_text("That did not reach us")).to_have_count(0)
    way = phone.page.get_by_role("link", name="Sign in again").get_attribute("href") or ""
    assert re.search(r"/sign-in\?next=%2Fposts%2F\d+%2Fedit$", way)

    sign_in_elsewhere(phone)
    expect(phone.page.get_by_text("You are signed out")).to_be_hidden()
    sends_some(phone, more_than=was - 1)
    unhurried(phone, network)
    are_ready(phone, 1)
    expect(phone.page.locator("[data-saved]")).to_be_visible()
    phone.page.reload()
    expect(phone.page.get_by_label("Caption")).to_have_value("Typed while nobody was signed in.")
    expect(cards(phone)).to_have_count(1)
    phone.complaints.clear()  # the browser notes every answer that is a no


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_file_chosen_while_nobody_is_signed_in_is_sent_once_somebody_is(
    visit: OpenVisit, *, has_begun: bool
) -> None:
    phone = at_a_new_post(visit)
    if has_begun:
        type_and_leave(phone, "Begun.")
    sign_out_elsewhere(phone)
    choose(phone, LONDON)
    phone.sees("You are signed out")

    sign_in_elsewhere(phone)
    are_ready(phone, 1)
    expect(phone.page.get_by_text("You are signed out")).to_be_hidden()
    phone.complaints.clear()  # the browser notes every answer that is a no


def test_a_pause_outlives_a_reload_until_it_is_ended(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    network = slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    phone.press("Pause")
    phone.sees("Paused at")

    phone.page.reload()
    phone.sees("Paused at")
    was = percent(phone)
    phone.page.wait_for_timeout(1000)
    assert percent(phone) == was
    unhurried(phone, network)
    phone.press("Go on")
    are_ready(phone, 1)
    phone.page.reload()
    expect(phone.page.get_by_text("Paused at")).to_have_count(0)


def test_of_two_tabs_one_sends_and_the_other_takes_over_where_it_is_closed(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    other = phone.page.context.new_page()
    asked: list[str] = []
    other.on("request", lambda one: asked.append(one.method))
    other.goto(phone.page.url)

    expect(other.get_by_text("It is being sent in another tab")).to_be_visible()
    other.wait_for_timeout(1500)
    assert "PATCH" not in asked
    phone.page.close()
    ready = other.locator("#pictures > li").get_by_text("Ready", exact=True)
    expect(ready).to_have_count(1, timeout=30_000)
    assert "PATCH" in asked


def test_a_file_whose_beginning_was_lost_is_not_taken_for_one_that_another_tab_sends(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    other = phone.page.context.new_page()
    other.goto(phone.page.url)
    expect(other.get_by_text("It is being sent in another tab")).to_be_visible()

    other.route(BEGINNINGS, lambda route: route.abort(), times=1)
    other.get_by_label("Add photos and videos").set_input_files([FILES / TRAIN])
    expect(other.locator("#pictures > li[data-upload]")).to_have_count(2, timeout=30_000)
    phone.complaints.clear()


def test_words_are_not_sent_in_the_name_of_somebody_else_who_signed_in_meanwhile(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    new = phone.page.url
    sign_out_elsewhere(phone)
    sign_in_elsewhere(phone)  # so that the token of this form is old

    def of_somebody_else(route: Route) -> None:
        if route.request.method != "GET":
            return route.continue_()
        page = route.fetch().text()
        route.fulfill(
            status=200,
            content_type="text/html; charset=utf-8",
            body=re.sub(r'data-author="\d+"', 'data-author="0"', page),
        )

    phone.page.route(NEW_POST, of_somebody_else)
    phone.page.get_by_label("Caption").fill("Only mine.")
    phone.page.get_by_label("Caption").blur()
    phone.sees("You are signed out")
    assert phone.page.url == new

    phone.page.unroute(NEW_POST)
    look_again(phone)
    expect(phone.page.get_by_text("You are signed out")).to_be_hidden(timeout=20_000)
    expect(phone.page.locator("[data-saved]")).to_be_visible()
    assert re.search(r"/posts/\d+/edit$", phone.page.url)
    phone.complaints.clear()  # the browser notes every answer that is a no


def test_a_server_that_breaks_is_not_taken_for_one_where_somebody_is_signed_in(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    sign_out_elsewhere(phone)
    choose(phone, LONDON)
    phone.sees("You are signed out")

    phone.page.route(NEW_POST, lambda route: route.fulfill(status=502, body="no answer"))
    with phone.page.expect_response(NEW_POST):
        look_again(phone)
    phone.page.wait_for_timeout(500)
    expect(phone.page.get_by_text("You are signed out")).to_be_visible()
    phone.page.unroute(NEW_POST)
    sign_in_elsewhere(phone)
    are_ready(phone, 1)
    phone.complaints.clear()  # the browser notes every answer that is a no


def test_keeping_a_draft_while_it_is_sent_says_what_is_kept_and_where(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    network = slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    phone.fill_in(Caption="Half of it is here.")
    phone.press("Keep as draft")
    phone.sees("Kept as a draft")
    phone.sees("What is still on its way goes on while this page is open.")

    unhurried(phone, network)
    are_ready(phone, 1)
    going = phone.page.get_by_text("What is still on its way goes on while this page is open.")
    expect(going).to_be_hidden()
    phone.follow("See it in your week")
    phone.sees("Half of it is here.")


def test_what_did_not_reach_us_is_said_no_longer_once_something_has(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    choose(phone, LONDON)
    are_ready(phone, 1)
    phone.page.route("**/posts/*/edit", lambda route: route.abort())
    phone.press("Keep as draft")
    phone.sees("That did not reach us")

    phone.page.unroute("**/posts/*/edit")
    type_and_leave(phone, "Now there is a network.")
    expect(phone.page.get_by_text("That did not reach us")).to_be_hidden()
    phone.complaints.clear()  # the browser notes every request that found no answer


def test_a_file_that_is_chosen_while_the_first_words_begin_the_post_is_sent_too(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    begins = held_up(phone, NEW_POST)
    phone.page.get_by_label("Caption").fill("Words before a picture.")
    phone.page.get_by_label("Caption").blur()
    first = begins()
    choose(phone, LONDON)
    first.continue_()
    are_ready(phone, 1)


def test_a_file_that_is_chosen_right_after_another_was_refused_is_sent_too(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    type_and_leave(phone, "Begun.")
    phone.page.route(BEGINNINGS, lambda route: route.fulfill(status=413), times=1)
    lists = held_up(phone, LIST)
    choose(phone, LONDON)
    first = lists()
    choose(phone, LONDON)
    first.continue_()
    phone.page.unroute(LIST)
    are_ready(phone, 1)
    phone.complaints.clear()  # the browser notes every answer that is a no


def held_up(phone: Visit, address: re.Pattern[str]) -> Callable[[], Route]:
    """Requests for it wait from now on; the result waits for the first of them, and returns it."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    def first() -> Route:
        for _ in range(400):
            if waiting:
                return waiting[0]
            phone.page.wait_for_timeout(50)
        pytest.fail(f"nobody asked for {address.pattern}")

    phone.page.route(address, hold)
    return first


def sign_out_elsewhere(phone: Visit) -> None:
    with elsewhere(phone) as page:
        page.get_by_role("button", name="Sign out").first.click()
        page.wait_for_load_state()


def sign_in_elsewhere(phone: Visit) -> None:
    """And come back: the page learns of it when it is looked at again."""
    with elsewhere(phone) as page:
        page.get_by_role("button", name="Be: Ambassador", exact=True).click()
        page.wait_for_load_state()
    look_again(phone)


def look_again(phone: Visit) -> None:
    """A browser without a screen looks at all its pages all the time: it does not tell them."""
    phone.page.evaluate("dispatchEvent(new Event('focus'))")


def elsewhere(phone: Visit) -> Page:
    page = phone.page.context.new_page()
    page.goto("/account")
    return page
