"""A server without room: whoever sends is told at once, and what they typed stays."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.conftest import OpenVisit
from tests.journeys.test_sending import (
    LONDON,
    PATH,
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

pytestmark = pytest.mark.browser

SENTENCE = "There is no room for it at the moment. Nothing you sent before is lost."
BEGINNINGS = re.compile(r"/media/uploads/$")
UPLOADS = re.compile(r"/media/uploads/.+")


def test_a_file_without_room_is_said_so_and_can_be_chosen_again_later(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    choose(phone, LONDON)
    are_ready(phone, 1)

    def full(route: Route) -> None:
        route.fulfill(status=507, content_type="text/plain; charset=utf-8", body=SENTENCE)

    phone.page.route(BEGINNINGS, full)
    choose(phone, PATH)
    phone.sees(SENTENCE)
    phone.page.unroute(BEGINNINGS)
    phone.complaints.clear()  # the browser notes every answer that is an error

    choose(phone, PATH)
    are_ready(phone, 2)


def test_an_upload_for_which_the_room_ends_says_so_and_goes_on_once_there_is_room(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    phone.page.clock.install()
    network = slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    tried: list[int] = []

    def full(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        tried.append(len(route.request.post_data_buffer or b""))
        route.fulfill(status=507, content_type="text/plain; charset=utf-8", body=SENTENCE)

    phone.page.route(UPLOADS, full)
    phone.page.context.set_offline(True)  # what is under way breaks off, and begins anew
    phone.page.context.set_offline(False)
    unhurried(phone, network)
    phone.sees("There is no room for it at the moment. Nothing you sent before is lost.")
    phone.sees("It goes on by itself as soon as there is room.")
    expect(cards(phone).get_by_text("Waits for room")).to_be_visible()
    expect(phone.page.get_by_text("No connection.")).to_have_count(0)
    expect(phone.page.get_by_role("button", name="Pause")).to_be_hidden()
    was = percent(phone)

    phone.page.unroute(UPLOADS)
    phone.page.clock.fast_forward("00:10")
    are_ready(phone, 1)
    assert percent(phone) >= was
    assert len(tried) <= 3  # nobody pays for sending into a full server again and again
    expect(phone.page.get_by_text("There is no room")).to_have_count(0)
    phone.complaints.clear()  # the browser notes every answer that is an error
