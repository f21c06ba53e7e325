"""One tap on a phone stops everything; it is resumed and placed again; nothing goes out between."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import copy_of, demo, free_port
from tests.journeys.test_accessibility import AXE, look
from tests.journeys.test_main_journey import (
    FEED,
    approve,
    nominate_and_invite,
    reload_until,
    submit,
)
from tests.journeys.visiting import DESK, PHONE, Visit

pytestmark = pytest.mark.browser

WHY = "A rumour is going round; legal looks at it first."


@pytest.fixture
def own_demo(chromium: Browser, filled: tuple[int, Path], tmp_path: Path) -> Iterator[str]:
    """Of its own: a pause would be felt in every other journey."""
    with demo(free_port(), copy_of(filled[1], tmp_path)) as address:
        yield address


def test_a_lead_stops_everything_from_a_phone_and_places_it_again(
    chromium: Browser, own_demo: str
) -> None:
    office = Visit(chromium, own_demo, DESK, reduced_motion="reduce")
    author = Visit(chromium, own_demo, PHONE)
    lead = Visit(chromium, own_demo, PHONE, java_script_enabled=False)
    office.context.add_init_script(path=AXE)
    has_this_week(office, author)
    captions = sends_two_posts(author)

    lead.enter_as("Programme lead")
    lead.go_to("Rota")
    assert at_the_thumb(lead)
    lead.press("Pause everything")
    lead.sees_title("Everything is paused")
    lead.fill_in(**{"Why_is_it_paused?": WHY})
    lead.press("Save the reason")
    lead.sees("Saved.")

    office.enter_as("Approver")
    office.sees("Everything is paused.")
    office.sees(WHY)
    for caption in captions:
        approve(office, caption)
    author.follow("My week")
    author.sees("Nothing goes out just now. What you sent is kept.")
    reload_until(author, "Held up by a pause")

    found = looked_at(office, "/pause", "/queue")
    lead.page.reload()
    lead.sees("2 posts are due, and wait:")
    lead.press("Resume A week in a life of…")
    lead.sees("Nothing was sent by that")
    lead.sees("2 posts wait to be placed again")
    is_not_on_the_account(office, captions)

    found += looked_at(office, "/pause", "/pause/place", "/queue")
    assert not found, "\n".join(found)

    lead.follow("Place 2 posts again")
    lead.sees_title("Place 2 posts again")
    lead.press("Place 2 posts")
    lead.sees("2 posts are placed again.")
    author.page.reload()
    author.sees("Goes out")
    is_not_on_the_account(office, captions)
    for one in (office, author, lead):
        one.end()


def has_this_week(office: Visit, author: Visit) -> None:
    nominate_and_invite(office, "Nadia Benali", "nadia@mail.example", "Morocco")
    author.read_mail(to="Nadia Benali", subject="Would you show", then="Read the invitation")
    author.press("Yes, I would like to")
    office.enter_as("Programme lead")
    this_week = office.page.get_by_text("This week", exact=True)
    office.page.get_by_role("listitem").filter(has=this_week).get_by_role("link").click()
    office.press("Give the week to Nadia Benali")
    office.sees("Nadia Benali")
    author.read_mail(to="Nadia Benali", subject="Your week with", then="Read my brief")
    author.press("Sign in")
    author.press("I have read it")


def sends_two_posts(author: Visit) -> tuple[str, str]:
    """Their captions."""
    first, second = "Dessert first, then the night shift.", "My way to work, eleven minutes."
    author.follow("Make a post")
    submit(author, "pixel7pro_london.jpg", first)
    author.sees("Waiting for comms")
    author.follow("My week")
    author.follow("New post")
    submit(author, "pixel_path_gps.jpg", second)
    author.sees("Waiting for comms")
    return first, second


def looked_at(office: Visit, *paths: str) -> list[str]:
    """What axe-core finds there; these pages are reached by links only while something waits."""
    found = []
    for path in paths:
        office.page.goto(path)
        found += look(office)
    return found


def at_the_thumb(somebody: Visit) -> bool:
    """Whether the button is seen without scrolling, is large enough, and stands by itself."""
    button = somebody.page.get_by_role("button", name="Pause everything")
    box = button.bounding_box()
    assert box is not None
    others = somebody.page.locator("header.top :is(a, summary)")
    boxes = [one for place in range(others.count()) if (one := others.nth(place).bounding_box())]
    height = somebody.page.viewport_size["height"] if somebody.page.viewport_size else 0
    is_seen = box["y"] >= 0 and box["y"] + box["height"] <= height
    return (
        is_seen
        and min(box["height"], box["width"]) >= 44
        and not any(near(box, other) for other in boxes)
    )


def near(one: dict[str, float], other: dict[str, float], gap: float = 8) -> bool:
    return (
        one["x"] < other["x"] + other["width"] + gap
        and other["x"] < one["x"] + one["width"] + gap
        and one["y"] < other["y"] + other["height"] + gap
        and other["y"] < one["y"] + one["height"] + gap
    )


def is_not_on_the_account(office: Visit, captions: tuple[str, ...]) -> None:
    office.page.wait_for_timeout(2_500)  # the clock has had its turn, twice
    office.page.goto(FEED)
    for caption in captions:
        expect(office.page.locator(".feed-posts article").filter(has_text=caption)).to_have_count(0)
