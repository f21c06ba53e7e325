"""Words that are typed again and again, on one page or on two."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.conftest import OpenVisit
from tests.journeys.test_sending import LONDON, are_ready, at_a_new_post, choose
from tests.journeys.visiting import Visit

pytestmark = pytest.mark.browser


def test_a_page_that_saves_by_itself_never_contradicts_itself(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    for caption in ("One.", "One, two.", "One, two, three."):
        type_and_leave(phone, caption)
    choose(phone, LONDON)
    are_ready(phone, 1)
    phone.page.get_by_label("Square 1:1").check()
    type_and_leave(phone, "Four.")
    phone.page.get_by_label("Nothing cut off").check()
    type_and_leave(phone, "Five.")
    phone.page.reload()
    expect(phone.page.get_by_label("Caption")).to_have_value("Five.")
    expect(phone.page.get_by_label("Nothing cut off")).to_be_checked()


def test_words_of_two_pages_are_both_shown_before_one_of_them_is_kept(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    type_and_leave(phone, "Begun.")
    other = phone.page.context.new_page()
    other.goto(phone.page.url)
    other.get_by_label("Caption").fill("Written on the other page.")
    other.get_by_label("Caption").blur()
    expect(other.locator("[data-saved]")).to_be_visible()
    other.close()

    phone.fill_in(Caption="Written here.")
    phone.press("Keep as draft")
    # What is saved by itself may be told the same before the button is.
    expect(phone.page.locator("#error-summary")).to_be_focused()
    phone.sees("It was changed on another page meanwhile")
    phone.sees("“Written on the other page.”")
    expect(phone.page.get_by_label("Caption")).to_have_value("Written here.")
    phone.press("Keep as draft")
    phone.page.wait_for_url("**/posts/*")
    phone.sees("Written here.")
    phone.complaints.clear()  # the browser notes every answer that is a no


def type_and_leave(phone: Visit, caption: str) -> None:
    field = phone.page.get_by_label("Caption")
    field.fill(caption)
    field.blur()
    expect(phone.page.locator("[data-saved]")).to_be_visible()


def test_words_typed_without_a_network_are_saved_when_it_is_back(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    type_and_leave(phone, "Begun.")
    phone.page.context.set_offline(True)
    phone.page.get_by_label("Caption").fill("Written in the lift.")
    phone.page.get_by_label("Caption").blur()
    expect(phone.page.locator("[data-saved]")).to_be_hidden()

    phone.page.context.set_offline(False)
    expect(phone.page.locator("[data-saved]")).to_be_visible()
    phone.page.goto("/my-week")
    phone.sees("Written in the lift.")
    phone.complaints.clear()  # the browser notes every request that found no network


def test_words_that_never_arrived_outlive_a_reload(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    type_and_leave(phone, "Begun.")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    phone.page.route("**/posts/*/edit", lose)
    phone.page.get_by_label("Caption").fill("Written in the lift.")
    phone.page.get_by_label("Caption").blur()
    phone.page.reload()

    expect(phone.page.get_by_label("Caption")).to_have_value("Written in the lift.")
    assert lost
    phone.page.unroute("**/posts/*/edit")
    phone.press("Keep as draft")
    phone.page.wait_for_url(re.compile(r"/posts/\d+$"))
    phone.sees("Written in the lift.")
    phone.complaints.clear()  # the browser notes every request that found no answer
