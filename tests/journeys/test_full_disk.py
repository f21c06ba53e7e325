"""A server without room: whoever sends is told at once, and what they typed stays."""

import re

import pytest
from playwright.sync_api import Route

from tests.journeys.conftest import OpenVisit
from tests.journeys.test_sending import LONDON, PATH, are_ready, at_a_new_post, choose

pytestmark = pytest.mark.browser

SENTENCE = "There is no room for it at the moment. Nothing you sent before is lost."
BEGINNINGS = re.compile(r"/media/uploads/$")


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
