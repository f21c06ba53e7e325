"""The week is steered by mouse, finger and keyboard; a post goes out now; without scripts, too."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from deploy.demo import environment
from tests.journeys.conftest import ROOT, copy_of, demo, free_port
from tests.journeys.test_accessibility import AXE, look
from tests.journeys.test_main_journey import FEED
from tests.journeys.visiting import DESK, PHONE, Visit

pytestmark = pytest.mark.browser

A_MINUTE = 60_000
POSTS = """
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlalchemy import select
from takeover.app import create_app
from config import from_environment
from takeover.clock import now
from takeover.db import db
from takeover.demo.trial_posts import approved_posts
from takeover.media.store import open_store
from takeover.programmes.models import Programme
from takeover.web import settings
from takeover.weeks.giving import monday_of, today_of
from takeover.weeks.models import Week
from takeover.weeks.slots import slots_of

with create_app(from_environment()).app_context():
    programme = db.session.scalars(select(Programme)).one()
    programme.slot_times, programme.slot_days = ["08:30", "12:15", "18:00"], list(range(7))
    store = open_store(settings().media_url, spool=Path(settings().uploads_path))
    monday = monday_of(today_of(programme, at=now())) + timedelta(days=7)
    frame = Week(programme=programme, starts_on=monday)
    slots = slots_of(frame)[3:5]
    a_day_on = frame.begins + timedelta(days=1)
    approved_posts(programme, slots, session=db.session, store=store, at=a_day_on)
    later = now() + timedelta(hours=1)
    approved_posts(programme, [later], session=db.session, store=store, at=now())
    db.session.commit()
    print(monday.isoformat(), monday_of(today_of(programme, at=later)).isoformat())
"""


@dataclass(frozen=True)
class Steered:
    address: str
    week: str  # the next one's calendar
    hour_on: str  # the calendar in which the hour after this one is


@pytest.fixture(scope="module")
def steered(
    chromium: Browser, filled: tuple[int, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Steered]:
    """A demo of its own: two approved posts are in next week's calendar, on Tuesday morning and
    noon. One more is due in an hour."""
    folder = copy_of(filled[1], tmp_path_factory.mktemp("steering"))
    with demo(free_port(), folder) as address:
        yield Steered(address, *made_in(folder, address))


def made_in(folder: Path, address: str) -> list[str]:
    key = (folder / "secret-key").read_text(encoding="utf-8").strip()
    done = subprocess.run(
        [sys.executable, "-c", POSTS],
        cwd=ROOT,
        env={**os.environ, **environment(folder, address), "SECRET_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-2:]


def entered(chromium: Browser, steered: Steered, size: tuple[int, int], **options: object) -> Visit:
    office = Visit(chromium, steered.address, size, **options)
    office.enter_as("Approver")
    office.page.goto(f"/calendar/{steered.week}")
    return office


def day(office: Visit, name: str) -> Locator:
    return office.page.locator(".cal-day").filter(has=office.page.get_by_role("heading", name=name))


def post_in(office: Visit, name: str, time: str) -> Locator:
    return day(office, name).locator("[data-post]").filter(has_text=time)


def free_in(office: Visit, name: str, time: str) -> Locator:
    return day(office, name).locator(".cal-free").filter(has_text=time)


def middle(one: Locator) -> tuple[float, float]:
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 30)


def test_with_a_mouse_a_post_is_dragged_to_a_free_slot_and_onto_another(
    chromium: Browser, steered: Steered
) -> None:
    office = entered(chromium, steered, DESK)
    mouse = office.page.mouse
    mouse.move(*middle(post_in(office, "Tue", "08:30")))
    mouse.down()
    mouse.move(*middle(free_in(office, "Thu", "18:00")), steps=8)
    mouse.up()
    office.sees("It goes out Thu")
    expect(post_in(office, "Thu", "18:00")).to_have_count(1)
    expect(free_in(office, "Tue", "08:30")).to_have_count(1)

    mouse.move(*middle(post_in(office, "Thu", "18:00")))
    mouse.down()
    mouse.move(*middle(post_in(office, "Tue", "12:15")), steps=8)
    mouse.up()
    office.sees("Another post has that time")
    office.press("Swap both")
    office.sees("They have changed places.")

    mouse.move(*middle(post_in(office, "Thu", "18:00")))
    mouse.down()
    mouse.move(*middle(free_in(office, "Tue", "08:30")), steps=8)
    mouse.up()
    office.sees("It goes out Tue")
    office.end()


def test_a_finger_scrolls_and_after_a_long_press_drags(chromium: Browser, steered: Steered) -> None:
    phone = entered(chromium, steered, PHONE, has_touch=True, is_mobile=True)
    wire = phone.context.new_cdp_session(phone.page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe(x: float, y: float, to: float, *, rest: int) -> None:
        touch("touchStart", x, y)
        phone.page.wait_for_timeout(rest)
        for step in range(1, 9):
            touch("touchMove", x, y + (to - y) * step / 8)
            phone.page.wait_for_timeout(30)
        touch("touchEnd")

    post = post_in(phone, "Tue", "08:30")
    post.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 150)")
    before = phone.page.evaluate("scrollY")
    x, y = middle(post)
    swipe(x, y + 300, y, rest=0)
    phone.page.wait_for_timeout(500)
    assert phone.page.evaluate("scrollY") > before  # a swipe over the posts only scrolls
    assert "#post" not in phone.page.url

    post.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 150)")
    phone.page.wait_for_timeout(300)
    x, y = middle(post)
    box = free_in(phone, "Tue", "18:00").bounding_box()
    assert box is not None
    swipe(x, y, box["y"] + box["height"] / 2, rest=700)
    phone.sees("It goes out Tue")
    expect(post_in(phone, "Tue", "18:00")).to_have_count(1)
    phone.end()


def test_with_a_keyboard_a_post_is_moved_by_arrows_or_left_where_it_is(
    chromium: Browser, steered: Steered
) -> None:
    office = entered(chromium, steered, DESK, reduced_motion="reduce")
    office.context.add_init_script(path=AXE)
    keys, said = office.page.keyboard, office.page.locator("[data-say]")
    move = post_in(office, "Tue", "12:15").get_by_role("link", name="Move")
    move.focus()
    keys.press("Enter")
    expect(said).to_contain_text("Arrows choose a time")
    keys.press("ArrowRight")
    expect(said).to_contain_text("08:30, free")
    keys.press("Escape")
    expect(said).to_have_text("Left where it is.")

    keys.press("Enter")
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    expect(said).to_contain_text("12:15, free")
    keys.press("Enter")
    office.sees("It goes out Wed")
    expect(post_in(office, "Wed", "12:15")).to_have_count(1)
    found = look(office)
    post_in(office, "Wed", "12:15").get_by_role("link", name="Move").click()
    office.sees_title("Move this post")
    found += look(office)
    assert not found, "\n".join(found)
    office.end()


def test_whatever_clicks_without_a_key_comes_to_the_page_to_move(
    chromium: Browser, steered: Steered
) -> None:
    """A screen reader or a voice clicks as a script does, and has the arrows for itself."""
    office = entered(chromium, steered, DESK)
    move = office.page.get_by_role("link", name="Move").first
    move.evaluate("one => one.click()")
    office.sees_title("Move this post")
    office.page.go_back()

    keys, said = office.page.keyboard, office.page.locator("[data-say]")
    move.focus()
    keys.press("Enter")
    expect(said).to_contain_text("Arrows choose a time")
    move.evaluate("one => one.click()")
    office.sees_title("Move this post")
    office.page.go_back()

    move.focus()
    keys.press("Enter")
    keys.press("Enter")
    office.sees_title("Move this post")
    office.page.go_back()

    move.focus()
    keys.press("Enter")
    keys.press("ArrowRight")
    office.page.get_by_role("link", name="Posts", exact=True).focus()
    expect(said).to_have_text("")
    keys.press("Enter")
    office.page.wait_for_url("**/posts")
    office.end()


def test_without_scripts_a_post_gets_any_minute_of_its_authors_week(
    chromium: Browser, steered: Steered
) -> None:
    office = entered(chromium, steered, PHONE, java_script_enabled=False)
    office.page.get_by_role("link", name="Move").last.click()
    office.sees_title("Move this post")
    office.fill_in(Time_on_the_account="13:37")
    office.press("Move it to that time")
    office.sees("13:37")
    office.sees("It goes out")
    office.end()


def test_publish_now_asks_once_and_then_it_is_on_the_account(
    chromium: Browser, steered: Steered
) -> None:
    office = entered(chromium, steered, PHONE)
    office.page.goto(f"/calendar/{steered.hour_on}")
    office.page.get_by_role("link", name="Publish now").first.click()
    office.sees_title("Publish now?")
    caption = office.page.locator(".queue-item-caption").inner_text()
    office.sees("at once")
    office.press("Publish now")
    office.sees("It is on its way to @")
    office.page.goto(FEED)
    office.sees(caption, within=A_MINUTE)
    office.end()
