"""The whole way of a nomination and of a photo, clicking what a person clicks."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenVisit
from tests.journeys.visiting import DESK, PHONE, Visit

pytestmark = pytest.mark.browser

FILES = Path(__file__).parents[1] / "media" / "files"
FEED = "/sandbox/a_week_at_halbrane"
A_MINUTE = 60_000


def test_a_colleague_is_nominated_and_a_minute_after_approval_their_photos_are_on_the_account(
    visit: OpenVisit,
) -> None:
    office, phone = visit(DESK), visit(PHONE)
    nominate_and_invite(office, "Nadia Benali", "nadia@mail.example", "Morocco")

    phone.read_mail(to="Nadia Benali", subject="Would you show", then="Read the invitation")
    phone.sees_title("Nadia, would you show a week of your work?")
    phone.press("Yes, I would like to")
    phone.sees_title("You said yes")

    office.enter_as("Programme lead")
    this_week = office.page.get_by_text("This week", exact=True)
    office.page.get_by_role("listitem").filter(has=this_week).get_by_role("link").click()
    office.press("Give the week to Nadia Benali")
    office.sees("Nadia Benali")

    phone.read_mail(to="Nadia Benali", subject="Your week with", then="Read my brief")
    phone.press("Sign in")
    phone.sees("Never")
    phone.press("I have read it")
    phone.follow("Make a post")
    submit(phone, "iphonexs_parfait_orient6_gps.heic", "Dessert first, then the night shift.")
    phone.sees("Waiting for comms")

    phone.follow("My week")
    phone.follow("New post")
    submit(phone, "pixel_path_gps.jpg", "My way to work, eleven minutes.")
    phone.sees("Waiting for comms")

    office.enter_as("Approver")
    approve(office, "Dessert first")
    approve(office, "My way to work")

    office.page.goto(FEED)
    office.sees("Dessert first, then the night shift.", within=A_MINUTE)
    office.sees("My way to work, eleven minutes.", within=A_MINUTE)
    for words in ("Dessert first", "My way to work"):
        posts = office.page.locator(".feed-posts article").filter(has_text=words)
        expect(posts).to_have_count(1)
        expect(posts.get_by_role("img").first).to_be_visible()

    reload_until(phone, "On the account")
    for step in ("You sent it to comms", "Comms approved it", "It appeared on the account"):
        phone.sees(step)
    phone.follow("My week")
    phone.sees("You sent 2 posts")
    phone.sees("2 are on the account")
    phone.read_mail(to="Nadia Benali", subject="Your post is on", then="See your post here")


def test_every_form_of_the_way_works_without_javascript(visit: OpenVisit) -> None:
    office = visit(DESK, java_script_enabled=False)
    phone = visit(PHONE, java_script_enabled=False)
    nominate_and_invite(office, "Sami Trabelsi", "sami@mail.example", "Tunisia")

    phone.read_mail(to="Sami Trabelsi", subject="Would you show", then="Read the invitation")
    phone.press("Yes, I would like to")

    office.enter_as("Programme lead")
    free = office.page.get_by_role("listitem").filter(has_text="Nobody yet").last
    free.get_by_role("link").click()
    office.press("Give the week to Sami Trabelsi")

    phone.read_mail(to="Sami Trabelsi", subject="Your week with", then="Read my brief")
    phone.press("Sign in")
    phone.press("I have read it")
    phone.follow("Make a post")
    submit(phone, "pixel7pro_london.jpg", "Up here it is quiet.")
    reload_until(phone, "Waiting for comms")

    office.enter_as("Approver")
    approve(office, "Up here it is quiet.")
    reload_until(phone, "Goes out")
    phone.press("Take it back to change it")
    phone.sees("Draft")


def nominate_and_invite(office: Visit, name: str, email: str, country: str) -> None:
    office.page.goto("/")
    office.page.get_by_role("button", name="Proposes colleagues").click()
    office.follow("Nominate somebody")
    office.fill_in(Name=name, Job="Shift planner", Workplace="Kénitra")
    office.fill_in(**{"E-mail": email, "Why_them?": "Knows everybody, photographs everything."})
    office.choose("Country", country)
    office.press("Nominate")
    office.sees(name)

    office.enter_as("Programme lead")
    office.go_to("Nominations")
    office.follow(name)
    office.press("Invite")
    office.sees("Invited")


def submit(phone: Visit, file: str, caption: str) -> None:
    phone.page.get_by_label("Add photos and videos").set_input_files(FILES / file)
    phone.fill_in(Caption=caption)
    if phone.runs_scripts:  # there the picture has its place at once, and its words
        phone.fill_in(What_can_be_seen="A moment of my day.")
    phone.press("Submit")
    if phone.stays_at("/my-week/new"):  # a tap that went nowhere is repeated; two make one post
        phone.press("Submit")


def approve(office: Visit, caption: str) -> None:
    reload_until(office, caption)
    office.page.get_by_role("listitem").filter(has_text=caption).get_by_role("link").click()
    office.press("Approve")
    office.go_to("Queue")
    expect(office.page.get_by_text(caption)).to_have_count(0)


def reload_until(somebody: Visit, words: str) -> None:
    """What a person without patience or JavaScript does."""
    for _ in range(40):
        if somebody.page.get_by_text(words).count():
            return
        somebody.page.wait_for_timeout(500)
        somebody.page.reload()
    somebody.sees(words, within=1)
