"""Comms takes a post down from a phone: it is gone from the profile, and its author is told."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenVisit
from tests.journeys.test_accessibility import AXE, look
from tests.journeys.test_main_journey import FEED
from tests.journeys.visiting import PHONE, Visit

pytestmark = pytest.mark.browser

CAPTION = "Behind the infirmary"
AUTHOR = "Priya"
WHY = "The gate behind it is not to be shown."


def test_comms_takes_a_post_down_from_a_phone_and_its_author_reads_of_it(visit: OpenVisit) -> None:
    phone, author = visit(PHONE, reduced_motion="reduce"), visit(PHONE)
    phone.context.add_init_script(path=AXE)
    before = posts_on_profile(phone)

    phone.enter_as("Approver")
    phone.go_to("Calendar")
    turn_back_to(phone, CAPTION)
    phone.page.get_by_role("link", name=CAPTION).first.click()
    phone.follow("Take it down from the account")
    phone.sees_title("Take it down?")
    found = look(phone)
    phone.fill_in(**{"Why?": WHY})
    phone.press("Take it down")
    phone.sees_title("It is no longer on the account")
    phone.sees(WHY)
    found += look(phone)
    assert not phone.scrolls_sideways()
    assert not found, "\n".join(found)

    phone.follow("Back to the post")
    phone.sees("Taken down")
    assert posts_on_profile(phone) == before - 1
    expect(phone.page.locator(".feed-posts article").filter(has_text=CAPTION)).to_have_count(0)

    author.read_mail(to=AUTHOR, subject="no longer on", then="See what happened")
    author.press("Sign in")
    author.sees("It was taken down from the account")
    assert not author.page.get_by_text(WHY).count()


def posts_on_profile(somebody: Visit) -> int:
    somebody.page.goto(FEED)
    return somebody.page.locator(".feed-posts article").count()


def turn_back_to(office: Visit, words: str) -> None:
    """Week by week, as one does who remembers the post and not its day."""
    for _ in range(6):
        if office.page.get_by_role("link", name=words).count():
            return
        with office.page.expect_navigation():
            office.follow("Earlier")
    office.sees(words, within=1)
